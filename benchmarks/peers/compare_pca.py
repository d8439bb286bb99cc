"""Time per chunk of incremental principal components: Accrete (JMH) beside scikit-learn's IncrementalPCA.

Both learn the same chunks over and over, one partial_fit each, pinned to one core, one thread. They take turns, round after round; a
cell is the best of all rounds, because on a shared machine noise only adds. The spectrum is that of most data: column j, turned, varies by
1 / (j + 1). Which side found what is not looked at here: the tests compare the numbers.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
# Columns, rows per chunk, components.
CASES = [(784, 500, 50), (100, 1000, 20), (64, 500, 16)]
CHUNKS = 4


def make_rows(width, rows):
    import numpy as np

    random = np.random.default_rng(7)
    turn, _ = np.linalg.qr(random.standard_normal((width, width)))
    return (random.standard_normal((CHUNKS * rows, width)) / np.sqrt(np.arange(1, width + 1))) @ turn.T


def accrete(learner, width, rows, components, options, folder):
    out = folder / "jmh.json"
    settings = f"n-components={components};batch-size={rows}"
    params = {"learner": learner, "set": settings, "width": width, "rows": rows, "data": folder}
    command = [options.java, "-jar", str(options.jar), "PartialFitBenchmark", "-f", "1"]
    command += ["-wi", "5", "-w", "800ms", "-i", "20", "-r", "100ms", "-foe", "true", "-rf", "json", "-rff", str(out)]
    command += [arg for k, v in params.items() for arg in ("-p", f"{k}={v}")]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    raw = json.loads(out.read_text())[0]["primaryMetric"]["rawData"]
    return min(t for fork in raw for t in fork) / 1e6


def scikit_learn(x, rows, components, options):
    from sklearn.decomposition import IncrementalPCA

    model = IncrementalPCA(components)
    quickest, end, i = float("inf"), time.perf_counter() + options.seconds, 0
    while time.perf_counter() < end or i < 2 * CHUNKS:
        chunk = x[i % CHUNKS * rows : (i % CHUNKS + 1) * rows]
        start = time.perf_counter()
        model.partial_fit(chunk)
        if i >= CHUNKS:
            quickest = min(quickest, time.perf_counter() - start)
        i += 1
    return quickest * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jar", default=HERE.parent / "target" / "benchmarks.jar", help="JMH jar")
    parser.add_argument("--java", default="java", help="java command, 17 or newer")
    parser.add_argument("--rounds", type=int, default=2, help="how often all take their turn")
    parser.add_argument("--seconds", type=float, default=3, help="time for scikit-learn in a round")
    parser.add_argument("--core", type=int, default=0, help="core to run on, where the system can pin")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    print("| Columns, rows per chunk, components | scikit-learn | incremental-pca | covariance-pca |")
    print("|---|--:|--:|--:|")
    for width, rows, components in CASES:
        x = make_rows(width, rows)
        theirs, ours = float("inf"), {"incremental-pca": float("inf"), "covariance-pca": float("inf")}
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            x.astype("<f8").tofile(folder / "values.f64")
            (0 * x[:, 0]).astype("<f8").tofile(folder / "targets.f64")
            for _ in range(options.rounds):
                theirs = min(theirs, scikit_learn(x, rows, components, options))
                for learner in ours:
                    ours[learner] = min(ours[learner], accrete(learner, width, rows, components, options, folder))
        cells = [f"{t:.2f} ms ({theirs / t:.1f}×)" for t in ours.values()]
        print(f"| {width}, {rows}, {components} | {theirs:.2f} ms | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
