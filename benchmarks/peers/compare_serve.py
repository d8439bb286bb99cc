"""Predictions a second over HTTP: Accrete beside scikit-learn and River behind FastAPI, one uvicorn worker each.

The same client asks all: eight plain connections that are kept, a request at a time, of one record of 20 numbers as
JSON. All have a logistic regression behind a standard scaler and answer with the probability of each class. The peers do the least: JSON by orjson, no validation, no threads. Accrete
also learns 1,000 records a second meanwhile; the others only predict. They take turns, and a cell is the best turn.
"""

import argparse
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COLUMNS = [f"x{i}" for i in range(20)]

SERVER = """
import sys
import numpy as np
from fastapi import FastAPI, Request
from fastapi.responses import Response
from orjson import dumps, loads

COLUMNS = [f"x{i}" for i in range(20)]
random = np.random.default_rng(7)
x = random.standard_normal((2_000, 20))
y = np.where(x.sum(axis=1) > 0, "yes", "no")
app = FastAPI()

if sys.argv[2] == "sklearn":
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss"))
    model.fit(x, y)

    scaler, classifier = model.named_steps.values()
    classes = classifier.classes_.tolist()

    @app.post("/models/load/predict")
    async def predict(request: Request):
        rows = np.array([[record[column] for column in COLUMNS] for record in loads(await request.body())])
        found = classifier.predict_proba(scaler.transform(rows)).tolist()
        return Response(dumps({"predictions": [dict(zip(classes, row)) for row in found]}), media_type="application/json")
else:
    from river import linear_model, preprocessing

    model = preprocessing.StandardScaler() | linear_model.LogisticRegression()
    for row, label in zip(x.tolist(), y.tolist()):
        model.learn_one(dict(zip(COLUMNS, row)), label == "yes")

    @app.post("/models/load/predict")
    async def predict(request: Request):
        found = [model.predict_proba_one(record) for record in loads(await request.body())]
        found = [{"no": one[False], "yes": one[True]} for one in found]
        return Response(dumps({"predictions": found}), media_type="application/json")

import uvicorn
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def load(options, rows, learned, port=None):
    """Lines of the client's turns."""
    command = ["java", "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector", "-cp", options.jar,
               "org.accrete.benchmarks.ServeLoad", str(options.seconds), str(options.turns), "8", str(rows), str(learned)]
    done = subprocess.run(command + ([str(port)] if port else []), capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr)
    return re.findall(r"turn \d+: ([\d,]+) requests/s, ([\d,]+) rows/s; µs: median (\d+), 99 % (\d+)", done.stdout)


def peer(options, name, rows):
    port = free_port()
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port), name])
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        return load(options, rows, 0, port)
    finally:
        server.terminate()
        server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5, help="of each turn")
    parser.add_argument("--turns", type=int, default=6, help="turns of each server, the first ones to warm up")
    parser.add_argument("--rows", type=int, default=1, help="records of a request")
    parser.add_argument("--learned", type=int, default=1_000, help="records a second that Accrete learns")
    parser.add_argument("--jar", default=str(ROOT / "benchmarks/target/benchmarks.jar"))
    options = parser.parse_args()
    print(f"load before: {os.getloadavg()[0]:.1f}\n")
    print(f"| requests of {options.rows} | requests/s | rows/s | median | 99 % |")
    print("|---|--:|--:|--:|--:|")
    for title, turns in [
            (f"Accrete, learning {options.learned:,} a second", load(options, options.rows, options.learned)),
            ("FastAPI and scikit-learn", peer(options, "sklearn", options.rows)),
            ("FastAPI and River", peer(options, "river", options.rows))]:
        best = max(turns, key=lambda turn: int(turn[0].replace(",", "")))
        print(f"| {title} | {best[0]} | {best[1]} | {int(best[2]) / 1e3:.2f} ms | {int(best[3]) / 1e3:.2f} ms |")


if __name__ == "__main__":
    main()
