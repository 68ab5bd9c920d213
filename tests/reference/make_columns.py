#!/usr/bin/env python3
"""Computes every column of `wane run` for a few tiny networks, independently of wane.

    make_columns.py [FOLDER]        FOLDER: columns, beside this script

Plain Python, nothing to install. Everything is written out a second time from the definitions,
in double and sample by sample: the random numbers, how the data are split and standardized, the
initial weights, the passes, the optimizer's steps and the statistics. Writes the data sets
*.csv and columns.txt:

    run NAME SETTINGS               begins a run; data=FILE is a file of the folder
    baseline VALUE                  loss of the best constant answer
    EPOCH LAYER COLUMN VALUE        LAYER 0: of the whole network; VALUE - : not recorded
    detail EPOCH LAYER NAME VALUE...  of a hidden layer: bins of what enters the activation
                                    (below, 41 of [-8, 8), above), samples of each unit with
                                    f' = 0 (inactive) and with |f'| < 0.1 max |f'| (saturated);
                                    of each unit the root mean square of delta, the means of
                                    |h| (activity) and |f'| (derivative), and that of u (z)

tests/test_oracle.c runs the same settings and compares by name. A new column of record.def needs
its formula here, in `statistics` (per layer) or `epoch_row` (whole network).
"""
import math
import os
import sys

MASK = (1 << 64) - 1
EPOCHS = 3
DETAILS = 7  # per layer

RUNS = [
    ("vanishing", "data=points.csv activation=sigmoid depth=4 width=3 lr=0.5 lr-decay=0.125 seed=3"),
    ("penalties", "data=points.csv activation=tanh depth=3 width=4 lr=0.25 l1=0.0078125 l2=0.03125 "
                  "clip=norm clip-at=0.25 seed=4"),
    ("norm-and-dropout", "data=points.csv activation=relu depth=3 width=5 lr=0.125 norm=batch "
                         "dropout=0.25 l1=0.00390625 l2=0.015625 seed=5"),
    ("dead-units", "data=three.csv activation=relu depth=4 width=4 lr=0.25 dropout=0.5 seed=1"),
    ("dead-layer", "data=three.csv activation=relu depth=4 width=4 lr=0.25 dropout=0.5 seed=6"),
    ("numbers", "data=numbers.csv activation=tanh depth=3 width=3 lr=0.125 l2=0.03125 seed=7"),
    ("numbers-norm", "data=numbers.csv activation=tanh depth=3 width=3 lr=0.125 norm=batch seed=7"),
    ("layer-norm", "data=points.csv activation=tanh depth=3 width=4 lr=0.25 norm=layer "
                   "norm-epsilon=0.0625 seed=12"),
    ("drawn-biases", "data=points.csv activation=tanh depth=3 width=4 lr=0.25 init=pytorch "
                     "gain=1.5 seed=13"),
    ("wide-bins", "data=three.csv activation=tanh depth=2 width=6 lr=1 gain=7 seed=11"),
    ("two-classes-mse", "data=points.csv loss=mse activation=sigmoid depth=1 width=3 lr=1 seed=8"),
    ("two-classes-ce", "data=points.csv loss=ce activation=tanh depth=2 width=3 lr=1 seed=9"),
    ("three-classes-mse", "data=three.csv loss=mse activation=tanh depth=0 lr=1 seed=10"),
]
COMMON = "split=0.25 batch=7"


# ---- random numbers: xoshiro256**, streams by splitmix64 ----

def mix(x):
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9 & MASK
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb & MASK
    return x ^ (x >> 31)


class Stream:
    STEP = 0x9e3779b97f4a7c15

    def __init__(self, seed, purpose, index):
        value = 0
        for word in [seed, *purpose.encode(), 0, index]:
            value = mix((value ^ word) + self.STEP & MASK)
        self.state = []
        for _ in range(4):
            value = value + self.STEP & MASK
            self.state.append(mix(value))

    @staticmethod
    def rotate(x, count):
        return (x << count | x >> (64 - count)) & MASK

    def next(self):
        s = self.state
        result = self.rotate(s[1] * 5 & MASK, 7) * 9 & MASK
        shifted = s[1] << 17 & MASK
        s[2] ^= s[0]
        s[3] ^= s[1]
        s[1] ^= s[2]
        s[0] ^= s[3]
        s[2] ^= shifted
        s[3] = self.rotate(s[3], 45)
        return result

    def uniform(self):
        return (self.next() >> 11) * 2.0 ** -53

    def below(self, bound):
        """Lemire 2019."""
        while True:
            product = (self.next() >> 32) * bound
            if product & 0xffffffff >= (1 << 32) % bound:
                return product >> 32


# ---- data ----

def make_data(folder):
    stream = Stream(1, "columns", 0)
    draw = lambda: round(4 * stream.uniform() - 2, 2)
    tables = {"points.csv": [], "three.csv": [], "numbers.csv": []}
    for _ in range(24):
        x, y = draw(), draw()
        tables["points.csv"].append((x, y, int(x * y > 0.5)))
        tables["three.csv"].append((x, y, int(x > 0) + int(x + y > 1)))
        tables["numbers.csv"].append((x, y, round(30 + 4 * x * y - 3 * y, 1)))
    for name, rows in tables.items():
        with open(os.path.join(folder, name), "w") as file:
            file.write("x,y,target\n")
            file.writelines("%g,%g,%g\n" % row for row in rows)
    return tables


def mean(values):
    values = list(values)
    return math.fsum(values) / len(values)


def rms(values):
    return math.sqrt(mean(v * v for v in values))


def sd(values):
    centre = mean(values)
    return rms([v - centre for v in values])


def median(values):
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


class Data:
    def __init__(self, rows, split, seed):
        classes = 0 if any(r[-1] != int(r[-1]) for r in rows) else len({r[-1] for r in rows})
        self.classes = classes
        stream, order = Stream(seed, "split", 0), []
        for i in range(len(rows)):
            place = stream.below(i + 1)
            order.append(i)
            order[i], order[place] = order[place], i
        label = lambda i: rows[i][-1] if classes else 0
        hold = self.shares([label(i) for i in order], split)
        held, kept = [], []
        for i in order:
            if hold[label(i)] > 0:
                hold[label(i)] -= 1
                held.append(i)
            else:
                kept.append(i)
        columns = list(zip(*[rows[i] for i in kept]))
        scale = [(mean(c), sd(c)) for c in columns]
        standard = lambda i: [(v - m) / s for v, (m, s) in zip(rows[i], scale)]
        point = lambda i: (standard(i)[:-1], rows[i][-1] if classes else standard(i)[-1])
        self.training = [point(i) for i in kept]
        self.held = [point(i) for i in held]
        self.target_sd = 1 if classes else scale[-1][1]

    @staticmethod
    def shares(labels, split):
        """Largest remainder."""
        share = {c: split * labels.count(c) for c in sorted(set(labels))}
        hold = {c: int(s) for c, s in share.items()}
        by_rest = sorted(share, key=lambda c: hold[c] - share[c])
        for c in by_rest[:round(split * len(labels)) - sum(hold.values())]:
            hold[c] += 1
        return hold


# ---- network: layer[l] has lists of rows; l = 0 .. depth, the last one the output ----

def sigma(u):
    return 1 / (1 + math.exp(-u))


ACTIVATION = {  # f, f', largest |f'|
    "sigmoid": (sigma, lambda u: sigma(u) * (1 - sigma(u)), 0.25),
    "tanh": (math.tanh, lambda u: 1 - math.tanh(u) ** 2, 1),
    "relu": (lambda u: max(u, 0.0), lambda u: float(u > 0), 1),
}


def bound_of(init, inputs, outputs):
    """Of the uniform distribution that weights, and for pytorch biases, are drawn from."""
    return math.sqrt(1 / inputs if init == "pytorch" else 6 / (inputs + outputs))


class Layer:
    def __init__(self, inputs, outputs, stream, init, gain):
        bound = gain * bound_of(init, inputs, outputs)
        draw = lambda: (2 * stream.uniform() - 1) * bound
        self.w, self.b = [], []
        for _ in range(outputs):
            self.w.append([draw() for _ in range(inputs)])
            self.b.append(draw() if init == "pytorch" else 0.0)
        self.start = [row[:] for row in self.w]
        self.gamma, self.beta = [1.0] * outputs, [0.0] * outputs
        self.running_mean, self.running_variance = [0.0] * outputs, [1.0] * outputs


def flat(rows):
    return [v for row in rows for v in row]


class Network:
    def __init__(self, inputs, outputs, setting):
        self.depth = int(setting["depth"])
        width, seed = int(setting.get("width", 10)), int(setting["seed"])
        size = [inputs] + [width] * self.depth + [outputs]
        self.size, self.gain = size, float(setting.get("gain", 1))
        self.init = setting.get("init", "glorot-uniform")
        self.layer = [Layer(size[l], size[l + 1],
                            Stream(seed, "initial", l + 1 if l < self.depth else 0), self.init,
                            self.gain)
                      for l in range(self.depth + 1)]
        self.activation = ACTIVATION[setting["activation"]]
        self.norm = setting.get("norm")
        self.epsilon = float(setting.get("norm-epsilon", 1e-5))
        self.dropout = float(setting.get("dropout", 0))
        self.l1, self.l2 = float(setting.get("l1", 0)), float(setting.get("l2", 0))
        self.loss = setting["loss"]

    def penalty(self):
        weights = [w for layer in self.layer for w in flat(layer.w)]
        return self.l1 * math.fsum(map(abs, weights)) + self.l2 * math.fsum(w * w for w in weights)

    def forward(self, xs, mode, masks=None):
        """Keeps per layer and sample what backward and the statistics need; mode is train
        (batch statistics, dropout), measure (batch statistics) or use (running ones)."""
        f, slope, _ = self.activation
        self.seen, hs = [], xs
        for l, layer in enumerate(self.layer):
            seen = {"h": hs}
            z = [[math.fsum(w * v for w, v in zip(row, h)) + b for row, b in zip(layer.w, layer.b)]
                 for h in hs]
            u = z
            if l < self.depth and self.norm == "layer":
                seen["inverse"] = [1 / math.sqrt(sd(r) ** 2 + self.epsilon) for r in z]
                seen["xh"] = [[(v - mean(r)) * i for v in r]
                              for r, i in zip(z, seen["inverse"])]
                u = [[g * v + b for v, g, b in zip(r, layer.gamma, layer.beta)]
                     for r in seen["xh"]]
            elif l < self.depth and self.norm:
                units = range(len(layer.b))
                m = layer.running_mean if mode == "use" else [mean(r[j] for r in z) for j in units]
                v = layer.running_variance if mode == "use" else \
                    [mean((r[j] - m[j]) ** 2 for r in z) for j in units]
                seen["inverse"] = [1 / math.sqrt(v[j] + self.epsilon) for j in units]
                seen["xh"] = [[(r[j] - m[j]) * seen["inverse"][j] for j in units] for r in z]
                u = [[layer.gamma[j] * r[j] + layer.beta[j] for j in units] for r in seen["xh"]]
                if mode == "train":
                    n = len(z)
                    for j in units:
                        layer.running_mean[j] += 0.1 * (m[j] - layer.running_mean[j])
                        layer.running_variance[j] += 0.1 * (v[j] * n / (n - 1) -
                                                            layer.running_variance[j])
            seen["u"] = u
            if l < self.depth:
                seen["slope"] = [[slope(v) for v in r] for r in u]
                hs = [[f(v) for v in r] for r in u]
                if mode == "train" and self.dropout:
                    draws = [[masks.uniform() for _ in hs] for _ in layer.b]  # unit by unit
                    kept = [[(d[i] >= self.dropout) / (1 - self.dropout) for d in draws]
                            for i in range(len(hs))]
                    seen["kept"] = kept
                    hs = [[h * k for h, k in zip(*both)] for both in zip(hs, kept)]
            else:
                hs = u
            seen["out"] = hs
            self.seen.append(seen)
        return hs

    def losses(self, logits, targets):
        """Per sample: the loss, dLoss/dlogits and whether the answer is right."""
        rows = []
        for o, y in zip(logits, targets):
            k = len(o)
            t = [y] if k == 1 else [float(y == c) for c in range(k)]
            if self.loss == "bce":
                loss = mean(math.log1p(math.exp(-abs(a))) + max(a, 0) - a * b for a, b in zip(o, t))
                delta = [(sigma(a) - b) / k for a, b in zip(o, t)]
            elif self.loss == "ce":
                e = [math.exp(a) for a in o]
                loss = -math.fsum(b * math.log(a / sum(e)) for a, b in zip(e, t))
                delta = [a / sum(e) - b for a, b in zip(e, t)]
            else:
                loss = mean((a - b) ** 2 for a, b in zip(o, t))
                delta = [2 * (a - b) / k for a, b in zip(o, t)]
            threshold = 0.5 if self.loss == "mse" else 0
            answer = int(o[0] > threshold) if k == 1 else o.index(max(o))
            rows.append((loss, delta, answer == y))
        return rows

    def backward(self, deltas):
        """Gradients of the mean loss with the penalty; keeps the per-sample delta = dL/dz."""
        n, gradients = len(deltas), [None] * len(self.layer)
        for l in reversed(range(len(self.layer))):
            layer, seen = self.layer[l], self.seen[l]
            part = {}
            if l < self.depth:
                if "kept" in seen:
                    deltas = [[d * k for d, k in zip(*both)] for both in zip(deltas, seen["kept"])]
                deltas = [[d * s for d, s in zip(*both)] for both in zip(deltas, seen["slope"])]
                if self.norm:
                    units = range(len(layer.b))
                    part["beta"] = [mean(d[j] for d in deltas) for j in units]
                    part["gamma"] = [mean(d[j] * x[j] for d, x in zip(deltas, seen["xh"]))
                                     for j in units]
                    if self.norm == "layer":
                        deltas = [layer_norm_slopes(d, x, i, layer.gamma) for d, x, i in
                                  zip(deltas, seen["xh"], seen["inverse"])]
                    else:
                        deltas = [[layer.gamma[j] * seen["inverse"][j] *
                                   (d[j] - part["beta"][j] - x[j] * part["gamma"][j])
                                   for j in units] for d, x in zip(deltas, seen["xh"])]
            seen["delta"] = deltas
            part["b"] = [mean(d[j] for d in deltas) for j in range(len(layer.b))]
            part["w"] = [[mean(d[j] * h[i] for d, h in zip(deltas, seen["h"])) +
                          self.l1 * ((w > 0) - (w < 0)) + 2 * self.l2 * w
                          for i, w in enumerate(row)] for j, row in enumerate(layer.w)]
            gradients[l] = part
            deltas = [[math.fsum(d[j] * layer.w[j][i] for j in range(len(d)))
                       for i in range(len(layer.w[0]))] for d in deltas]
        return gradients


def layer_norm_slopes(delta, xh, inverse, gamma):
    """dL/dz of one sample from dL/dy (Ba et al. 2016)."""
    g = [d * factor for d, factor in zip(delta, gamma)]
    along = mean(a * x for a, x in zip(g, xh))
    return [inverse * (a - mean(g) - x * along) for a, x in zip(g, xh)]


def everything(gradients):
    return [v for part in gradients for name, g in part.items()
            for v in (flat(g) if name == "w" else g)]


def norm(values):
    return math.sqrt(math.fsum(v * v for v in values))


# ---- mean-field theory: the midpoint rule, whose points miss relu's jump at 0 ----

def theory(net, xs):
    f, slope, _ = net.activation
    variance = lambda l: (net.gain * bound_of(net.init, net.size[l], net.size[l + 1])) ** 2 / 3
    points = [(i + 0.5) / 128 for i in range(-1280, 1280)]
    density = [math.exp(-z * z / 2) / math.sqrt(2 * math.pi) / 128 for z in points]
    expect = lambda g, q: math.fsum(d * g(math.sqrt(q) * z) for z, d in zip(points, density))
    square, ratios = mean(v * v for v in flat(xs)), []
    for l in range(net.depth):
        q = net.size[l] * variance(l) * square + (variance(l) if net.init == "pytorch" else 0)
        square = expect(lambda u: f(u) ** 2, q)
        ratios.append(math.sqrt(net.size[l + 2] * variance(l + 1) *
                                expect(lambda u: slope(u) ** 2, q)))
    return ratios


# ---- the columns ----

def decay_fit(deltas):
    """Least squares of log10 rms delta on the layer's number, over the hidden layers."""
    points = [(l + 1, math.log10(d)) for l, d in enumerate(deltas) if d > 0]
    if len(points) < 3:
        return None, None
    mx, my = mean(x for x, _ in points), mean(y for _, y in points)
    sxy = math.fsum((x - mx) * (y - my) for x, y in points)
    sxx = math.fsum((x - mx) ** 2 for x, _ in points)
    syy = math.fsum((y - my) ** 2 for _, y in points)
    return sxy / sxx, sxy * sxy / (sxx * syy)


def statistics(net, gradients, steps, predicted):
    """A row of columns per layer, after a measuring pass forward and backward."""
    rows = []
    for l, (layer, seen) in enumerate(zip(net.layer, net.seen)):
        w, start = flat(layer.w), flat(layer.start)
        u, out, delta = flat(seen["u"]), flat(seen["out"]), flat(seen["delta"])
        row = {
            "grad_rms": rms(flat(gradients[l]["w"])),
            "grad_l2": norm(flat(gradients[l]["w"])),
            "delta_rms": rms(delta),
            "delta_mean": mean(map(abs, delta)),
            "weight_rms": rms(w),
            "update_ratio": median(steps[l]) if steps else None,
            "change": median([abs(100 * (new - old) / old) for new, old in zip(w, start)]),
            "change_norm": 100 * norm([a - b for a, b in zip(w, start)]) / norm(start),
            "z_mean": mean(u), "z_std": sd(u), "q": mean(v * v for v in u),
            "a_mean": mean(out), "a_std": sd(out),
        }
        for name in ("deriv_mean", "deriv_rms", "gain", "dead", "inactive", "saturated", "theory"):
            row[name] = None
        if l < net.depth:
            slope, largest = seen["slope"], net.activation[2]
            row["deriv_mean"], row["deriv_rms"] = mean(flat(slope)), rms(flat(slope))
            row["dead"] = mean(all(r[j] == 0 for r in slope) for j in range(len(slope[0])))
            row["inactive"] = mean(s == 0 for s in flat(slope))
            row["saturated"] = mean(abs(s) < 0.1 * largest for s in flat(slope))
            row["theory"] = predicted[l] if predicted else None
        rows.append(row)
    for here, after in zip(rows, rows[1:]):
        if after["delta_rms"] > 0 and here["deriv_rms"] > 0:
            here["gain"] = here["delta_rms"] / after["delta_rms"] / here["deriv_rms"]
    return rows


def details(net):
    """Per hidden layer counts of its samples, then numbers of its units, after a measuring pass."""
    for seen in net.seen[:-1]:
        bins = [0] * 43
        for u in flat(seen["u"]):
            bins[min(max(math.floor((u + 8) / 16 * 41), -1), 41) + 1] += 1
        units = list(zip(*seen["slope"]))
        yield "bins", bins
        yield "inactive", [sum(s == 0 for s in unit) for unit in units]
        yield "saturated", [sum(abs(s) < 0.1 * net.activation[2] for s in unit) for unit in units]
        yield "delta", [rms(unit) for unit in zip(*seen["delta"])]
        yield "activity", [mean(map(abs, unit)) for unit in zip(*seen["out"])]
        yield "derivative", [mean(map(abs, unit)) for unit in units]
        yield "z", [mean(unit) for unit in zip(*seen["u"])]


def epoch_row(net, data, rate, batch_loss, steps, predicted):
    xs, ys = zip(*data.training)
    rows = net.losses(net.forward(xs, "measure"), ys)
    layers_gradients = net.backward([d for _, d, _ in rows])
    layers = statistics(net, layers_gradients, steps, predicted)
    counts = list(details(net))
    penalty = net.penalty()
    in_use = net.losses(net.forward(xs, "use"), ys)
    vx, vy = zip(*data.held)
    held = net.losses(net.forward(vx, "use"), vy)
    deltas = [row["delta_rms"] for row in layers]
    decay, r2 = decay_fit(deltas[:-1])
    part = lambda rows, i: mean(row[i] for row in rows)
    error = lambda rows: math.sqrt(part(rows, 0)) * data.target_sd
    whole = {
        "loss": part(rows, 0) + penalty,
        "batch_loss": batch_loss,
        "val_loss": part(held, 0) + penalty,
        "acc": part(rows, 2) if data.classes else None,
        "val_acc": part(held, 2) if data.classes else None,
        "lr": rate,
        "grad_norm": norm(everything(layers_gradients)),
        "decay": decay, "r2": r2,
        "decades": math.log10(deltas[-1] / deltas[0]) if deltas[0] else math.inf,
        "eval_loss": part(in_use, 0) + penalty,
        "penalty": penalty,
        "rmse": None if data.classes else error(rows),
        "val_rmse": None if data.classes else error(held),
    }
    return [whole] + layers, counts


# ---- training: plain SGD ----

def train_epoch(net, data, setting, epoch, steps_before):
    seed, batch = int(setting["seed"]), int(setting["batch"])
    order = list(range(len(data.training)))
    shuffle, masks = Stream(seed, "shuffle", epoch), Stream(seed, "dropout", epoch)
    for last in reversed(range(1, len(order))):
        other = shuffle.below(last + 1)
        order[last], order[other] = order[other], order[last]
    total, ratios, rate = 0, [[] for _ in net.layer], None
    for number, first in enumerate(range(0, len(order), batch)):
        xs, ys = zip(*[data.training[i] for i in order[first:first + batch]])
        rows = net.losses(net.forward(xs, "train", masks), ys)
        total += math.fsum(row[0] for row in rows) + len(rows) * net.penalty()
        gradients = net.backward([d for _, d, _ in rows])
        scale = 1
        if setting.get("clip") == "norm":  # as Keras clips by the global norm
            limit = float(setting["clip-at"])
            scale = limit / max(limit, norm(everything(gradients)))
        rate = float(setting["lr"]) / (1 + float(setting.get("lr-decay", 0)) *
                                       (steps_before + number))
        for l, (layer, gradient) in enumerate(zip(net.layer, gradients)):
            old = flat(layer.w)
            for name, g in gradient.items():
                if name == "w":
                    layer.w = [[w - rate * scale * v for w, v in zip(*both)]
                               for both in zip(layer.w, g)]
                else:
                    setattr(layer, name, [p - rate * scale * v
                                          for p, v in zip(getattr(layer, name), g)])
            ratios[l].append(norm([a - b for a, b in zip(flat(layer.w), old)]) / norm(old))
    return rate, total / len(order), ratios


def baseline_loss(net, data):
    ys = [y for _, y in data.training]
    if not data.classes:
        return sd(ys) ** 2
    share = [mean(y == c for y in ys) for c in range(data.classes)]
    if net.loss != "mse":
        return -math.fsum(p * math.log(p) for p in share)
    spread = [p * (1 - p) for p in share]
    return spread[1] if net.size[-1] == 1 else mean(spread)


def run(tables, settings):
    setting = dict(item.split("=") for item in settings.split())
    data = Data(tables[setting["data"]], float(setting["split"]), int(setting["seed"]))
    setting.setdefault("loss", {0: "mse", 2: "bce"}.get(data.classes, "ce"))
    single = not data.classes or data.classes == 2 and setting["loss"] != "ce"
    net = Network(2, 1 if single else data.classes, setting)
    plain = net.depth and not net.norm and not net.dropout  # where theory applies
    predicted = theory(net, [x for x, _ in data.training]) if plain else None
    yield "baseline %.9g" % baseline_loss(net, data)
    rate, batch_loss, steps, done = float(setting["lr"]), None, None, 0
    for epoch in range(EPOCHS + 1):
        if epoch:
            rate, batch_loss, steps = train_epoch(net, data, setting, epoch, done)
            done += len(steps[0])
        rows, counts = epoch_row(net, data, rate, batch_loss, steps, predicted)
        for at, (name, values) in enumerate(counts):
            yield "detail %d %d %s %s" % (epoch, at // DETAILS + 1, name,
                                          " ".join("%.9g" % value for value in values))
        for layer, row in enumerate(rows):
            for name, value in row.items():
                yield "%d %d %s %s" % (epoch, layer, name,
                                       "-" if value is None else "%.9g" % value)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "columns")
    os.makedirs(folder, exist_ok=True)
    tables = make_data(folder)
    with open(os.path.join(folder, "columns.txt"), "w") as file:
        for name, settings in RUNS:
            file.write("run %s %s %s\n" % (name, settings, COMMON))
            file.writelines(line + "\n" for line in run(tables, settings + " " + COMMON))


main()
