"""`python -m benchmarks [PART…] [--quick]`: JSON lines on standard output, notes on standard error.

Run it where the portal's packages are; the peers have environments of their own, named by BENCH_PYTHON and
PRETIX_PYTHON (by default .venv-bench/bin/python, .venv-pretix/bin/python), because nothing of theirs belongs into ours.
"""

import argparse

from benchmarks import bookings, catalog_list, identity
from benchmarks.pretix import turns as pretix
from benchmarks.sagas import turns as sagas

PARTS = {"sagas": sagas.run, "identity": identity.run, "catalog": catalog_list.run, "bookings": bookings.run}
NAMED = {"pretix": pretix.run}
"""These run only when they are named: what they need is installed only then."""
EVERY = PARTS | NAMED


def main() -> None:
    """Runs the parts that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures us beside others.")
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(EVERY)}; by default {', '.join(PARTS)}"
    )
    parser.add_argument("--quick", action="store_true", help="small counts, to see that it works; figures mean little")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(EVERY):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there is {', '.join(EVERY)}")
    for part in given.parts or PARTS:
        EVERY[part](quick=given.quick)


if __name__ == "__main__":
    main()
