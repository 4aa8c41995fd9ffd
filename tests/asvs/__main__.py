"""Prints docs/asvs.md: `python -m tests.asvs > docs/asvs.md`; a test keeps it so."""

import sys
from pathlib import Path

from tests.asvs.report import text

if __name__ == "__main__":
    sys.stdout.write(text(Path(__file__).resolve().parents[2]))
