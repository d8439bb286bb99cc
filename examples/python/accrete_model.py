"""Predicts with a stored version of a linear model or of principal components: Python and numpy, no JVM.

    python3 accrete_model.py models/flights/000001.safetensors < records.jsonl

Records are JSON objects, one a line. It prints what `accrete predict` says of each, to 1e-12: probabilities by class, a
number, or components. Columns may be numeric, boolean, datetime and hashed categorical, and the one step is
standard-scaler; anything else is refused.
"""

import json
import math
import sys
from calendar import isleap
from datetime import datetime
from urllib.parse import unquote

import numpy as np

MISSING = {"", "na", "nan", "null"}


def load(path):
    """Returns the texts and the tensors of a safetensors file: docs/format.md."""
    raw = open(path, "rb").read()
    start = 8 + int.from_bytes(raw[:8], "little")
    header = json.loads(raw[8:start])
    texts, types = header.pop("__metadata__"), {"F64": "<f8", "F32": "<f4", "I64": "<i8"}
    tensors = {}
    for name, tensor in header.items():
        begin, end = tensor["data_offsets"]
        tensors[name] = np.frombuffer(raw[start + begin : start + end], types[tensor["dtype"]]).reshape(tensor["shape"])
    return texts, tensors


def murmur3(data):
    """Returns the unsigned murmur3_x86_32 of bytes, seed 0."""
    rotate = lambda x, r: (x << r | x >> 32 - r) & 0xFFFFFFFF
    mix = lambda k: rotate(k * 0xCC9E2D51 & 0xFFFFFFFF, 15) * 0x1B873593 & 0xFFFFFFFF
    h, whole = 0, len(data) & ~3
    for i in range(0, whole, 4):
        h = (rotate(h ^ mix(int.from_bytes(data[i : i + 4], "little")), 13) * 5 + 0xE6546B64) & 0xFFFFFFFF
    h ^= mix(int.from_bytes(data[whole:], "little")) ^ len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & 0xFFFFFFFF
    h = (h ^ h >> 13) * 0xC2B2AE35 & 0xFFFFFFFF
    return h ^ h >> 16


def encode(plan, record):
    """Returns a record as the row of numbers that the plan makes of it, NaN where a number is missing."""
    numeric, cycles, blocks = [], [], []
    for line in plan.splitlines():
        name, _, spec = line.partition("=")
        kind, _, rest = spec.partition("(")
        settings = dict(setting.split("=", 1) for setting in rest.rstrip(")").split(",") if setting)
        if name.startswith("seen ") or kind in ("target", "ignore", "key", "weight"):
            continue
        cell = record[unquote(name)]
        text = "" if cell is None else str(cell).strip()
        missing = text.lower() in MISSING
        if kind == "numeric" and not settings:
            numeric.append(math.nan if missing else float(text))
        elif kind == "boolean" and not settings:
            numeric.append(math.nan if missing else float(text.lower() in ("true", "yes")))
        elif kind == "datetime" and set(settings) == {"first-day"}:
            cycle, days = np.zeros(6), math.nan
            if not missing:
                at = datetime.fromisoformat(text)
                days = (at - datetime.fromisoformat(settings["first-day"])).total_seconds() / 86400
                minute, day, year = at.hour * 60 + at.minute, at.timetuple().tm_yday - 1, 366 if isleap(at.year) else 365
                turns = np.array([minute / 1440, at.weekday() / 7, day / year])
                cycle[0::2], cycle[1::2] = np.sin(2 * np.pi * turns), np.cos(2 * np.pi * turns)
            numeric.append(days)
            cycles.append(cycle)
        elif kind == "categorical" and set(settings) == {"width"}:
            block = np.zeros(int(settings["width"]))
            if not missing:
                block[murmur3(text.encode()) % len(block)] = 1
            blocks.append(block)
        else:
            raise ValueError(f"this example cannot encode {line}")
    return np.concatenate([numeric, *cycles, *blocks]), len(numeric)


def predict(texts, tensors, record):
    """Returns what the stored model says of one record: probabilities by class, a number, or components."""
    params = dict(line.split("=", 1) for line in texts["params"].splitlines())
    row, numbers = encode(texts["plan"], record)
    steps = texts["steps"].split()
    if steps == ["standard-scaler"] and "false" not in (params[steps[0] + ".with-mean"], params[steps[0] + ".with-std"]):
        count, mean, m2 = (tensors["standard-scaler." + name] for name in ("count", "mean", "m2"))
        variance = m2 / np.maximum(count, 1)
        constant = variance <= count * 2.0**-52 * variance + (count * mean * 2.0**-52) ** 2
        scaled = (row[:numbers] - mean) / np.where(constant, 1, np.sqrt(variance))
        clip = float(params["standard-scaler.clip"]) or math.inf
        row[:numbers] = np.where(np.isnan(scaled), 0, np.clip(scaled, -clip, clip))
    elif steps:
        raise ValueError(f"this example knows no step but standard-scaler, as it is by default: {steps}")
    if "components" in tensors and params["whiten"] == "false":
        return list(tensors["components"] @ (row - tensors["mean"]))
    scores = tensors["coef"] @ row + tensors["intercept"]
    if "classes" not in texts:
        return float(scores[0])
    if params["loss"] != "log-loss" or len(scores) > 1 and params["multi-class"] != "softmax":
        raise ValueError("this example makes probabilities of loss=log-loss with multi-class=softmax only")
    scores = np.array([0, scores[0]]) if len(scores) == 1 else scores
    shares = np.exp(scores - scores.max())
    return dict(zip(texts["classes"].splitlines(), (shares / shares.sum()).tolist()))


if __name__ == "__main__":
    model = load(sys.argv[1])
    for line in sys.stdin:
        print(json.dumps(predict(*model, json.loads(line))))
