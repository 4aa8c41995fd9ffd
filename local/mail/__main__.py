"""Runs the mail catcher in the foreground: `python -m local.mail --data DIR [--port N] [--smtp-port N]`."""

import argparse
import asyncio
import signal
import sys
import threading
from pathlib import Path

from local.mail.child import READY
from local.mail.faults import Faults
from local.mail.inbox import Door, Inbox
from local.mail.store import Store
from local.mail.web import Web
from local.ports import LOOPBACK


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m local.mail", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="directory in which it keeps the mails")
    parser.add_argument("--port", type=int, default=0, help="port of its page on 127.0.0.1 (default: a free one)")
    parser.add_argument("--smtp-port", type=int, default=0, help="port that takes mail (default: a free one)")
    options = parser.parse_args()
    try:
        asyncio.run(_serve(options.data, options.port, options.smtp_port))
    except OSError as error:
        sys.exit(f"The mail catcher cannot start: {error}")


async def _serve(directory: Path, port: int, smtp_port: int) -> None:
    loop = asyncio.get_running_loop()
    store, faults = Store(directory), Faults()
    inbox = Inbox(store, faults)
    web = Web(port, store, faults)
    smtp = await loop.create_server(lambda: Door(inbox, faults), LOOPBACK, smtp_port)
    # It wakes for requests only: nobody asks it to shut down, the process just ends.
    threading.Thread(target=web.serve_forever, args=(24 * 60 * 60.0,), daemon=True).start()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    taken = smtp.sockets[0].getsockname()[1]
    print(f"{READY}smtp://{LOOPBACK}:{taken} http://{LOOPBACK}:{web.server_port}", flush=True)
    await stop.wait()
    smtp.close()


main()
