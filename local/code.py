"""Prints the demo's second factor of this moment: `python -m local.code`."""

import json
import sys
from pathlib import Path

import pyotp


def main() -> None:
    file = Path(__file__).resolve().parents[1] / "var" / "demo.json"
    if not file.exists():
        sys.exit("There is no demo yet: make demo")
    accounts = json.loads(file.read_text())["accounts"]
    print(next(pyotp.TOTP(account["totp_secret"]).now() for account in accounts if "totp_secret" in account))


if __name__ == "__main__":
    main()
