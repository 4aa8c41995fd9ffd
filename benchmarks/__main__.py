"""`python -m benchmarks [PART…] [--quick]`: JSON lines on standard output, notes on standard error.

Run it where the portal's packages are; the peers have an environment of their own, named by BENCH_PYTHON
(by default .venv-bench/bin/python), because nothing of theirs belongs into ours.
"""

import argparse

from benchmarks import bookings, catalog_list, identity
from benchmarks.sagas import turns

PARTS = {"sagas": turns.run, "identity": identity.run, "catalog": catalog_list.run, "bookings": bookings.run}


def main() -> None:
    """Runs the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures us beside others.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="small counts, to see that it works; figures mean little")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(PARTS)}")
    for part in given.parts or PARTS:
        PARTS[part](quick=given.quick)


if __name__ == "__main__":
    main()
