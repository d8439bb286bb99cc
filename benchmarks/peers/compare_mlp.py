"""Time per batch of a network: Accrete (JMH) beside scikit-learn, PyTorch and Keras' train_on_batch.

Random rows, relu, Adam, half the squared error or the log-loss. All take turns, round after round, pinned to one core with one thread;
a cell is the best of all rounds, because on a shared machine noise only adds. Keras runs on TensorFlow where that is installed, else on PyTorch.

    python -m venv .venv && .venv/bin/pip install -r requirements-mlp.txt
    .venv/bin/python compare_mlp.py
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
# layers, rows per batch
CASES = {"20-64-1": 1000, "784-128-10": 128}


def best(work, seconds):
    """Microseconds of the quickest of many runs of ten calls."""
    for _ in range(20):
        work()
    quickest, end = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(10):
            work()
        quickest = min(quickest, (time.perf_counter() - start) / 10)
    return quickest * 1e6


def rows(layers, batch):
    import numpy as np

    sizes = [int(n) for n in layers.split("-")]
    random = np.random.default_rng(7)
    x = random.standard_normal((batch, sizes[0]))
    y = random.integers(0, sizes[-1], batch) if sizes[-1] > 1 else x[:, 0] + 0.1 * random.standard_normal(batch)
    return sizes, x, y


def accrete(layers, batch, options):
    sizes = layers.split("-")
    params = {
        "learner": "mlp-regressor" if sizes[-1] == "1" else "mlp-classifier",
        "set": f"hidden={'%2C'.join(sizes[1:-1])};batch-size={batch}",
        "width": sizes[0],
        "rows": batch,
        "classes": max(2, int(sizes[-1])),
    }
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "jmh.json"
        command = [options.java, "-jar", str(options.jar), "PartialFitBenchmark", "-f", "1", "-wi", "5", "-w", "500ms", "-i", "20"]
        command += ["-r", "100ms", "-foe", "true", "-rf", "json", "-rff", str(out)]
        command += [arg for k, v in params.items() for arg in ("-p", f"{k}={v}")]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        raw = json.loads(out.read_text())[0]["primaryMetric"]["rawData"]
    return min(t for fork in raw for t in fork) / 1e3


def scikit_learn(layers, batch, options):
    import numpy as np
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    sizes, x, y = rows(layers, batch)
    settings = {"hidden_layer_sizes": sizes[1:-1], "batch_size": batch, "alpha": 0, "shuffle": False}
    model = MLPRegressor(**settings) if sizes[-1] == 1 else MLPClassifier(**settings)
    if sizes[-1] > 1:
        model.partial_fit(x, y, classes=np.arange(sizes[-1]))
    return best(lambda: model.partial_fit(x, y), options.seconds)


def pytorch(layers, batch, options):
    import torch

    torch.set_num_threads(1)
    sizes, x, y = rows(layers, batch)
    modules = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        modules += [torch.nn.Linear(fan_in, fan_out), torch.nn.ReLU()]
    net = torch.nn.Sequential(*modules[:-1])
    adam = torch.optim.Adam(net.parameters())
    loss = torch.nn.CrossEntropyLoss() if sizes[-1] > 1 else torch.nn.MSELoss()
    x = torch.tensor(x, dtype=torch.float32)
    y = torch.tensor(y) if sizes[-1] > 1 else torch.tensor(y, dtype=torch.float32)[:, None]

    def work():
        adam.zero_grad()
        loss(net(x), y).backward()
        adam.step()

    return best(work, options.seconds)


def keras_(layers, batch, options):
    import keras

    sizes, x, y = rows(layers, batch)
    hidden = [keras.layers.Dense(units, activation="relu") for units in sizes[1:-1]]
    model = keras.Sequential([keras.Input((sizes[0],)), *hidden, keras.layers.Dense(sizes[-1])])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True) if sizes[-1] > 1 else "mse"
    model.compile(optimizer="adam", loss=loss)
    x = x.astype("float32")
    y = y if sizes[-1] > 1 else y.astype("float32")[:, None]
    return best(lambda: model.train_on_batch(x, y), options.seconds)


PEERS = {"scikit-learn": ("sklearn", scikit_learn), "PyTorch": ("torch", pytorch), "Keras": ("keras", keras_)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jar", default=HERE.parent / "target" / "benchmarks.jar", help="JMH jar")
    parser.add_argument("--java", default="java", help="java command, 17 or newer")
    parser.add_argument("--rounds", type=int, default=2, help="how often all take their turn")
    parser.add_argument("--seconds", type=float, default=3, help="time for each Python peer in a round")
    parser.add_argument("--core", type=int, default=0, help="core to run on, where the system can pin")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
        os.environ[name] = "1"
    if not importlib.util.find_spec("tensorflow"):
        os.environ["KERAS_BACKEND"] = "torch"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    runs = {"Accrete": accrete}
    for name, (module, run) in PEERS.items():
        if importlib.util.find_spec(module):
            runs[name] = run
    print("| Layers, batch | " + " | ".join(runs) + " |")
    print("|---|" + "--:|" * len(runs))
    for layers, batch in CASES.items():
        found = dict.fromkeys(runs, float("inf"))
        for _ in range(options.rounds):
            for name, run in runs.items():
                found[name] = min(found[name], run(layers, batch, options))
        ours = found.pop("Accrete")
        cells = [f"{ours:,.0f} µs"] + [f"{theirs:,.0f} µs ({theirs / ours:.1f}×)" for theirs in found.values()]
        print(f"| {layers}, {batch} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
