"""River's detectors on the errors that DriftTable wrote, in the same table; without KSWIN, which did not end in 10 minutes.

    pip install river==0.26.1
    python compare_drift.py FOLDER
"""

import glob
import os
import sys

from river import drift
from river.drift import binary

CONCEPT = 10_000
CONCEPTS = 4
DETECTORS = {
    "ADWIN": drift.ADWIN,
    "PageHinkley": drift.PageHinkley,
    "DDM": binary.DDM,
    "EDDM": binary.EDDM,
    "HDDM-A": binary.HDDMA,
    "HDDM-W": binary.HDDMW,
}


def main():
    files = sorted(glob.glob(os.path.join(sys.argv[1], "errors-*.txt")))
    streams = [[int(digit) for digit in open(file).read()] for file in files]
    for name, make in DETECTORS.items():
        found = delays = alarms = 0
        for errors in streams:
            detector = make()
            found_in = 0
            for row, error in enumerate(errors):
                detector.update(error)
                if not detector.drift_detected:
                    continue
                concept = row // CONCEPT
                if concept > found_in:
                    found_in = concept
                    found += 1
                    delays += row - concept * CONCEPT
                else:
                    alarms += 1
        mean = f"{delays // found:,}" if found else ""
        print(f"| {name} | {found} | {mean} | {alarms / len(streams) / CONCEPTS:.2f} |")


main()
