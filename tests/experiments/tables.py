#!/usr/bin/env python3
"""The experiments behind wane's lessons: its numbers beside an independent implementation's.

  tables.py [--quick | --scale FACTOR] [--only NAMES] [--into FILE] WANE

Trains the networks of README.md's tables with `WANE run`, two at a time, and prints the tables
as Markdown. A cell is wane's number, then the reference's in brackets; one outside the range
that README.md states for its kind is bold, and beside it is the number of ten times as many
networks: bold, too, if that is out of range as well.

  --quick    2 seeds: a look in about a minute, not a comparison
  --scale    multiplies the number of networks
  --only     these tables (comma-separated) and no others
  --into     instead of printing, replace the part of FILE between the lines
             '<!-- table NAME -->' and '<!-- end -->'

Seeds are 1, 2, ...: the same program gives the same tables everywhere. Standard library only.
To add a network: a line in a table, its words in WORDS. A table: a row in TABLES, and README.md.
"""
import argparse
import concurrent.futures
import functools
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import document  # noqa: E402

DATA = "data=moons samples=250 noise=0.05"
KINDS = {  # of runs: networks, options, settings
    "trained": (20, "--every 100", ""),
    "watched": (20, "--every 1", ""),
    "started": (100, "", "batch=0 epochs=1"),  # epoch 0, and epoch 1: one step on all points
    "born": (2000, "", "batch=0 epochs=1 depth=100"),
}
UNDERFLOW = 1.2e-38  # wane, like a float32 without denormals, keeps nothing smaller
STUCK, LEARNED = .69, .1  # losses; the baseline, ln 2, is .6931

# What the words in the tables' first column set; a number is the depth.
WORDS = {
    "sigmoid": "activation=sigmoid", "tanh": "activation=tanh", "ReLU": "activation=relu",
    "leaky": "activation=leaky-relu", "ELU": "activation=elu", "SELU": "activation=selu",
    "GELU": "activation=gelu", "Glorot": "init=glorot-uniform", "He": "init=he-uniform",
    "He-normal": "init=he-normal", "LeCun": "init=lecun-normal", "PyTorch": "init=pytorch",
    "U(-.5,.5)": "init=uniform", "U(2,5)": "init=uniform-2-5", "N(0,1)": "init=normal",
    "BN": "norm=batch", "LN": "norm=layer", "skip-1": "skip=1", "skip-2": "skip=2",
    "SGD-.01": "optimizer=sgd lr=0.01", "SGD-.1": "optimizer=sgd lr=0.1",
    "momentum-.1": "optimizer=momentum lr=0.1", "Adam": "optimizer=adam lr=0.001",
    "PyTorch-Adam": "optimizer=adam lr=0.001 optimizer-style=pytorch",
    "RMSprop": "optimizer=rmsprop lr=0.001",
    "PyTorch-RMSprop": "optimizer=rmsprop lr=0.001 optimizer-style=pytorch",
    "norm-clipped": "clip=norm clip-at=1", "value-clipped": "clip=value clip-at=0.001",
    "all-points": "split=0",
}


def meaning(words):
    return " ".join("depth=" + word if word.isdigit() else word if "=" in word else WORDS[word]
                    for word in words.split())


# ---- the program's records ----
class Run:
    """The records of one `wane run`; layer "" is the whole network."""

    def __init__(self, text, settings, lab):
        head, *lines = text.splitlines()
        self.settings, self.lab = settings, lab
        self.names = head.split(",")
        self.rows = {tuple(line.split(",", 2)[:2]): line for line in lines}
        self.last = int(lines[-1].split(",", 1)[0])
        self.out = max(int(layer or 0) for _, layer in self.rows)

    def get(self, name, layer="", epoch=0):
        text = self.rows[str(epoch), str(layer)].split(",")[self.names.index(name)]
        return float(text) if text else math.nan

    def rms(self, layer):
        """RMS of dW before training."""
        return self.get("grad_rms", layer)

    def loss(self, epoch=None):
        """The loss Keras prints, of the last epoch by default; infinite for a run that diverged."""
        value = self.get("batch_loss", epoch=self.last if epoch is None else epoch)
        return value if math.isfinite(value) else math.inf


class Lab:
    def __init__(self, wane, scale):
        self.wane, self.scale = wane, scale
        self.pool = concurrent.futures.ThreadPoolExecutor(2)

    def run(self, settings, options):
        command = [self.wane, "run", *options.split(), *DATA.split(), *settings.split()]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit("%s: %s" % (" ".join(command), done.stderr))
        return Run(done.stdout, settings, self)

    def runs(self, kind, settings, times=1):
        """One run for each seed, from 1 on."""
        networks, options, more = KINDS[kind]
        return list(self.pool.map(
            lambda seed: self.run("%s %s seed=%d" % (settings, more, seed), options),
            range(1, round(networks * self.scale * times) + 1)))


# ---- measures: runs -> number ----
def median(values):
    kept = [value for value in values if not math.isnan(value)]
    return statistics.median(kept) if kept else math.nan


def decades_lost(runs):
    return median(run.get("decades") for run in runs)


def final(name, layer=""):
    return lambda runs: median(run.get(name, layer, run.last) for run in runs)


def rms_hidden(layer):
    return lambda runs: median(run.rms(layer) if layer < run.out else math.nan for run in runs)


def rms_out(runs):
    return median(run.rms(run.out) for run in runs)


def ratio(runs):
    """dW_1/dW_out before training; without networks in which both are 0 from the start."""
    return median(run.rms(1) / run.rms(run.out) for run in runs if run.rms(run.out))


def step_ratio(runs):
    """The same ratio for the distances that the weights moved in the first step."""
    def moved(run, layer):
        return run.get("update_ratio", layer, 1) * run.get("weight_rms", layer)
    return median(moved(run, 1) / moved(run, run.out) for run in runs)


def notes_gradient(runs):
    """The course notes' (old - new)/lr of layer 1: mean absolute entry, median of the runs."""
    def weights(run, folder, extra=""):
        path = os.path.join(folder, "weights.csv")
        run.lab.run(run.settings + extra, "--save " + path)
        with open(path) as file:
            return [float(line.split(",")[3]) for line in file if line.startswith("layer1.weight,")]

    def one(run):
        lr = float(re.search(r"lr=(\S+)", run.settings)[1])
        with tempfile.TemporaryDirectory() as folder:
            new = weights(run, folder)
            old = weights(run, folder, " epochs=1 freeze=%d" % (run.out - 1))
        return statistics.mean(abs(a - b) for a, b in zip(old, new)) / lr
    return statistics.median(runs[0].lab.pool.map(one, runs))


def loss_at(epoch=None):
    return lambda runs: median(run.loss(epoch) for run in runs)


def best_tenth(runs):
    return statistics.quantiles([run.loss() for run in runs], n=10, method="inclusive")[0]


def of_twenty(good):
    return lambda runs: 20 * sum(1 for run in runs if good(run.loss())) / len(runs)


stuck = of_twenty(lambda loss: loss > STUCK)


def is_dead(run, depth):
    """A network cut after its first layers is a network of that depth: one draw serves all."""
    return any(run.get("dead", layer) == 1 for layer in range(1, depth + 1))


def born_dead(depth):
    return lambda runs: statistics.mean(is_dead(run, depth) for run in runs)


def living(name, layer):
    return lambda runs: statistics.mean(
        run.get(name, layer) for run in runs if not is_dead(run, layer))


# ---- checks: (number, reference as text) -> (cell, in range?); "_" is no reference ----
def short(x, digits=2):
    if not math.isfinite(x) or x == 0:
        return "" if math.isnan(x) else "%g" % x
    mantissa, exponent = ("%.*e" % (digits - 1, x)).split("e")
    if -4 < int(exponent) < 5:
        return "%.*f" % (max(0, digits - 1 - int(exponent)), float(mantissa + "e" + exponent))
    return "%se%d" % (mantissa, int(exponent))


def beside(ours, reference):
    return ours if reference == "_" else "%s (%s)" % (ours, reference)


def within(slack, form="%.3g"):
    return lambda ours, reference: (
        beside(form % ours, reference),
        reference == "_" or abs(ours - float(reference)) <= slack)


def at_least(ours, reference):
    return beside("%.4f" % ours, "from " + reference), ours >= float(reference)


def factor(ours, reference, nothing="0, underflow"):
    """Gradients and changes: within a factor 2."""
    text = beside(short(ours) if ours else nothing, reference)
    if reference == "_":
        return text, True
    target = float(reference)
    if min(ours, target) < UNDERFLOW:
        return text, max(ours, target) < UNDERFLOW
    return text, .5 <= ours / target <= 2


def step(ours, reference):
    """Steps: within a factor 2, or nearly 0 where float32 rounds them to nothing."""
    if reference == "0":
        return beside(short(ours), reference), ours < 1e-6
    return factor(ours, reference, nothing="0")


def decades(ours, reference):
    """D: .3 decades, a factor 2, or 5 %. A D beyond the range of float32 is infinite."""
    target = float(reference)
    if math.isinf(ours):
        return beside("inf, underflow", reference), target > 37
    return beside("%.1f" % ours, reference), abs(ours - target) <= max(.3, .05 * abs(target))


def band(ours, reference, form="%.3g"):
    """MEDIAN:LOW:HIGH; in range from LOW to HIGH, where 90 % of the reference's seeds lie."""
    middle, low, high = reference.split(":")
    text = beside(form % ours, "%s, %s to %s" % (middle, low, high))
    return text, float(low) <= float(form % ours) <= float(high)


def near(ours, target):
    """Losses: 20 %, but 1 % where nothing is learned, a factor 3 below .1 and above 10."""
    if STUCK <= target <= .7:
        return abs(ours - target) <= .01 * target
    if LEARNED <= target <= 10:
        return abs(ours - target) <= .2 * target
    return 1 / 3 <= ours / target <= 3


def loss(ours, reference):
    return beside("%.4f" % ours, reference), near(ours, float(reference))


def born(ours, reference):
    """SHARE:BOUND; three standard errors of the two samples' difference, and .002."""
    target, bound = reference.split(":")
    p = float(target)
    error = math.sqrt(p * (1 - p) * (1 / KINDS["born"][0] + 1 / 4000))
    return beside("%.3f" % ours, "%s, at most %s" % (target, bound)), \
        abs(ours - p) <= 3 * error + .002


def learned(runs, reference):
    """Of 20 seeds, those below .1: COUNT, COUNT:MEDIAN LOSS or COUNT:nDIVERGED."""
    wanted, _, more = reference.partition(":")
    below, lost = of_twenty(lambda loss: loss < LEARNED)(runs), of_twenty(math.isinf)(runs)
    text, said, kept = "%.3g" % below, wanted, abs(below - float(wanted)) <= 4
    if more and more[0] != "n":
        middle = loss_at()(runs)
        text += " at " + short(middle, 4 if STUCK < middle < .7 else 2)
        said, kept = said + " at " + more, kept and near(middle, float(more))
    elif more != "n":
        kept = kept and abs(lost - float(more[1:] or 0)) <= 4
    if more[:1] == "n":
        said += ", %s NaN" % (more[1:] or "some")
    return beside(text + (", %.3g NaN" % lost if lost else ""), said), kept


# ---- tables: (name, columns, lines `network | references`) ----
# A column is (head, kind of runs, words added to the network's, measure, check).
COUNT = within(4)
DEPTHS = (10, 20, 50)

TABLES = [
    ("notebook", [
        ("loss", "trained", "Adam", loss_at(), functools.partial(band, form="%.4f")),
        ("stuck", "trained", "Adam", stuck, COUNT),
        ("accuracy", "trained", "Adam", final("acc"), within(.05, "%.3f")),
        ("W1 moved, %", "trained", "Adam", final("change_norm", 1), band),
        ("its median weight, %", "trained", "Adam", final("change", 1), factor),
        ("rms dW1 at start", "started", "", rms_hidden(1), factor),
        ("dW1/dWout", "started", "", ratio, factor)], """
1 sigmoid | .449:.402:.499 0 .81 148:120:182 159 2.1e-2 .32
3 sigmoid | .428:.377:.538 0 .815 201:162:245 212 1.1e-3 1.7e-2
7 sigmoid | .632:.486:.692 2 .835 234:186:284 238 2.7e-6 4.3e-5
9 sigmoid | .6930:.691:.6933 19.2 .51 125:51:189 131 1.3e-7 2.2e-6
10 sigmoid | .6930:.6929:.6934 20 .51 30:10:80 26 3.0e-8 5.6e-7
12 sigmoid | .6931:.6929:.6934 20 .51 1.5:.5:4.7 1.3 1.5e-9 3.0e-8
13 sigmoid | .6930:.6929:.6935 20 .51 .48:.06:1.2 .36 4e-10 8.6e-9
14 sigmoid | .6930:.6928:.6935 20 .51 .077:.009:.22 .059 1e-10 2.2e-9
9 ReLU | .0007:.0002:.013 0 1.00 31:21:47 28 1.2e-3 1.3
12 ReLU | .0002:.0001:.064 .1 1.00 26:17:40 23 3.0e-4 1.3"""),
    ("layers", [
        *(("layer %d" % layer, "started", "", rms_hidden(layer), factor)
          for layer in range(1, 10)),
        ("output", "started", "", rms_out, factor)], """
3 sigmoid | 1.1e-3 1.9e-3 6.8e-3 _ _ _ _ _ _ 6.4e-2
9 sigmoid | 1.9e-7 2.3e-7 1.0e-6 3.3e-6 1.4e-5 6.6e-5 2.9e-4 1.2e-3 6.8e-3 6.1e-2
9 ReLU | 1.0e-3 5.0e-4 5.9e-4 5.5e-4 5.9e-4 5.1e-4 4.6e-4 4.6e-4 4.5e-4 1.3e-3"""),
    ("course", [("epoch %d" % epoch, "watched", "Adam", loss_at(epoch), loss)
                for epoch in (1, 10, 25, 50, 100)], """
3 sigmoid | .727 .693 .684 .644 .411
9 sigmoid | .723 .694 .693 .693 .693
9 ReLU | .693 .608 .204 .016 .0005"""),
    ("chance", [("loss", "trained", "Adam", loss_at(), loss),
                ("stuck", "trained", "Adam", stuck, COUNT)], """
9 sigmoid | .693 19.2
9 sigmoid all-points | .692 12
7 sigmoid all-points | .397 _
9 sigmoid width=64 | .35 0
9 sigmoid epochs=300 | .367 0"""),
    ("optimizers", [
        ("loss", "trained", "", loss_at(), loss), ("stuck", "trained", "", stuck, COUNT),
        ("W1 moved, %", "trained", "", final("change_norm", 1), step),
        ("its median weight, %", "trained", "", final("change", 1), step),
        ("(old - new)/lr", "trained", "", notes_gradient, step)], """
9 sigmoid SGD-.01 | .6931 20 .00007 0 9e-6
9 sigmoid SGD-.1 | .6945 20 .0023 _ 6e-5
9 sigmoid RMSprop | .6934 20 .09 _ .3
9 sigmoid Adam | .6930 17 132 _ 483
9 sigmoid PyTorch-Adam | .686 7 242 _ 851
9 sigmoid PyTorch PyTorch-Adam | .6930 20 35 _ 113
10 sigmoid Adam | .6930 20 30 26 120
9 ReLU Adam | .0005 0 31 28 105
9 ReLU SGD-.01 | .620 _ _ _ _
9 ReLU SGD-.1 | .0006 _ _ _ _
3 sigmoid SGD-.01 | .6934 _ _ _ _
3 sigmoid SGD-.1 | .681 _ _ _ _"""),
    ("steps", [
        (head % depth, kind, str(depth), measure, check) for depth in (10, 20)
        for head, kind, measure, check in (
            ("first step W1/Wout, %d layers", "started", step_ratio, step),
            ("loss of the best tenth, %d", "trained", best_tenth, at_least))], """
SGD-.1 | 3e-7 .676 0 .676
momentum-.1 | 3e-7 .676 0 .676
SGD-.1 norm-clipped | 3e-7 .676 0 .676
SGD-.1 value-clipped | 2e-5 .676 0 .676
RMSprop | 3e-5 .676 0 .676
PyTorch-RMSprop | .19 .676 0 .676
Adam | .008 .676 0 .676
PyTorch-Adam | .63 .676 0 .676
PyTorch-Adam epsilon=1e-12 | 1.0 .676 .01 .676"""),
    ("fixes", [
        ("%s, %d" % (head, depth), "started", str(depth), measure, check)
        for head, measure, check in (
            ("dW1/dWout", ratio, factor), ("D", decades_lost, decades),
            ("rms dWout", rms_out, factor)) for depth in DEPTHS], """
sigmoid Glorot | 6e-7 2e-13 6e-33 6.9 13.4 32.8 .07 .06 .06
sigmoid PyTorch | 4e-9 8e-18 6e-44 9.3 18 44 .03 .02 .03
sigmoid U(-.5,.5) | 3e-7 4e-14 1e-34 7.3 14.2 34.7 .05 .04 .04
sigmoid U(2,5) | 2e-101 0 0 100 inf inf .5 .5 .5
sigmoid He | 7e-6 3e-11 9e-27 5.7 11.1 26.6 .07 .06 .06
sigmoid N(0,1) | 7e-4 6e-7 3e-16 3.4 6.4 15.7 .14 .15 .13
tanh Glorot | .7 .5 .6 .8 1.1 1.6 .04 .02 .005
ReLU Glorot | 1 1 1.4 2.2 4.2 10.4 7e-4 5e-6 3e-12
ReLU He | .4 .4 .5 .9 1.3 3.1 .04 .007 2e-4
leaky He | .4 .4 .5 .9 1.3 3.0 .04 .007 1e-4
ELU He | .3 .3 .6 .1 -.2 -.9 .25 .3 .3
SELU LeCun | .4 .3 .6 .1 -.1 -.6 .16 .2 .13
GELU He | .6 .8 .7 1.2 2.6 7.8 .015 4e-4 4e-9
sigmoid BN | 1.6 3 9 -.7 -1.1 -1.8 .08 .07 .06
tanh BN | 2.4 8 210 -1.0 -1.6 -3.2 .14 .13 .09
ReLU He BN | 1.4 16 15000 -.8 -1.9 -4.8 .09 .07 .05
sigmoid LN | 1e-4 5e-9 1e-21 4.2 8.5 21 .08 .07 .06
ReLU He LN | .17 .04 5e-4 .3 .9 2.6 .11 .11 .12
sigmoid skip-1 | .013 .007 .003 1.0 1.0 .9 2.4 4.9 12
sigmoid skip-2 | .034 .025 .011 1.9 2.0 2.2 .08 .08 .1
tanh skip-1 | .7 .7 1.4 -.3 -1.0 -1.8 .4 .8 1.6
ReLU He skip-1 | .12 .09 .09 -1.1 -3.1 -9.6 31 4e3 1e10
ReLU He skip-2 | .15 .12 .09 0 -.9 -3.8 1.5 18 2e4
ReLU He BN skip-1 | .13 .11 .08 -.5 -.7 -1.2 1.7 3.3 9"""),
    ("fixes-trained", [
        ("%s, %d" % (word, depth), "trained", "%s %d" % (word, depth), list, learned)
        for word in ("SGD-.1", "Adam") for depth in DEPTHS], """
sigmoid Glorot | 0 0 0 0 0 0
sigmoid U(-.5,.5) | 0 0 0 0 0 0
sigmoid U(2,5) | 0 0 0 0:14 0:14 0:14
tanh Glorot | 20 15 0 20 20 2
ReLU Glorot | 15 0 0 20 16 0
ReLU He | 19 5 0 20 19 8
leaky He | 20 8 0 20 20 7
ELU He | 20 16 0:n10 20 20 16
SELU LeCun | 20 9 0 20 20 6
sigmoid BN | 18 16 1 2:.13 1:.13 0:.17
tanh BN | 16 10 0 18 12 0
ReLU He BN | 18 3 0 14 0 0
sigmoid LN | 0 0 0 0:.35 0 0
ReLU He LN | 7 0 0 15 2 0
sigmoid skip-1 | 0:.30 0:.32 0:.55 0:.31 0:.29 0:.29
sigmoid skip-2 | 0:.41 0:.54 0:.69 0:.35 0:.35 0:.38
tanh skip-1 | 20 20 20 20 20 20
ReLU He skip-1 | 2:n7 0:n20 0:n20 16 4 0:1e6
ReLU He skip-2 | 20 1:n7 0:n20 19 20 8
ReLU He BN skip-1 | 20 19 13 19 20 20"""),
    ("inits", [
        ("rms dW1", "started", "30 ReLU", rms_hidden(1), factor),
        ("dW1/dWout", "started", "30 ReLU", ratio, factor),
        *((word, "trained", "30 ReLU " + word, list, learned)
          for word in ("SGD-.01", "SGD-.1", "Adam"))], """
width=10 Glorot | 6e-8 1.4 0:.6930 0 0:.6930
width=10 He | 1.3e-3 .5 2:.43 0:.6934 20:.0001
width=10 LeCun | 2e-8 .8 0 0 2
width=10 PyTorch | 6e-15 2e-12 0 0 0
width=32 Glorot | 3e-7 2.0 0 0 15
width=32 He | 8e-3 .27 17:.0095 5:n 20
width=32 PyTorch | _ _ 0 0 0
width=64 Glorot | 3e-7 1.7 0 0 19
width=64 He | 7e-3 .2 15:.010 2:n 19
width=64 PyTorch | _ _ 0 0 0"""),
    ("born-dead", [("%d layers" % depth, "born", "", born_dead(depth), born)
                   for depth in (5, 10, 20, 50, 100)], """
width=2 ReLU He-normal | .561:.763 .894:.944 .994:.997 1:1 1:1
width=3 ReLU He-normal | .205:.487 .583:.737 .886:.931 .999:.999 1:1
width=4 ReLU He-normal | .058:.276 .257:.476 .604:.725 .946:.960 .998:.998
width=5 ReLU He-normal | .015:.147 .098:.272 .317:.470 .744:.796 .950:.958
width=6 ReLU He-normal | .004:.076 .032:.146 .146:.270 .458:.545 .755:.793
width=8 ReLU He-normal | 0:.019 .003:.038 .023:.075 .122:.178 .280:.324
width=10 ReLU He-normal | 0:.005 .0003:.010 .002:.019 .023:.048 .072:.093
width=16 ReLU He-normal | 0:.0001 0:.0002 0:.0003 .0003:.0008 .001:.0015"""),
    ("dead-units", [
        ("%s, layer %d" % (name, layer), "born", "", living(name, layer), within(.03, "%.2f"))
        for name in ("dead", "inactive") for layer in (5, 10, 20, 50)], """
width=10 ReLU He-normal | .24 .34 .43 .49 .51 .51 .51 .51"""),
]

MORE = 10  # times the networks, for a second look at a cell that is out of range


def second_look(lab, kind, settings, measure, check, word):
    runs = lab.runs(kind, settings, MORE)
    text, kept = check(measure(runs), word)
    text = "%s of %d" % (text.split(" (")[0], len(runs))
    return text if kept else "**%s**" % text


def table(lab, columns, lines):
    rows = [["network"] + [column[0] for column in columns]]
    for line in lines.strip().splitlines():
        label, references = line.split(" | ")
        runs, row = {}, [label]
        for (head, kind, words, measure, check), word in zip(columns, references.split()):
            settings = meaning(label + " " + words)
            if (kind, settings) not in runs:
                runs[kind, settings] = lab.runs(kind, settings)
            text, kept = check(measure(runs[kind, settings]), word)
            row.append(text if kept else "**%s**; %s" % (
                text, second_look(lab, kind, settings, measure, check, word)))
        rows.append(row)
    return document.table(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("wane")
    parser.add_argument("--quick", dest="scale", action="store_const", const=.1, default=1)
    parser.add_argument("--scale", type=float)
    parser.add_argument("--only", metavar="NAMES")
    parser.add_argument("--into", metavar="FILE")
    arguments = parser.parse_args()
    lab = Lab(arguments.wane, arguments.scale)
    for name, columns, lines in TABLES:
        if arguments.only and name not in arguments.only.split(","):
            continue
        text = table(lab, columns, lines)
        if arguments.into:
            document.put_into(arguments.into, name, text)
        else:
            print("%s\n\n%s" % (name, text), flush=True)


main()
