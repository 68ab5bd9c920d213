#!/usr/bin/env python3
"""The same settings and seed give the same bytes whatever compiler, optimization level,
instruction set or processor runs them.

Usage: same_bits.py WANE SOURCE-FOLDER WORK-FOLDER native|aarch64 [WAY]

Builds the program without its screen in several ways, runs every line of the tables below with
each, and compares records, weights, messages and exit status with those of WANE. WAY is how WANE
was built ("gcc -O3"): it serves as the build of that way. With BITS=all in the environment there
are more ways, and a build that contracts products and sums, which must differ. Exit status 77 (skipped) if a tool is missing.
"""
import csv
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

# ---- builds: a compiler, and flags that follow all others ------------------------------------

# The extremes of each compiler; all of them with BITS=all in the environment.
# -fsanitize=memory reports uninitialized memory: a message, and so a difference
NATIVE = [("gcc", "-O0"), ("gcc", "-O3"), ("gcc", "-O3 -march=native"),
          ("clang", "-O1 -fsanitize=memory"), ("clang", "-O3 -march=native")]
AARCH64 = [("aarch64-linux-gnu-gcc", "-O3"), ("clang --target=aarch64-linux-gnu", "-O2")]
ALL = os.environ.get("BITS") == "all"
if ALL:
    NATIVE += [("gcc", "-O1"), ("gcc", "-O2"), ("clang", "-O0"), ("clang", "-O2"), ("clang", "-O3")]
    AARCH64 += [("aarch64-linux-gnu-gcc", "-O1")]
# every 64-bit ARM has fused multiply-adds, so this one must come out differently
CONTRACTED = ("aarch64-linux-gnu-gcc", "-O3 -ffp-contract=fast")

EMULATOR = ["qemu-aarch64", "-L", "/usr/aarch64-linux-gnu"]
KERNELS = ("baseline", "avx2", "avx512")  # of x86-64; those that this processor lacks are left out

# ---- settings --------------------------------------------------------------------------------


def names(wane, table):
    """Names in one of the tables that `wane list` prints."""
    text = subprocess.run([wane, "list", table], capture_output=True, text=True, check=True)
    return [line.split("\t")[0] for line in text.stdout.splitlines()]


def choices(wane, setting):
    """Values of a setting, from the message that refuses an unknown one."""
    text = subprocess.run([wane, "run", setting + "=?"], capture_output=True, text=True)
    return text.stderr.split(": ")[-1].split()


def lines(wane):
    """Every command line to compare: each row of each table, and combinations of rows."""
    activations = names(wane, "activations")
    optimizers = names(wane, "optimizers")
    styles = choices(wane, "optimizer-style")
    norms = choices(wane, "norm")
    small = "run epochs=2 samples=60 depth=3 width=5 batch=16 "
    out = [f"{small} activation={a} lr=0.5" for a in activations]
    out += [f"{small} activation={a} norm={n} skip=1 init=he-normal gain=3"
            for a, n in zip(activations, itertools.cycle(norms))]
    out += [f"{small} init={i} activation=tanh width=7 gain=1.3"
            for i in names(wane, "initializers")]
    out += [f"{small} init=uniform init-low=0.5 init-high=-0.25", f"{small} init=constant"
            " init-value=0.3", f"{small} init=normal init-sd=0.1"]
    out += [f"{small} optimizer={o} optimizer-style={s} weight-decay={w} activation=elu lr=0.01"
            for o in optimizers for s in styles for w in (0, 0.01)]
    out += [f"{small} norm={n} norm-position={p} batch={b} activation=relu"
            for n in norms for p in choices(wane, "norm-position") for b in (2, 5, 0)]
    out += [f"{small} skip={k} skip-add={a} branch-scale=0.7 activation=silu depth=4"
            for k in (1, 2) for a in choices(wane, "skip-add")]
    out += [f"{small} data={d} loss={l} samples=80" for d in ("moons", "blobs")
            for l in choices(wane, "loss")]
    out += [f"run data={d} epochs=1 samples=90 depth=2 width=6 activation=relu"
            for d in names(wane, "data")]
    out += [f"{small} schedule={s} epochs=6 samples=20 depth=1"
            for s in choices(wane, "schedule")]
    out += [f"{small} clip={c} clip-at={at} activation=relu lr=1"
            for c in choices(wane, "clip") for at in (0.01, 1)]
    out += [small + more for more in (
        "dropout=0.3 activation=relu", "dropout=0.5 norm=batch", "l1=0.01", "l2=0.01 l1=0.001",
        "freeze=2", "stop=1 epochs=5", "seed=0", "seed=2000000000", "split=0", "split=0.9",
        "depth=0", "activation=relu/tanh/gelu", "activation=leaky-relu leaky-slope=0.2",
        "activation=elu elu-alpha=1.7", "noise=0", "noise=1", "norm=batch norm-momentum=0.5",
        "norm=layer norm-epsilon=0.01", "momentum=0.5 optimizer=nesterov")]
    # overflow: infinities and NaN must appear in the same places
    out += [f"{small} activation={a} lr=100 gain=100 init=normal epochs=3 data=wave"
            for a in ("relu", "identity", "gelu", "sine", "silu", "mish")]
    # underflow: subnormal results are flushed to zero on every processor
    out += ["run epochs=1 depth=50 samples=40", "run epochs=1 depth=50 samples=40 activation=tanh"
            " gain=0.1", "run epochs=2 depth=30 width=4 samples=40 gain=0.1 optimizer=adam",
            "run epochs=1 depth=300 width=3 samples=20", "run epochs=1 depth=25 samples=40"
            " init=normal init-sd=0.03 activation=gelu optimizer=rmsprop"]
    # wide layers: whole tiles, and partial ones at their edges
    wide = itertools.product((17, 33, 64, 130), (5, 32, 200))
    out += [f"run epochs=1 samples=250 depth={2 + (width + batch) % 2} width={width} batch={batch}"
            f" activation={a} optimizer={o} norm={n} init=he-normal lr=0.01"
            for (width, batch), a, o, n in zip(wide, itertools.cycle(activations),
                                               itertools.cycle(optimizers[::-1]),
                                               itertools.cycle(norms))]
    out += ["run epochs=1 samples=1300 depth=2 width=40 batch=0 norm=batch activation=relu"]
    # in double precision
    out += [f"check depth=2 width=3 activation={a} norm={n} init=lecun-normal"
            for a, n in zip(activations, itertools.cycle(norms))]
    out += ["check data=blobs depth=3 width=4 activation=selu skip=1 l1=0.01",
            "check data=wave depth=3 width=4 activation=sine dropout=0.2"]
    return out


# ---- running ---------------------------------------------------------------------------------


class Runner:
    """One program with one choice of kernels."""

    def __init__(self, name, command, work, kernels=None):
        self.name = name if kernels is None else f"{name}, {kernels}"
        self.command = command
        self.folder = tempfile.mkdtemp(dir=work)
        # neither a configuration file nor anything else of the user's
        self.environment = {"PATH": os.environ["PATH"], "XDG_CONFIG_HOME": work, "HOME": work}
        if kernels is not None:
            self.environment["WANE_KERNEL"] = kernels

    def run(self, index, line):
        """Everything that `line` outputs, by kind."""
        words = line.split()
        name = f"{index}.csv"
        path = os.path.join(self.folder, name)
        if words[0] == "run":
            words[1:1] = ["--save", name]
        done = subprocess.run(self.command + words, capture_output=True, env=self.environment,
                              cwd=self.folder)
        parts = {"output": done.stdout, "weights": b"", "messages": done.stderr,
                 "status": str(done.returncode).encode()}
        if os.path.exists(path):
            with open(path, "rb") as file:
                parts["weights"] = file.read()
            os.remove(path)
        return parts

    def has_kernels(self):
        return self.run("kernels", "run epochs=1 samples=10 depth=1")["status"] == b"0"


def first_difference(part, expected, found):
    """The first line where two outputs differ, and its column if a header names it."""
    old, new = expected.split(b"\n"), found.split(b"\n")
    at = next((i for i, (a, b) in enumerate(zip(old, new)) if a != b), min(len(old), len(new)))
    rows = [row[at].decode("utf-8", "replace") if at < len(row) else "(ended)"
            for row in (old, new)]
    header, *cells = csv.reader([old[0].decode("utf-8", "replace")] + rows)
    for i, (a, b) in enumerate(zip(*cells)):
        if a != b and len(header) == len(cells[0]) == len(cells[1]) > 1:
            where = ", ".join(f"{n} {c}" for n, c in zip(header[:3], cells[0]) if c)
            return f"{part} line {at + 1} ({where}): {header[i]} is {b}, expected {a}"
    return f"{part} line {at + 1}: found '{rows[1]}', expected '{rows[0]}'"


def compare(runner, expected, pool):
    """Runs all lines; returns where it differs, at most one difference a line."""
    found = pool.map(lambda item: (item[1][0], runner.run(item[0], item[1][0])),
                     enumerate(expected))
    differences = []
    for (line, parts), (_, wanted) in zip(found, expected):
        wrong = next((part for part in wanted if parts[part] != wanted[part]), None)
        if wrong:
            differences.append((line, first_difference(wrong, wanted[wrong], parts[wrong])))
    return differences


# ---- building --------------------------------------------------------------------------------


def build(source, work, compiler, flags):
    """Builds the program without its screen; `flags` come last and so overrule the build's own.

    Nothing of src/ui runs in the lines that are compared: it is compiled in the fastest way.
    """
    name = (compiler.split()[0] + ("-aarch64" if "target" in compiler else "") + flags)
    folder = os.path.join(work, name.replace(" ", ""))
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    wrapper = os.path.join(folder, "cc")
    with open(wrapper, "w", encoding="utf-8") as file:
        file.write(f'#!/bin/sh\ncase " $* " in */src/ui/*) quick=-O0 ;; *) quick= ;; esac\n'
                   f'exec {compiler} "$@" {flags} $quick\n')
    os.chmod(wrapper, 0o755)
    environment = dict(os.environ)
    setup = ["meson", "setup", "-Dscreen=disabled", "-Db_lundef=false",
             os.path.join(folder, "build"), source]
    if "aarch64" in compiler:
        overlay = os.path.join(folder, "cc.ini")
        with open(overlay, "w", encoding="utf-8") as file:
            file.write(f"[binaries]\nc = '{wrapper}'\n")
        setup += ["--cross-file", os.path.join(source, "tests/bits/aarch64.ini"),
                  "--cross-file", overlay]
    else:
        environment["CC"] = wrapper
    for command in setup, ["ninja", "-C", os.path.join(folder, "build"), "wane"]:
        done = subprocess.run(command, env=environment, text=True, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        if done.returncode != 0:
            sys.exit(f"{name}: does not build:\n{done.stdout}")
    return os.path.join(folder, "build", "wane")


def runners(source, work, builds, built):
    """Each build with each of its kernels, one after the other; `built`: programs there are."""
    for compiler, flags in builds:
        name = f"{compiler} {flags}"
        wane = built.get(name) or build(source, work, compiler, flags)
        if "aarch64" in compiler:
            yield Runner(name, EMULATOR + [wane], work)
            continue
        for kernels in KERNELS:
            runner = Runner(name, [wane], work, kernels)
            if runner.has_kernels():
                yield runner
            elif kernels == "baseline":
                sys.exit(f"{runner.name}: does not run")
            else:
                print(f"{runner.name}: left out, not on this processor")


def missing(group):
    wanted = {"native": ["gcc", "clang"],
              "aarch64": ["aarch64-linux-gnu-gcc", "clang", "qemu-aarch64"]}[group]
    lacking = [name for name in wanted + ["meson", "ninja"] if shutil.which(name) is None]
    if group == "aarch64" and not os.path.exists("/usr/aarch64-linux-gnu/include/stdio.h"):
        lacking.append("the C library for arm64 (libc6-dev-arm64-cross)")
    return lacking


def main():
    wane, source, work, group, *way = sys.argv[1:]
    lacking = missing(group)
    if lacking:
        print("skipped, missing:", ", ".join(lacking))
        return 77
    work = os.path.join(os.path.abspath(work), group)
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    compared = failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        table = lines(wane)
        reference = Runner("reference", [wane], work)
        expected = list(zip(table, pool.map(lambda item: reference.run(*item),
                                            enumerate(table))))
        refused = [(line, parts["messages"]) for line, parts in expected
                   if parts["status"] == b"2"]
        for line, message in refused:
            print(f"refused: wane {line}\n    {message.decode()}")
        builds = {"native": NATIVE, "aarch64": AARCH64}[group]
        for runner in runners(source, work, builds, dict.fromkeys(way, wane)):
            differences = compare(runner, expected, pool)
            compared += len(expected)
            failed += len(differences)
            print(f"{runner.name}: {len(differences)} of {len(expected)} differ", flush=True)
            for line, difference in differences[:10]:
                print(f"    wane {line}\n        {difference}")
        if group == "aarch64" and ALL:
            runner = next(runners(source, work, [CONTRACTED], {}))
            found = compare(runner, expected[:20], pool)
            print(f"{runner.name}: {len(found)} of 20 differ, as they must")
            failed += not found
    print(f"{compared} outputs compared, {failed} differ")
    shutil.rmtree(work)
    return 1 if failed or refused else 0


if __name__ == "__main__":
    sys.exit(main())
