"""Times whole processes, for the scripts that compare them."""

import os
import shutil
import statistics
import subprocess
import sys
import time


def run(command, environment):
    """Wall seconds, processor seconds and the most megabytes of a process."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status:
        sys.exit(output.decode())
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def medians(commands, rounds, store, environment):
    """Medians of what run gives, by title; the commands take turns, each without the store of the one before."""
    found = {title: [] for title in commands}
    for _ in range(rounds):
        for title, command in commands.items():
            shutil.rmtree(store, ignore_errors=True)
            found[title].append(run(command, environment))
    return {title: [statistics.median(column) for column in zip(*runs)] for title, runs in found.items()}
