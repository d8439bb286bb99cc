"""Time and processor time of a whole training from PostgreSQL: Accrete beside psycopg with scikit-learn.

The server is yours, and must be running; a table of its own is made there, and dropped at the end. Each tool is a new process that reads the
table in the order of its key, learns one pass and ends; interpreter, imports and JVM start count. They take turns, and a cell is the median of
all rounds. The processor time is that of the client, without the server. psycopg reads by a server-side cursor, 10,000 rows at a
time: as it comes, where numbers are sent as text, and with `binary=True`. Accrete runs plain SGD of unscaled columns, as scikit-learn does, but scores every chunk as well.

The password, if one is needed, is in the variable PGPASSWORD.
"""

import argparse
import os
import pathlib
import sys
import tempfile
import urllib.parse

import psycopg

from processes import medians, run

HERE = pathlib.Path(__file__).resolve().parent
ACCRETE = HERE.parent.parent / "accrete"
COLUMNS = 20
TABLE = "accrete_compare_jdbc"
NAMES = [f"x{j}" for j in range(COLUMNS)]

PYTHON = f"""
import sys
import numpy
import psycopg
from sklearn.linear_model import SGDClassifier

model = SGDClassifier(loss="log_loss")
with psycopg.connect(sys.argv[1]) as connection, connection.cursor(name="rows", binary=len(sys.argv) > 2) as cursor:
    cursor.itersize = 10_000
    cursor.execute("select {", ".join(NAMES)}, label from {TABLE} order by id")
    while rows := cursor.fetchmany(10_000):
        values = numpy.array(rows)
        model.partial_fit(values[:, :-1], values[:, -1], classes=[0, 1])
"""


def make_table(connection, rows):
    """Rows of a noisy linear rule."""
    numbers = ", ".join(f"round(random()::numeric * 2 - 1, 6)::float8 as {name}" for name in NAMES)
    rule = " ".join(f"{'+' if j % 2 == 0 else '-'} {name}" for j, name in enumerate(NAMES))
    connection.execute(f"drop table if exists {TABLE}")
    connection.execute(
        f"create table {TABLE} as select *, (0 {rule} + random() - 0.5 > 0)::int as label"
        f" from (select i as id, {numbers} from generate_series(1, {rows}) i offset 0) as made"
    )
    connection.execute(f"alter table {TABLE} add primary key (id)")
    connection.execute(f"vacuum analyze {TABLE}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", default="postgresql://postgres@localhost:5432/postgres", help="where the server is")
    parser.add_argument("--driver", required=True, help="a folder with the jar of PostgreSQL's JDBC driver")
    parser.add_argument("--rows", type=int, default=3_000_000, help="rows of the table")
    parser.add_argument("--rounds", type=int, default=3, help="how often all take their turn")
    parser.add_argument("--opts", default="-Xmx64m", help="JVM options")
    options = parser.parse_args()
    server = urllib.parse.urlsplit(options.server)
    environment = os.environ | {"ACCRETE_OPTS": options.opts, "ACCRETE_JDBC_PASSWORD": os.environ.get("PGPASSWORD", "")}
    source = f"jdbc:postgresql://{server.hostname}:{server.port or 5432}{server.path}?table={TABLE}&key=id&user={server.username}"
    with psycopg.connect(options.server, autocommit=True) as connection, tempfile.TemporaryDirectory() as name:
        make_table(connection, options.rows)
        store = pathlib.Path(name) / "store"
        train = [str(ACCRETE), "train", source, "--plugins", options.driver, "--target", "label", "--column", "id=ignore"]
        train += ["--model", "m", "--store", str(store)]
        plain = ["--learner", "sgd-classifier", "--steps", "none", "--set", "optimizer=sgd"]
        run(train + ["--rows", "2000"], environment)  # builds what is missing
        commands = {
            "Accrete": train,
            "Accrete, plain SGD": train + plain,
            "psycopg and scikit-learn": [sys.executable, "-c", PYTHON, options.server],
            "the same, rows in binary": [sys.executable, "-c", PYTHON, options.server, "binary"],
        }
        found = medians(commands, options.rounds, store, environment)
        connection.execute(f"drop table {TABLE}")
    print(f"| {options.rows:,} rows × {COLUMNS} numbers | rows per second | wall | processor | memory |")
    print("|---|--:|--:|--:|--:|")
    for title, (wall, processor, memory) in found.items():
        print(f"| {title} | {options.rows / wall:,.0f} | {wall:.2f} s | {processor:.2f} s | {memory:.0f} MB |")


if __name__ == "__main__":
    main()
