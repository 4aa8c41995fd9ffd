"""Styles, scripts and pictures: kept by browsers for good, because their address changes when they do."""

import hashlib
import time
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, has_request_context, request, url_for

FOR_GOOD = "public, max-age=31536000, immutable"


def install(app: Flask) -> None:
    """Adds `?v=` to what `url_for("static", …)` says, and lets browsers keep what they got under such an address."""
    folder = Path(app.static_folder or "")

    def mark(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            file = folder / str(values.get("filename", ""))
            if file.is_file():
                values["v"] = _version(file, file.stat().st_mtime_ns)

    def asset(name: str) -> str:
        """The same address as url_for("static", …) says, for what stands on a page a hundred times: icons, drawings."""
        if not has_request_context():
            return url_for("static", filename=name)
        if (known := g.setdefault("assets", {}).get(name)) is not None:
            return str(known)
        address: str = f"{request.script_root}{app.static_url_path}/{name}{_mark(folder, name, int(time.monotonic()))}"
        g.assets[name] = address
        return address

    app.jinja_env.globals["asset"] = asset
    app.url_defaults(mark)
    app.after_request(_keep)


def _keep(response: Response) -> Response:
    if request.endpoint == "static" and request.args.get("v") and response.status_code in {200, 304}:
        response.headers["Cache-Control"] = FOR_GOOD
    return response


@lru_cache(maxsize=512)
def _mark(folder: Path, name: str, _second: int) -> str:
    """What is added to the file's address, looked into once a second: a page names a dozen of them."""
    file = folder / name
    return f"?v={_version(file, file.stat().st_mtime_ns)}" if file.is_file() else ""


@lru_cache(maxsize=512)
def _version(file: Path, _changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
