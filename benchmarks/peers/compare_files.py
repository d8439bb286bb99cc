"""Time and processor time of a whole training from a file: Accrete beside pandas with scikit-learn, and Vowpal Wabbit.

Accrete also learns the same rows from a file of NumPy, which its own `convert` made, and from a Parquet file, if pyarrow is installed.

Each tool is a new process that reads the file, learns one pass and ends; interpreter, imports and JVM start count. They take turns, and a
cell is the median of all rounds. pandas reads chunks of 10,000 rows for `partial_fit`. Vowpal Wabbit reads the same numbers in its own text
format. Accrete runs twice: as it comes (scaled columns, its default optimizer, scores of each chunk), and with plain SGD of unscaled columns,
which is what the others do, but scores every chunk as well.
"""

import argparse
import importlib.util
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile

from processes import medians, run

HERE = pathlib.Path(__file__).resolve().parent
ACCRETE = HERE.parent.parent / "accrete"
COLUMNS = 20

PANDAS = """
import sys
import pandas
from sklearn.linear_model import SGDClassifier

model = SGDClassifier(loss="log_loss")
for chunk in pandas.read_csv(sys.argv[1], chunksize=10_000):
    labels = chunk.pop("label")
    model.partial_fit(chunk.to_numpy(), labels, classes=[0, 1])
"""

PARQUET = """
import sys
import pyarrow.csv
import pyarrow.parquet

pyarrow.parquet.write_table(pyarrow.csv.read_csv(sys.argv[1]), sys.argv[2])
"""

VOWPAL_WABBIT = """
import sys
from vowpalwabbit import Workspace

model = Workspace(f"--quiet --loss_function logistic --passes 1 -d {sys.argv[1]}")
model.finish()
"""


def named(folder):
    return folder / "rows.csv", folder / "rows.vw"


def make_files(folder, rows):
    """The same rows as CSV and as Vowpal Wabbit's text, by a noisy linear rule."""
    import numpy as np

    random = np.random.default_rng(7)
    rule = np.where(np.arange(COLUMNS) % 2 == 0, 1, -1) / np.sqrt(COLUMNS)
    csv, text = named(folder)
    line = ",".join(["%.6g"] * COLUMNS) + ",%d\n"
    example = "%d | " + " ".join(f"{j}:%.6g" for j in range(COLUMNS)) + "\n"
    with open(csv, "w") as as_csv, open(text, "w") as as_text:
        as_csv.write(",".join(f"x{j}" for j in range(COLUMNS)) + ",label\n")
        for first in range(0, rows, 50_000):
            x = random.standard_normal((min(50_000, rows - first), COLUMNS))
            labels = x @ rule + 0.5 * random.standard_normal(len(x)) > 0
            for values, label in zip(x.tolist(), labels.tolist()):
                as_csv.write(line % (*values, label))
                as_text.write(example % (1 if label else -1, *values))


def parquet(csv):
    """The same table as Parquet, as pyarrow writes it."""
    file = csv.with_suffix(".parquet")
    if not file.exists():
        subprocess.run([sys.executable, "-c", PARQUET, str(csv), str(file)], check=True)
    return file


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the file")
    parser.add_argument("--rounds", type=int, default=5, help="how often all take their turn")
    parser.add_argument("--accrete", action="append", help="an accrete launcher; may be given more than once, to compare trees")
    parser.add_argument("--opts", default="-Xmx64m", help="JVM options")
    options = parser.parse_args()
    environment = os.environ | {"ACCRETE_OPTS": options.opts}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        # In a process of its own, because the memory of this one would count as that of those it starts.
        maker = multiprocessing.Process(target=make_files, args=(folder, options.rows))
        maker.start()
        maker.join()
        csv, text = named(folder)
        store = folder / "store"
        commands = {}
        for launcher in options.accrete or [str(ACCRETE)]:
            title = "Accrete" if not options.accrete else launcher
            train = [launcher, "train", str(csv), "--target", "label", "--model", "m", "--store", str(store)]
            plain = ["--learner", "sgd-classifier", "--steps", "none", "--set", "optimizer=sgd"]
            commands[title] = train
            commands[f"{title}, plain SGD"] = train + plain
            run(train + ["--rows", "2000"], environment)  # builds what is missing
            numpy_file = folder / "rows.npy"
            if not numpy_file.exists():
                run([launcher, "convert", str(csv), str(numpy_file), "--target", "label"], environment)
            commands[f"{title}, plain SGD, from .npy"] = [launcher, "train", str(numpy_file)] + train[3:] + plain
            if importlib.util.find_spec("pyarrow"):
                commands[f"{title}, plain SGD, from Parquet"] = [launcher, "train", str(parquet(csv))] + train[3:] + plain
        if importlib.util.find_spec("pandas") and importlib.util.find_spec("sklearn"):
            commands["pandas and scikit-learn"] = [sys.executable, "-c", PANDAS, str(csv)]
        if importlib.util.find_spec("vowpalwabbit"):
            commands["Vowpal Wabbit, its text format"] = [sys.executable, "-c", VOWPAL_WABBIT, str(text)]
        found = medians(commands, options.rounds, store, environment)
        print(f"| {options.rows:,} rows × {COLUMNS} numbers, {csv.stat().st_size / 1e6:.0f} MB | wall | processor | memory |")
        print("|---|--:|--:|--:|")
        for title, (wall, processor, memory) in found.items():
            print(f"| {title} | {wall:.2f} s | {processor:.2f} s | {memory:.0f} MB |")


if __name__ == "__main__":
    main()
