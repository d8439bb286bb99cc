"""Time and processor time of a whole training from a Kafka topic: Accrete beside confluent-kafka, orjson and scikit-learn.

A broker is started on this machine and gets the messages: JSON objects of 20 numbers and a label, in one topic of some
partitions. Each tool is a new process that reads all messages, learns one pass by plain SGD of unscaled columns and
ends; interpreter, imports and JVM start count. They take turns, and a cell is the median of all rounds. The Python
client reads 10,000 messages at a time for `partial_fit`. Accrete also puts the partitions into one order, and scores
every chunk. The jars of the broker are those that the tests use: Maven finds them.
"""

import argparse
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

from processes import medians, run

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COLUMNS = 20

CONFIG = """process.roles=broker,controller
node.id=1
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.quorum.voters=1@127.0.0.1:{controller}
offsets.topic.replication.factor=1
log.dirs={folder}/log
"""

PEER = """
import sys
import numpy as np
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from sklearn.linear_model import SGDClassifier
try:
    from orjson import loads
except ImportError:
    from json import loads

broker, topic, rows = sys.argv[1], sys.argv[2], int(sys.argv[3])
consumer = Consumer({"bootstrap.servers": broker, "group.id": "none", "enable.auto.commit": False})
partitions = consumer.list_topics(topic).topics[topic].partitions
consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
model = SGDClassifier(loss="log_loss")
read = 0
while read < rows:
    messages = consumer.consume(10_000, 1.0)
    values = np.array([list(loads(message.value()).values()) for message in messages])
    if len(values):
        model.partial_fit(values[:, :-1], values[:, -1], classes=[0, 1])
    read += len(values)
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def class_path(given):
    """The jars of the broker: of the test class path of io-kafka, without what this project makes."""
    if given:
        return given
    with tempfile.NamedTemporaryFile(suffix=".txt") as file:
        subprocess.run(
            ["mvn", "-q", "-B", "-Dquick", "-DskipTests", "-pl", "io-kafka", "-am", "package", "dependency:build-classpath",
             f"-Dmdep.outputFile={file.name}"], cwd=ROOT, check=True)
        return pathlib.Path(file.name).read_text().strip()


def start_broker(folder, jars):
    port, controller = free_port(), free_port()
    config = folder / "server.properties"
    config.write_text(CONFIG.format(port=port, controller=controller, folder=folder))
    java = ["java", "-Xmx512m", "-cp", jars]
    tool = java + ["kafka.tools.StorageTool"]
    subprocess.run(tool + ["format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", str(config)], check=True, capture_output=True)
    log = open(folder / "broker.log", "w")
    broker = subprocess.Popen(java + ["kafka.Kafka", str(config)], stdout=log, stderr=log)
    return broker, f"127.0.0.1:{port}"


def produce(broker, topic, rows, partitions):
    """Rows by a noisy linear rule, in batches of a few hundred messages for each partition."""
    import numpy as np
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewTopic

    host, port = broker.split(":")
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                break
        time.sleep(0.2)
    admin = AdminClient({"bootstrap.servers": broker})
    admin.create_topics([NewTopic(topic, partitions, 1)], operation_timeout=30)[topic].result()
    random = np.random.default_rng(7)
    rule = np.where(np.arange(COLUMNS) % 2 == 0, 1, -1) / np.sqrt(COLUMNS)
    line = "{" + ", ".join([f'"x{j}": %.6g' for j in range(COLUMNS)]) + ', "label": %d}'
    producer = Producer({"bootstrap.servers": broker, "linger.ms": 20, "queue.buffering.max.messages": 1_000_000})
    size = 0
    for first in range(0, rows, 50_000):
        x = random.standard_normal((min(50_000, rows - first), COLUMNS))
        labels = x @ rule + 0.5 * random.standard_normal(len(x)) > 0
        for i, (values, label) in enumerate(zip(x.tolist(), labels.tolist())):
            message = line % (*values, label)
            size += len(message)
            producer.produce(topic, message.encode(), partition=i % partitions)
        producer.flush()
    return size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000, help="messages of the topic")
    parser.add_argument("--partitions", type=int, default=3, help="partitions of the topic")
    parser.add_argument("--rounds", type=int, default=5, help="how often all take their turn")
    parser.add_argument("--accrete", action="append", help="an accrete launcher; may be given more than once, to compare trees")
    parser.add_argument("--opts", default="-Xmx128m", help="JVM options")
    parser.add_argument("--jars", help="class path of the broker; left out, Maven finds it")
    options = parser.parse_args()
    environment = os.environ | {"ACCRETE_OPTS": options.opts}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        broker, address = start_broker(folder, class_path(options.jars))
        try:
            size = produce(address, "rows", options.rows, options.partitions)
            store = folder / "store"
            commands = {}
            for launcher in options.accrete or [str(ROOT / "accrete")]:
                title = "Accrete" if not options.accrete else launcher
                commands[title] = [launcher, "train", f"kafka:{address}/rows", "--target", "label", "--model", "m",
                                   "--store", str(store), "--learner", "sgd-classifier", "--steps", "none",
                                   "--set", "optimizer=sgd"]
                run(commands[title] + ["--rows", "2000"], environment)  # builds what is missing
            commands["confluent-kafka, orjson, scikit-learn"] = [
                sys.executable, "-c", PEER, address, "rows", str(options.rows)]
            found = medians(commands, options.rounds, store, environment)
        finally:
            broker.terminate()
            broker.wait()
        print(f"| {options.rows:,} messages × {COLUMNS} numbers, {options.partitions} partitions, {size / 1e6:.0f} MB"
              " | wall | rows/s | processor | memory |")
        print("|---|--:|--:|--:|--:|")
        for title, (wall, processor, memory) in found.items():
            print(f"| {title} | {wall:.2f} s | {options.rows / wall:,.0f} | {processor:.2f} s | {memory:.0f} MB |")


if __name__ == "__main__":
    main()
