"""Asks a model of `accrete serve` for predictions: Python's standard library only.

    ./accrete serve &
    python3 accrete_client.py http://127.0.0.1:8080 flights < records.jsonl

Records are JSON objects, one a line; so are the answers, in the same order. ACCRETE_TOKEN is sent where the server asks
for a token.
"""

import json
import os
import sys
import urllib.error
import urllib.request


def ask(server, model, records):
    """Returns what the server answers: the version, and a prediction for each record."""
    request = urllib.request.Request(
        f"{server}/models/{model}/predict",
        data=json.dumps(records).encode(),
        headers={"Content-Type": "application/json"},
    )
    if "ACCRETE_TOKEN" in os.environ:
        request.add_header("Authorization", "Bearer " + os.environ["ACCRETE_TOKEN"])
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)
    except urllib.error.HTTPError as refusal:
        sys.exit(f"{server} answered {refusal.code}: {refusal.read().decode()}")


if __name__ == "__main__":
    answer = ask(sys.argv[1], sys.argv[2], [json.loads(line) for line in sys.stdin])
    for prediction in answer["predictions"]:
        print(json.dumps({**prediction, "version": answer["version"]}))
