"""Runs the telephone in the foreground: `python -m local.sms --data DIR [--port N]`."""

import argparse
import contextlib
import sys
from pathlib import Path

from local.ports import LOOPBACK
from local.sms.child import READY
from local.sms.web import Web


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.sms", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="directory in which it keeps the messages")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)
    try:
        web = Web(options.port, options.data / "messages.jsonl")
    except OSError as error:
        sys.exit(f"The telephone cannot start: {error}")
    print(f"{READY}http://{LOOPBACK}:{web.server_port}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        web.serve_forever()


main()
