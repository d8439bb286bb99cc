"""Time per row of one pass of plain SGD: Accrete beside scikit-learn, River, Vowpal Wabbit, Tribuo and MOA.

Every tool gets the same rows in the same order, the same loss, L2 of 1e-4 and a constant step of 0.005; scikit-learn is timed a second time
as it comes, which shuffles each call's rows and shortens its steps. They take turns, round after round, pinned to one core; a cell is the best
of all rounds, because on a shared machine noise only adds. Converting rows into what a peer reads (a dict, an example, an instance, a cache
file) is not timed, except that Tribuo turns its examples into vectors within each training.
"""

import argparse
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ALPHA, ETA = 1e-4, 0.005
# numpy asks for large pages where an array is large; the JVMs' arrays get them too, where the system has such a switch.
HUGE_PAGES = "-XX:+IgnoreUnrecognizedVMOptions -XX:+UseTransparentHugePages"
# name: width, entries per row, classes, rows per call, rows in all
CASES = {
    "20 features": (20, 20, 2, 1000, 64_000),
    "100 features": (100, 100, 2, 1000, 40_000),
    "784 features": (784, 784, 2, 1000, 5_000),
    "20 features, one row per call": (20, 20, 2, 1, 2_000),
    "64 features, 10 classes": (64, 64, 10, 1000, 32_000),
    "2^18 hashed, 40 entries": (1 << 18, 40, 2, 1000, 64_000),
}


def make_rows(case):
    """Values (dense matrix or CSR) and classes, by a noisy linear rule."""
    import numpy as np
    from scipy import sparse

    width, entries, classes, _, rows = CASES[case]
    random = np.random.default_rng(7)
    if entries == width:
        x = random.standard_normal((rows, width))
        signal = x @ np.where(np.arange(width) % 2 == 0, 1, -1) / np.sqrt(width)
    else:
        block = width // entries
        indices = (random.integers(0, block, (rows, entries)) + block * np.arange(entries)).astype(np.int32)
        starts = (entries * np.arange(rows + 1)).astype(np.int32)
        x = sparse.csr_matrix((np.ones(rows * entries), indices.ravel(), starts), shape=(rows, width))
        signal = (2.0 * (indices & 1).sum(axis=1) - entries) / np.sqrt(entries)
    ranks = np.argsort(np.argsort(signal + 0.5 * random.standard_normal(rows)))
    return x, (ranks * classes // rows).astype(np.float64)


def best(parts, rows, seconds):
    """Nanoseconds per row, each part at the quickest of its turns: parts are short, and so often undisturbed."""
    for part in parts:
        part()
    quickest, end = [float("inf")] * len(parts), time.perf_counter() + seconds
    while time.perf_counter() < end:
        for i, part in enumerate(parts):
            start = time.perf_counter()
            part()
            quickest[i] = min(quickest[i], time.perf_counter() - start)
    return sum(quickest) / rows * 1e9


def jmh(benchmark, params, options, folder):
    """Nanoseconds per call of the quickest of many short iterations."""
    out = folder / "jmh.json"
    command = [options.java, "-jar", str(options.jar), benchmark, "-f", "1", "-wi", "8", "-w", "250ms", "-i", "150", "-r", "10ms"]
    command += ["-jvmArgsPrepend", HUGE_PAGES, "-foe", "true", "-rf", "json", "-rff", str(out)] + [arg for k, v in params.items() for arg in ("-p", f"{k}={v}")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    raw = json.loads(out.read_text())[0]["primaryMetric"]["rawData"]
    return min(t for fork in raw for t in fork)


def store(case, x, y, folder):
    """Writes the rows as the JMH side reads them."""
    width, entries, _, _, _ = CASES[case]
    (x.data if entries < width else x).astype("<f8").tofile(folder / "values.f64")
    y.astype("<f8").tofile(folder / "targets.f64")
    if entries < width:
        x.indptr.astype("<i4").tofile(folder / "starts.i32")
        x.indices.astype("<i4").tofile(folder / "indices.i32")


def accrete(case, loss, x, y, options, folder):
    width, _, classes, per_call, _ = CASES[case]
    settings = f"loss={loss};penalty=l2;alpha={ALPHA};learning-rate=constant;eta0={ETA}"
    settings += f";{options.set}" if options.set else ""
    params = {"learner": "sgd-classifier", "width": width, "rows": per_call, "classes": classes, "data": folder, "set": settings}
    return jmh("PartialFitBenchmark", params, options, folder) / per_call


def tribuo(case, loss, x, y, options, folder):
    """One epoch over all rows: there is no smaller call, and none for one row."""
    width, entries, classes, per_call, rows = CASES[case]
    if per_call == 1:
        return None
    params = {"loss": loss, "width": width, "entries": entries, "classes": classes, "data": folder}
    return jmh("TribuoBenchmark", params, options, folder) / rows


def moa(case, loss, x, y, options, folder):
    """Two classes only."""
    width, entries, classes, per_call, _ = CASES[case]
    if classes > 2:
        return None
    params = {"loss": loss, "width": width, "entries": entries, "rows": per_call, "data": folder}
    return jmh("MoaBenchmark", params, options, folder) / per_call


def scikit_learn(case, loss, x, y, options, folder, **settings):
    import numpy as np
    from sklearn.linear_model import SGDClassifier

    _, _, classes, per_call, rows = CASES[case]
    model = SGDClassifier(loss=loss.replace("-", "_"), alpha=ALPHA, **settings)
    chunks = [(x[i : i + per_call], y[i : i + per_call]) for i in range(0, rows, per_call)]
    model.partial_fit(*chunks[0], classes=np.arange(classes, dtype=float))

    return best([lambda chunk=chunk: model.partial_fit(*chunk) for chunk in chunks], rows, options.seconds)


def scikit_learn_in_order(*args):
    return scikit_learn(*args, learning_rate="constant", eta0=ETA, shuffle=False)


def river(case, loss, x, y, options, folder):
    from river import linear_model, multiclass, optim

    width, entries, classes, _, rows = CASES[case]
    rows = min(rows, max(200, 200_000 // (entries * (classes if classes > 2 else 1))))
    losses = {"log-loss": optim.losses.Log(), "hinge": optim.losses.Hinge()}
    model = linear_model.LogisticRegression(optimizer=optim.SGD(ETA), loss=losses[loss], intercept_lr=ETA, l2=ALPHA)
    if classes > 2:
        model = multiclass.OneVsRestClassifier(model)
        labels = y[:rows].astype(int).tolist()
    else:
        labels = y[:rows].astype(bool).tolist()
    if entries < width:
        dicts = [dict(zip(r.indices.tolist(), r.data.tolist())) for r in (x[i] for i in range(rows))]
    else:
        dicts = [dict(enumerate(row)) for row in x[:rows].tolist()]

    def work(first):
        for features, label in zip(dicts[first : first + 50], labels[first : first + 50]):
            model.learn_one(features, label)

    return best([lambda first=first: work(first) for first in range(0, rows, 50)], rows, options.seconds)


def vowpal_wabbit(case, loss, x, y, options, folder):
    """Chunks: a pass over VW's own binary cache, all in C++, less one over one row. One row per call: parsed examples."""
    from vowpalwabbit import Workspace

    width, entries, classes, per_call, rows = CASES[case]
    function = {"log-loss": "logistic", "hinge": "hinge"}[loss]
    flags = f"--quiet --sgd -l {ETA} --power_t 0 --l2 {ALPHA} --loss_function {function} -b {18 if entries < width else 16}"
    if classes > 2:
        flags += f" --oaa {classes}"
    lines = []
    for i in range(rows):
        row = x[i]
        pairs = zip(row.indices, row.data) if entries < width else enumerate(row)
        label = int(y[i]) + 1 if classes > 2 else (1 if y[i] else -1)
        lines.append(f"{label} | " + " ".join(f"{j}:{v:.9g}" for j, v in pairs))
    if per_call == 1:
        model = Workspace(flags)
        examples = [model.parse(line) for line in lines]

        def work(first):
            for example in examples[first : first + 50]:
                model.learn(example)

        return best([lambda first=first: work(first) for first in range(0, rows, 50)], rows, options.seconds)
    whole, start = folder / "vw.txt", folder / "vw-start.txt"
    whole.write_text("\n".join(lines) + "\n")
    start.write_text(lines[0] + "\n")

    def a_pass(data, expected):
        begun = time.perf_counter()
        model = Workspace(f"{flags} -d {data} --cache_file {data}.cache")
        seconds = time.perf_counter() - begun
        seen = model.get_weighted_examples()
        model.finish()
        if seen != expected:
            raise RuntimeError(f"Vowpal Wabbit must see {expected} rows but saw {seen}")
        return seconds

    a_pass(whole, rows)
    a_pass(start, 1)
    return (min(a_pass(whole, rows) for _ in range(5)) - min(a_pass(start, 1) for _ in range(5))) / (rows - 1) * 1e9


PEERS = {
    "scikit-learn": ("sklearn", scikit_learn_in_order),
    "scikit-learn's defaults": ("sklearn", scikit_learn),
    "River": ("river", river),
    "Vowpal Wabbit": ("vowpalwabbit", vowpal_wabbit),
}
JVM_PEERS = {"Tribuo": ("TribuoBenchmark", tribuo), "MOA": ("MoaBenchmark", moa)}


def cell(ns):
    return f"{ns / 1000:,.1f} µs" if ns >= 10_000 else f"{ns:,.0f} ns"


def ratio(ours, theirs):
    if theirs is None:
        return "–"
    times = theirs / ours
    return f"{cell(theirs)} ({times:,.0f}×)" if times >= 100 else f"{cell(theirs)} ({times:.1f}×)"


def lesser(one, other):
    return other if one is None else one if other is None else min(one, other)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jar", default=HERE.parent / "target" / "benchmarks.jar", help="JMH jar")
    parser.add_argument("--java", default="java", help="java command, 17 or newer")
    parser.add_argument("--set", default="", help="further parameters of sgd-classifier, key=value pairs separated by semicolons")
    parser.add_argument("--case", action="append", choices=CASES, help="only this case; may be given more than once")
    parser.add_argument("--loss", action="append", choices=("log-loss", "hinge"), help="only this loss")
    parser.add_argument("--peer", action="append", choices=[*PEERS, *JVM_PEERS], help="only this peer; may be given more than once")
    parser.add_argument("--rounds", type=int, default=2, help="how often all take their turn")
    parser.add_argument("--seconds", type=float, default=1.5, help="time for each Python peer in a round")
    parser.add_argument("--core", type=int, default=0, help="core to run on, where the system can pin")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    listed = subprocess.run([options.java, "-jar", str(options.jar), "-l"], capture_output=True, text=True).stdout
    runs = {"Accrete": accrete}
    runs |= {name: run for name, (module, run) in PEERS.items() if importlib.util.find_spec(module)}
    runs |= {name: run for name, (benchmark, run) in JVM_PEERS.items() if benchmark in listed}
    peers = [name for name in runs if name != "Accrete" and name in (options.peer or runs)]
    for loss in options.loss or ("log-loss", "hinge"):
        print(f"| {loss} | Accrete | " + " | ".join(peers) + " |")
        print("|---|--:|" + "--:|" * len(peers))
        for case in options.case or CASES:
            x, y = make_rows(case)
            found = dict.fromkeys(["Accrete", *peers])
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name)
                store(case, x, y, folder)
                for _ in range(options.rounds):
                    for peer in found:
                        found[peer] = lesser(found[peer], runs[peer](case, loss, x, y, options, folder))
            ours = found["Accrete"]
            print(f"| {case} | {cell(ours)} | " + " | ".join(ratio(ours, found[p]) for p in peers) + " |", flush=True)
        print()


if __name__ == "__main__":
    main()
