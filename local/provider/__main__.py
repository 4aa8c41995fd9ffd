"""Runs the provider in the foreground: `python -m local.provider --data DIR [--port N] [--webhook-url URL]`."""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from local.provider.books import BooksInUse
from local.provider.company import Company
from local.provider.web import Web

FOREVER = 24 * 60 * 60.0  # it wakes for requests only: nobody asks it to shut down, the process just ends


def main() -> None:
    options = _options()
    try:
        web = Web(options.port)
        web.company = Company(
            options.data,
            options.public_url or web.url,
            options.webhook_url,
            options.webhook_secret,
            options.toss_webhook_url,
        )
    except (OSError, BooksInUse) as error:
        sys.exit(f"The payment provider cannot start: {error}")

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, frame: stop.set())
    web.company.open()
    threading.Thread(target=web.serve_forever, args=(FOREVER,), daemon=True).start()
    print(f"Payment provider ready: {web.url}", flush=True)
    stop.wait()
    web.company.close()
    sys.stderr.flush()
    # A shop that hangs would keep us for seconds. All that counts is committed; what was on its way is sent again.
    os._exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.provider", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1 (default: a free one)")
    parser.add_argument("--data", type=Path, required=True, help="directory in which it keeps its books")
    parser.add_argument("--webhook-url", help="where it tells of events (default: as at the last start, or nowhere)")
    parser.add_argument("--toss-webhook-url", help="the same for its second face, Toss Payments")
    parser.add_argument("--webhook-secret", default="whsec_local", help="signs what it tells (default: %(default)s)")
    parser.add_argument("--public-url", help="how browsers reach it (default: its own address)")
    return parser.parse_args()


main()
