#!/usr/bin/env python3
"""The course notebook's experiment: does wane give the known band over many seeds?

  notebook.py WANE [SEEDS]

Runs `WANE run` on 250 moons with Adam 0.001 for 100 epochs, for seeds 1..SEEDS (default 20), and
compares the loss that Keras would print (column batch_loss of epoch 100) with what 20 seeds of
an independent implementation gave. Counts are scaled to the number of seeds. Prints a table and
one line for each rule; exit status 1 if a rule fails. Standard library only.
"""
import csv
import statistics
import subprocess
import sys

SETTINGS = ("data=moons samples=250 noise=0.05 split=0.2 width=10 init=glorot-uniform "
            "optimizer=adam lr=0.001 batch=32 epochs=100").split()


def last_epoch(wane, extra, seed):
    command = [wane, "run", "--every", "100", *SETTINGS, *extra.split(), "seed=%d" % seed]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = [row for row in csv.DictReader(output.splitlines()) if row["epoch"] == "100"]
    whole = next(row for row in rows if row["layer"] == "")
    first = next(row for row in rows if row["layer"] == "1")
    return {"loss": float(whole["batch_loss"]), "accuracy": float(whole["acc"]),
            "change": float(first["change_norm"]), "grad": float(first["grad_rms"])}


class Net:
    def __init__(self, wane, name, extra, seeds):
        self.name = name
        self.runs = [last_epoch(wane, extra, seed) for seed in range(1, seeds + 1)]

    def column(self, key):
        return [run[key] for run in self.runs]

    def count(self, key, good):
        return sum(1 for value in self.column(key) if good(value))

    def median(self, key):
        return statistics.median(self.column(key))

    def row(self):
        loss = self.column("loss")
        return "%-11s %8.4f  [%.4f, %.4f]   %.3f     %6.1f" % (
            self.name, self.median("loss"), min(loss), max(loss), self.median("accuracy"),
            self.median("change"))


def main():
    wane = sys.argv[1]
    seeds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    at_least = lambda of_twenty: -(-of_twenty * seeds // 20) - (seeds < 20)
    nets = {}
    print("%d seeds     median loss [range]          accuracy  W1 change %%" % seeds)
    for name, extra in [("3 sigmoid", "depth=3 activation=sigmoid"),
                        ("9 sigmoid", "depth=9 activation=sigmoid"),
                        ("10 sigmoid", "depth=10 activation=sigmoid"),
                        ("9 relu", "depth=9 activation=relu"),
                        ("12 relu", "depth=12 activation=relu")]:
        nets[name] = Net(wane, name, extra, seeds)
        print(nets[name].row())
    ten, nine, three = nets["10 sigmoid"], nets["9 sigmoid"], nets["3 sigmoid"]
    rules = [
        ("10 sigmoid layers: every loss in [.692, .695]",
         ten.count("loss", lambda v: .692 <= v <= .695) == seeds),
        ("10 sigmoid layers: accuracy .49 to .51 in 18 of 20",
         ten.count("accuracy", lambda v: .49 <= v <= .51) >= at_least(18)),
        ("9 sigmoid layers: 15 of 20 above .69",
         nine.count("loss", lambda v: v > .69) >= at_least(15)),
        ("3 sigmoid layers: median in [.38, .47]", .38 <= three.median("loss") <= .47),
        ("3 sigmoid layers: 18 of 20 below .60",
         three.count("loss", lambda v: v < .60) >= at_least(18)),
        ("9 ReLU layers: W1 changes by 15 to 60 %", 15 <= nets["9 relu"].median("change") <= 60),
    ]
    for name in ("9 relu", "12 relu"):
        rules.append((name + ": median below .003", nets[name].median("loss") < .003))
        rules.append((name + ": 16 of 20 below .1",
                      nets[name].count("loss", lambda v: v < .1) >= at_least(16)))
    for text, kept in rules:
        print("%-4s %s" % ("ok" if kept else "FAIL", text))
    return 0 if all(kept for _, kept in rules) else 1


sys.exit(main())
