"""`python -m local.idp --data DIR --port N --portal URL`, with the client's secret in IDP_SECRET."""

import argparse
import os
import signal
from pathlib import Path

from local.idp import house
from local.idp.installing import install

FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC


def main() -> None:
    options = _options()
    # Asked to stop while it installs: at once.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    python = install(options.data / "venv")
    if python is None:
        print("nanoidp could not be installed: «Sign in with Practice ID» will not answer; all else works.", flush=True)
        signal.pause()
        return
    config = options.data.absolute() / "config"
    secret, totp = os.environ["IDP_SECRET"], os.environ.get("IDP_TOTP", "")
    house.write(config, port=options.port, portal=options.portal, secret=secret, totp=totp)
    os.chdir(config)
    print(f"Practice provider: {house.issuer(options.port)}", flush=True)
    log = os.open(config.parent / "log", FLAGS, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    command = [str(python.absolute()), "-m", "nanoidp", "--config", str(config), "--port", str(options.port)]
    os.execv(command[0], command)  # noqa: S606  # it takes our place, leash and all


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local.idp", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="directory of its environment, settings and keys")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--portal", required=True, help="address of the portal, without a slash at its end")
    return parser.parse_args()


if __name__ == "__main__":
    main()
