"""What docs/tokens.md tells people to type is typed here, against a real server."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine, text

from local.ports import free_port
from portal.config import Settings
from portal.domains.identity import Vault
from portal.kernel import clock
from portal.kernel.db import transaction
from portal.seeds import sample

pytestmark = pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl and openssl")


@pytest.fixture
def environment(database: Engine, settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": f"http://127.0.0.1:{free_port()}",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


@pytest.fixture
def portal(environment: dict[str, str], database: Engine, settings: Settings, root: Path) -> Iterator[str]:
    """A web server with the people and the app of the demo."""
    with transaction(database) as tx:
        sample.invite(tx, vault=Vault(settings.secret_key), now=clock.now())
    address = environment["BASE_URL"]
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--port", address.rpartition(":")[2]]
    server = subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"{address}/healthz")
        yield address
    finally:
        server.terminate()
        server.wait(10)


def test_the_blocks_of_the_page_do_what_it_says(
    portal: str, environment: dict[str, str], database: Engine, root: Path
) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (root / "docs/tokens.md").read_text(), re.S)
    assert len(blocks) == 6
    python = Path(sys.executable).parent
    script = "set -eu\n" + "\n".join(blocks).replace(".venv/bin/", f"{python}/")
    there = environment | {"PORTAL": portal}
    done = subprocess.run(["bash", "-c", script], cwd=root, env=there, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert "http://127.0.0.1:4711/done?code=jari_ac_" in said
    assert "state=my-state&iss=http" in said
    assert said.count('"balance"') == 2
    assert '"items"' in said
    assert "401\n" in said
    assert '"active": true' in said
    with database.connect() as connection:
        query = text("SELECT client_id, revoked_because FROM oauth_grants ORDER BY granted_at")
        grants = connection.execute(query).all()
    assert [tuple(grant) for grant in grants] == [("sample-app", "revoked by the client"), ("my-partner", None)]


def _wait(url: str) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            if requests.get(url, timeout=1).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
