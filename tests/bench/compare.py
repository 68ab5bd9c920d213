#!/usr/bin/python3
"""How fast wane is: beside PyTorch and NumPy, in other builds, on a busy machine, on a screen.

  compare.py [--quick] [--rounds N] [--into FILE] WANE [PART ...]

Measures the named parts, or all but `million`, and prints them as Markdown. Nothing is asserted.

  --quick    small networks and short runs: to see that everything works
  --rounds   number of rounds whose median is taken (5)
  --into     instead of printing, replace the part of FILE between the lines
             '<!-- table NAME -->' and '<!-- end -->'

Times are CPU seconds of one thread unless a heading says wall. Compared programs alternate, round
by round, so that a busy moment affects all of them; a cell is the median of the rounds. PyTorch and
NumPy are needed for `machine`, `frameworks` and `models` alone (Debian: python3-torch, python3-numpy).
"""
import argparse
import ctypes
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time

for name in ("OMP", "OPENBLAS", "MKL"):  # read when the libraries are loaded
    os.environ[name + "_NUM_THREADS"] = "1"
HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.dirname(HERE), os.path.join(os.path.dirname(HERE), "tty")]
import document  # noqa: E402
import tty_cost  # noqa: E402
from sessions import Session, read_all  # noqa: E402

KERNELS = ("avx512", "avx2", "baseline")
TRAINED = "optimizer=adam lr=0.001"
REFERENCE = (10, 10, 32)  # hidden layers, units of each, points in a minibatch
POINTS, TRAINING = 1000, 800
SEQUENCES, STEPS = 800, 50  # data=echo
IMAGES, SIDE, CONVOLUTIONS = 1438, 8, 4  # data=digits
WIDTHS, BATCHES, WIDE_DEPTH = (10, 32, 64, 128, 256, 512, 1024), (32, 256), 3


def words(network, more=""):
    return ("depth=%d width=%d batch=%d %s %s" % (*network, TRAINED, more)).split()


def label(network):
    return "%d × %d, batch %d" % network


# ---- measuring ----
class Lab:
    def __init__(self, wane, rounds, quick):
        self.wane, self.rounds, self.quick = os.path.abspath(wane), rounds, quick
        self.folder = tempfile.TemporaryDirectory()

    def environment(self, kernel=None, **more):
        """An environment without the user's settings."""
        fixed = dict(os.environ, XDG_CONFIG_HOME=self.folder.name, HOME=self.folder.name, **more)
        if kernel:
            fixed["WANE_KERNEL"] = kernel
        return fixed

    def bench(self, settings, kernel=None, wane=None, options=("--quick",)):
        """Rows of `wane bench` as a list of dicts; nothing without these kernels."""
        done = subprocess.run([wane or self.wane, "bench", *options, *settings],
                              env=self.environment(kernel), stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True)
        if done.returncode == 2 and kernel:
            return []
        if done.returncode:
            raise SystemExit("wane bench %s: %s" % (" ".join(settings), done.stderr))
        head, *lines = [line.split(",") for line in done.stdout.splitlines()]
        return [dict(zip(head, line)) for line in lines]

    def epochs(self, network, more="", **how):
        """Seconds of an epoch without and with statistics."""
        rows = self.bench(words(network, more), **how)
        return [float(row["seconds"]) for row in rows if row["what"] == "epoch"]

    def rows(self, *measures):
        """Median over the rounds of what each measure returns, number or list."""
        found = [[measure() for measure in measures] for _ in range(self.rounds)]
        return [[statistics.median(values) for values in zip(*column)]
                if isinstance(column[0], list) else statistics.median(column)
                for column in zip(*found)]

    def run(self, settings, epochs, every=None):
        """(wall, CPU) seconds of `wane run`; the records are thrown away."""
        command = [self.wane, "run", "--epochs", str(epochs), "--every", str(every or epochs)]
        start = time.monotonic()
        child = subprocess.Popen(command + settings, env=self.environment(),
                                 stdout=subprocess.DEVNULL)
        _, _, usage = os.wait4(child.pid, 0)
        return [time.monotonic() - start, usage.ru_utime + usage.ru_stime]


def short(x):
    """Three significant digits, or all digits before the point."""
    return "%.3g" % x if abs(x) < 1000 else "%.0f" % x


def milliseconds(seconds):
    return short(1e3 * seconds)


def times(ratio):
    return "×" + short(ratio)


# ---- the same training elsewhere ----
def moons():
    import numpy as np
    random = np.random.default_rng(1)
    angle, side = np.pi * random.random(TRAINING), random.integers(0, 2, TRAINING)
    x = np.stack([np.cos(angle), np.sin(angle)], 1) * (1 - 2 * side[:, None])
    x += side[:, None] * [1, .5] + .1 * random.standard_normal((TRAINING, 2))
    return x.astype(np.float32), side[:, None].astype(np.float32)


class PyTorch:
    """The usual loop without a DataLoader: tensors shuffled once an epoch, then sliced."""

    def __init__(self, depth, width, batch):
        import torch
        torch.set_num_threads(1)
        layers, inputs = [], 2
        for _ in range(depth):
            layers += [torch.nn.Linear(inputs, width), torch.nn.Sigmoid()]
            inputs = width
        self.torch, self.batch = torch, batch
        self.model = torch.nn.Sequential(*layers, torch.nn.Linear(inputs, 1))
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=.001)
        self.loss = torch.nn.BCEWithLogitsLoss()
        self.x, self.y = map(torch.from_numpy, moons())

    def epoch(self):
        order = self.torch.randperm(len(self.x))
        x, y = self.x[order], self.y[order]
        for i in range(0, len(x), self.batch):
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(self.model(x[i:i + self.batch]), y[i:i + self.batch])
            loss.backward()
            self.optimizer.step()
        return float(loss.detach())


class PyTorchModel(PyTorch):
    """A recurrent network (its last state to the output) or a convolutional one, on data of the
    shape that wane's have: only their size matters."""

    def __init__(self, model, width):
        import torch
        torch.set_num_threads(1)
        torch.manual_seed(1)
        self.torch, self.batch = torch, 32
        make = self.convolutional if model == "cnn" else self.recurrent
        self.model, self.x, self.y, self.loss = make(torch, model, width)
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=.001)

    @staticmethod
    def recurrent(torch, model, width):
        class Last(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = getattr(torch.nn, model.upper())(1, width, batch_first=True)
                self.output = torch.nn.Linear(width, 1)

            def forward(self, x):
                return self.output(self.layer(x)[0][:, -1])

        x = torch.rand(SEQUENCES, STEPS, 1)
        return Last(), x, x[:, 0].clone(), torch.nn.MSELoss()

    @staticmethod
    def convolutional(torch, model, width):
        layers, maps = [], 1
        for l in range(CONVOLUTIONS):
            layers += [torch.nn.Conv2d(maps, width, 3, padding=1), torch.nn.ReLU()]
            layers += [torch.nn.MaxPool2d(2)] * (2 * (l + 1) == CONVOLUTIONS)
            maps = width
        layers += [torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(width, 10)]
        x, y = torch.rand(IMAGES, 1, SIDE, SIDE), torch.randint(10, (IMAGES,))
        return torch.nn.Sequential(*layers), x, y, torch.nn.CrossEntropyLoss()


class NumPy:
    """Backpropagation by hand; all parameters in one array, so that Adam is a few operations."""

    def __init__(self, depth, width, batch):
        import numpy as np
        sizes = [2, *[width] * depth, 1]
        count = sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
        random = np.random.default_rng(1)
        self.np, self.batch, self.step, self.random = np, batch, 0, random
        self.flat, self.gradient, self.first, self.second = np.zeros((4, count), np.float32)
        self.weights, self.biases = self.views(self.flat, sizes)
        self.weight_gradients, self.bias_gradients = self.views(self.gradient, sizes)
        for w in self.weights:
            limit = (6 / sum(w.shape)) ** .5
            w[...] = random.uniform(-limit, limit, w.shape)
        self.x, self.y = moons()

    @staticmethod
    def views(flat, sizes):
        weights, biases, at = [], [], 0
        for a, b in zip(sizes, sizes[1:]):
            weights.append(flat[at:at + a * b].reshape(a, b))
            biases.append(flat[at + a * b:at + (a + 1) * b])
            at += (a + 1) * b
        return weights, biases

    def sigmoid(self, z):
        np = self.np
        np.negative(z, out=z)
        np.exp(z, out=z)
        z += 1
        return np.reciprocal(z, out=z)

    def backpropagate(self, x, y):
        np, values = self.np, [x]
        for w, b in zip(self.weights, self.biases):
            values.append(self.sigmoid(values[-1] @ w + b))
        delta = (values[-1] - y) / len(x)
        for l in range(len(self.weights) - 1, -1, -1):
            np.matmul(values[l].T, delta, out=self.weight_gradients[l])
            np.sum(delta, axis=0, out=self.bias_gradients[l])
            if l:
                delta = delta @ self.weights[l].T
                delta *= values[l]
                delta *= 1 - values[l]
        return values[-1]

    def adam(self):
        self.step += 1
        scale = (1 - .999 ** self.step) ** .5 / (1 - .9 ** self.step)
        self.first *= .9
        self.first += .1 * self.gradient
        self.second *= .999
        self.second += .001 * self.gradient * self.gradient
        self.flat -= .001 * scale * self.first / (self.np.sqrt(self.second) + 1e-8)

    def epoch(self):
        order = self.random.permutation(TRAINING)
        x, y = self.x[order], self.y[order]
        for i in range(0, TRAINING, self.batch):
            p = self.backpropagate(x[i:i + self.batch], y[i:i + self.batch])
            self.adam()
        y = y[i:]
        return -float(self.np.mean(self.np.log(self.np.where(y > 0, p, 1 - p))))


def one_epoch(net, least=.05):
    """CPU seconds of one epoch, measured over at least `least` seconds."""
    start, count = time.process_time(), 0
    while True:
        net.epoch()
        count += 1
        spent = time.process_time() - start
        if spent >= least:
            return spent / count


# ---- parts: each returns {table's name: rows} ----
def networks(lab):
    widths = WIDTHS[:3] if lab.quick else WIDTHS
    return [REFERENCE] + [(WIDE_DEPTH, width, batch) for width in widths for batch in BATCHES]


def first_line(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, text=True).stdout.split("\n")[0]


def blas():
    """The libraries that NumPy and PyTorch multiply with; for OpenBLAS also the processor."""
    with open("/proc/self/maps") as file:
        paths = {line.split()[-1] for line in file
                 if re.search(r"/lib(open)?(blas|mkl_core|blis)[^/]*$", line)}
    names = []
    for path in sorted(paths):
        try:
            core = ctypes.CDLL(path).openblas_get_corename
            core.restype = ctypes.c_char_p
            names.append("%s (%s)" % (os.path.basename(path), core().decode()))
        except AttributeError:
            names.append(os.path.basename(path))
    return ", ".join(names)


def machine(lab):
    import numpy
    import torch
    one_epoch(NumPy(*REFERENCE))
    with open("/proc/cpuinfo") as file:
        processor = re.search(r"model name\s*: (.*)", file.read())
    rows = [("", ""), ("processor", "%s, %d cores" % (
        processor[1] if processor else platform.machine(), os.cpu_count()))]
    for kernel in KERNELS:
        peak = [row["gflops"] for row in lab.bench(words((0, 1, 32)), kernel)
                if row["what"] == "peak"]
        if peak:
            rows.append(("peak of one core, " + kernel, "%.0f GFLOP/s" % float(peak[0])))
    return {"machine": rows + [
        ("wane", first_line(lab.wane, "--version")),
        ("compilers here", ", ".join(first_line(name, "--version") for name in ("gcc", "clang"))),
        ("PyTorch, NumPy", "%s, %s" % (torch.__version__, numpy.__version__)),
        ("their BLAS", blas())]}


def frameworks(lab):
    rows = [("ms an epoch", "PyTorch", "NumPy", "wane", "with statistics", "PyTorch / wane",
             "NumPy / wane", "PyTorch / with statistics")]
    for network in networks(lab):
        theirs = [PyTorch(*network), NumPy(*network)]
        for net in theirs:
            net.epoch()
        # epochs that take no time are measured at length
        effort = ["--quick"] if lab.quick or network[1] > 64 else []
        torch, numpy, (off, on) = lab.rows(
            *[lambda net=net: one_epoch(net) for net in theirs],
            lambda: lab.epochs(network, options=effort))
        rows.append((label(network), *map(milliseconds, (torch, numpy, off, on)),
                     *map(times, (torch / off, numpy / off, torch / on))))
    return {"frameworks": rows}


def models(lab):
    """Recurrent and convolutional networks."""
    rows = [("ms an epoch, batch 32", "PyTorch", "wane", "with statistics", "PyTorch / wane",
             "PyTorch / with statistics")]
    shapes = [(model, 1, width) for model in ("rnn", "lstm", "gru") for width in (32, 128)]
    shapes += [("cnn", CONVOLUTIONS, width) for width in (8, 32)]
    for model, depth, width in shapes[::2] if lab.quick else shapes:
        theirs = PyTorchModel(model, width)
        theirs.epoch()
        torch, (off, on) = lab.rows(
            lambda: one_epoch(theirs),
            lambda: lab.epochs((depth, width, 32), "model=" + model))
        rows.append(("%s, %d × %d" % (model, depth, width),
                     *map(milliseconds, (torch, off, on)), *map(times, (torch / off, torch / on))))
    return {"models": rows}


def kernels(lab):
    found = {kernel: lab.bench((), kernel, options=["--quick"] if lab.quick else [])
             for kernel in KERNELS}
    found = {kernel: rows for kernel, rows in found.items() if rows}
    epochs, pictures = [["ms an epoch"]], [("ms a picture, to cells", "median", "low", "high")]
    for kernel in found:
        epochs[0] += [kernel, "with statistics", "GFLOP/s", "% of peak"]
    for i, row in enumerate(next(iter(found.values()))):
        if row["what"] == "epoch" and row["statistics"] == "off":
            line = [("" if row["model"] == "mlp" else row["model"] + ", ") + label(tuple(int(row[name]) for name in ("depth", "width", "batch")))]
            for rows in found.values():
                line += [milliseconds(float(rows[i]["seconds"])),
                         milliseconds(float(rows[i + 1]["seconds"])),
                         short(float(rows[i]["gflops"])),
                         "%.2g" % float(rows[i]["percent_of_peak"])]
            epochs.append(line)
        elif row["what"].startswith("cells-"):
            pictures.append((row["what"][6:], *(milliseconds(float(row[name]))
                                                for name in ("seconds", "low", "high"))))
    return {"kernels": epochs, "pictures": pictures}


def depth(lab):
    """Time per layer of new networks and of networks trained for long."""
    depths, epochs = ((10, 100), 300) if lab.quick else ((10, 30, 100, 300), 10000)
    saved = {d: os.path.join(lab.folder.name, "depth%d.csv" % d) for d in depths}
    for d in depths:
        subprocess.run([lab.wane, "run", *words((d, 10, 32)), "--epochs", str(epochs),
                        "--every", str(epochs), "--save", saved[d]], env=lab.environment(),
                       stdout=subprocess.DEVNULL, check=True)
    found = lab.rows(*[lambda d=d, more=more: lab.epochs((d, 10, 32), more) for d in depths
                       for more in ("", "weights=" + saved[d])])
    layer = [[seconds / d for seconds in pair]
             for d, pair in zip([d for d in depths for _ in range(2)], found)]
    rows = [("µs an epoch and layer", "just begun", "/ depth 10", "with statistics",
             "/ depth 10", "after %s epochs" % format(epochs, ","), "/ just begun")]
    for i, d in enumerate(depths):
        new, old = layer[2 * i], layer[2 * i + 1]
        rows.append(("depth %d" % d, short(1e6 * new[0]), times(new[0] / layer[0][0]),
                     short(1e6 * new[1]), times(new[1] / layer[0][1]),
                     short(1e6 * old[0]), times(old[0] / new[0])))
    return {"depth": rows}


def weights(network):
    d, width, _ = network
    return 3 * width + (d - 1) * width * (width + 1) + width + 1


def scaling(lab):
    """Fits a line through the times: seconds = fixed + slope × the varied quantity."""
    deep = [(d, 10, 32) for d in ((10, 30, 60) if lab.quick else (10, 30, 60, 100, 200, 300))]
    wide = [(WIDE_DEPTH, width, 256) for width in WIDTHS[:4 if lab.quick else 6]]
    many = [500, 1000, 2000] if lab.quick else [500, 1000, 2000, 4000, 8000, 16000]
    sweeps = [
        ("hidden layers", "%s × 10, batch 32", [(net, "", net[0]) for net in deep]),
        ("points", "10 × 10, batch 32", [(REFERENCE, "samples=%d" % n, n) for n in many]),
        ("parameters", "%d × width, batch 256" % WIDE_DEPTH,
         [(net, "", weights(net)) for net in wide]),
    ]
    rows = [("seconds an epoch against", "networks", "from", "to", "slope, µs", "R²",
             "with statistics: slope, µs", "R²")]
    for name, shape, points in sweeps:
        found = lab.rows(*[lambda net=net, more=more: lab.epochs(net, more)
                           for net, more, _ in points])
        x, row = [x for _, _, x in points], [name, shape.replace("%s", "depth")]
        row += [format(x[0], ","), format(x[-1], ",")]
        for y in zip(*found):
            row += [short(1e6 * statistics.linear_regression(x, y).slope),
                    "%.4f" % statistics.correlation(x, y) ** 2]
        rows.append(row)
    return {"scaling": rows}


def builds(lab):
    """The portable program beside others built here, all from this source."""
    made = {"as measured elsewhere on this page": lab.wane}
    for compiler in ("gcc", "clang"):
        for name, flags in ((compiler, ""), (compiler + " -march=native", "-march=native")):
            folder = os.path.join(lab.folder.name, name.replace(" ", ""))
            for command in (["meson", "setup", folder, SOURCE, "-Dtests=disabled",
                             "-Dc_args=" + flags], ["ninja", "-C", folder, "wane"]):
                subprocess.run(command, env=dict(os.environ, CC=compiler), check=True,
                               stdout=subprocess.DEVNULL)
            made[name] = os.path.join(folder, "wane")
    shapes = [REFERENCE, (WIDE_DEPTH, 64, 256)] + [(WIDE_DEPTH, 256, 256)] * (not lab.quick)
    columns = [lab.rows(*[lambda wane=wane, net=net: lab.epochs(net, wane=wane)
                          for wane in made.values()]) for net in shapes]
    rows = [["ms an epoch"]]
    for net in shapes:
        rows[0] += [label(net), "/ gcc", "with statistics", "/ gcc"]
    base = list(made).index("gcc")
    for i, name in enumerate(made):
        row = [name]
        for column in columns:
            for seconds, portable in zip(column[i], column[base]):
                row += [milliseconds(seconds), times(seconds / portable)]
        rows.append(row)
    return {"builds": rows}


def busy(lab):
    """The same run alone and beside busy loops."""
    epochs, loops = 300 if lab.quick else 3000, 2

    def beside():
        others = [subprocess.Popen([sys.executable, "-c", "while True: pass"])
                  for _ in range(loops)]
        try:
            return lab.run(words(REFERENCE), epochs)
        finally:
            for other in others:
                other.kill()
                other.wait()

    alone, pressed = lab.rows(lambda: lab.run(words(REFERENCE), epochs), beside)
    return {"busy": [
        ("%s epochs of 10 × 10" % format(epochs, ","), "alone", "beside %d busy loops" % loops,
         "ratio"),
        *((name, "%.3g s" % a, "%.3g s" % b, times(b / a))
          for name, a, b in zip(("wall time", "CPU time"), alone, pressed))]}


def threads(lab):
    """A wide network with one thread and with two."""
    shapes = [(WIDE_DEPTH, 64, 256)] if lab.quick else [
        (WIDE_DEPTH, 256, 256), (WIDE_DEPTH, 512, 32), (WIDE_DEPTH, 512, 256),
        (WIDE_DEPTH, 1024, 32), (WIDE_DEPTH, 1024, 256)]
    epochs = 10
    rows = [("%d epochs, wall time" % epochs, "threads=1", "threads=2", "ratio", "CPU time, ratio")]
    for network in shapes:
        (wall, cpu), (both_wall, both_cpu) = lab.rows(*[
            lambda n=n: lab.run(words(network, "threads=%d" % n), epochs) for n in (1, 2)])
        rows.append((label(network), "%.3g s" % wall, "%.3g s" % both_wall,
                     times(wall / both_wall), times(both_cpu / cpu)))
    return {"threads": rows}


def at_full_pace(lab, columns, rows, stalled=False):
    """[epochs a second, epochs a CPU second, bytes a second] of the reference on a screen."""
    seconds = 1 if lab.quick else 5
    session = Session(lab.wane, lab.environment(), words(REFERENCE, "pace=max"), columns, rows)
    try:
        read_all([session], 1)
        epoch, sent, cpu, start = session.look(), session.bytes, session.cpu(), time.monotonic()
        if stalled:
            time.sleep(seconds)
        read_all([session], .3 if stalled else seconds)  # the newest picture comes at once
        spent, cpu = time.monotonic() - start, session.cpu() - cpu
        epochs = session.look() - epoch
        found = [epochs / spent, epochs / cpu, (session.bytes - sent) / spent]
        return found[:2] if stalled else found
    finally:
        session.close()


def screen(lab):
    """Training at full pace with and without a screen, and for a terminal that reads nothing."""
    epochs = 500 if lab.quick else 5000

    def headless():
        wall, cpu = lab.run(words(REFERENCE), epochs, every=1)
        return [epochs / wall, epochs / cpu]

    run, small, large, stalled = lab.rows(
        headless, lambda: at_full_pace(lab, 80, 24), lambda: at_full_pace(lab, 200, 60),
        lambda: at_full_pace(lab, 80, 24, stalled=True))
    rows = [("10 × 10, batch 32, statistics of every epoch", "epochs a wall second",
             "epochs a CPU second", "/ wane run", "bytes a second")]
    for name, found in (("wane run", run), ("screen 80x24", small), ("screen 200x60", large),
                        ("screen 80x24 that is not read", stalled)):
        rows.append((name, "%.0f" % found[0], "%.0f" % found[1], times(found[1] / run[1]),
                     "%.0f" % found[2] if found[2:] else ""))
    return {"screen": rows}


def crowd(lab):
    """Many sessions at once, as a class has them on one server."""
    count, seconds, cores = (20, 3, 2) if lab.quick else (100, 10, 2)
    allowed = set(sorted(os.sched_getaffinity(0))[:cores])
    sessions = [Session(lab.wane, lab.environment(), [], 80, 24, allowed) for _ in range(count)]
    watched = sessions[::10]
    try:
        read_all(sessions, 3 + count * .05)
        epochs = [session.look() for session in watched]
        cpu, start = [session.cpu() for session in sessions], time.monotonic()
        read_all(sessions, seconds)
        spent = time.monotonic() - start
        cpu = [session.cpu() - before for session, before in zip(sessions, cpu)]
        epochs = [session.look() - before for session, before in zip(watched, epochs)]
        _, memory, _ = tty_cost.memory([session.pid for session in sessions])
    finally:
        for session in sessions:
            session.close()
    return {"crowd": [
        ("%d sessions on %d cores, as `wane` starts" % (count, len(allowed)), ""),
        ("CPU of all, % of those cores", "%.1f" % (100 * sum(cpu) / spent / len(allowed))),
        ("CPU of one, % of a core: median, most", "%.2f, %.2f" % tuple(
            100 * share / spent for share in (statistics.median(cpu), max(cpu)))),
        ("epochs a second: median, least", "%.1f, %.1f" % tuple(
            each / spent for each in (statistics.median(epochs), min(epochs)))),
        ("memory of all (PSS), MiB", "%.0f" % memory)]}


def million(lab):
    """One long run: do later epochs take more time, or the process more memory?"""
    total = 20000 if lab.quick else 1000000
    child = subprocess.Popen([lab.wane, "run", *words(REFERENCE), "--epochs", str(total),
                              "--every", str(total // 1000)], env=lab.environment(),
                             stdout=subprocess.PIPE, text=True)
    seen = []  # (epoch, CPU seconds, MiB)
    next(child.stdout)
    for line in child.stdout:
        epoch, layer, _ = line.split(",", 2)
        if not layer:
            cpu, memory = tty_cost.cpu_ns([child.pid]) * 1e-9, tty_cost.memory([child.pid])[0]
            if memory:  # 0: it has already ended
                seen.append((int(epoch), cpu, memory))
    child.wait()

    def pace(part):
        return (part[-1][1] - part[0][1]) / (part[-1][0] - part[0][0])

    tenth = len(seen) // 10
    first, last = pace(seen[tenth // 10:tenth]), pace(seen[-tenth:])
    low, high = seen[tenth // 10][2], seen[-1][2]
    return {"million": [
        ("%s epochs of 10 × 10" % format(total, ","), "first tenth", "last tenth", "ratio"),
        ("CPU ms an epoch", milliseconds(first), milliseconds(last), times(last / first)),
        ("resident memory, MiB", "%.2f" % low, "%.2f" % high, times(high / low))]}


PARTS = {part.__name__: part for part in (
    machine, frameworks, models, kernels, depth, scaling, builds, threads, busy, screen, crowd, million)}
LONG = ("million",)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("wane")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--into", metavar="FILE")
    arguments = parser.parse_args()
    lab = Lab(arguments.wane, arguments.rounds, arguments.quick)
    for name in arguments.parts or [name for name in PARTS if name not in LONG]:
        if name not in PARTS:
            parser.error("no part %r; there are: %s" % (name, ", ".join(PARTS)))
        start = time.monotonic()
        for table, rows in PARTS[name](lab).items():
            text = document.table(rows)
            if arguments.into:
                document.put_into(arguments.into, table, text)
            else:
                print("%s\n\n%s" % (table, text), flush=True)
        print("%s: %.0f s" % (name, time.monotonic() - start), file=sys.stderr, flush=True)


main()
