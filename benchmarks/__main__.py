"""`python -m benchmarks [--small] [NAME…]`: run all measurements, or those named."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys

from benchmarks.measure import show

NAMES = ("startup", "user_list", "access_report", "search", "audit", "imports", "sync", "enrolment", "stall")


def main() -> int:
    """Print a line for each measurement; exit 1 when a goal was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="reduced sizes, to see that everything runs")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}")
    args = parser.parse_args()
    unknown = set(args.names) - set(NAMES)
    if unknown:
        parser.error(f"no measurement {', '.join(sorted(unknown))}")
    print(
        f"Python {platform.python_version()} on {platform.system()}; medians; ours, reference, ratio (goal)"
    )
    missed = 0
    for name in args.names or NAMES:
        for found in importlib.import_module(f"benchmarks.{name}").run(args.small):
            show(found)
            missed += not found.reached
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
