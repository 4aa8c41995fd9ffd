"""What does not change is asked for once; what changes has another address."""

import os
from pathlib import Path

from flask import Flask, url_for
from flask.testing import FlaskClient

from portal.web import static


def test_a_style_is_kept_for_good_under_its_version(visitor: FlaskClient) -> None:
    with visitor.application.test_request_context():
        address = url_for("static", filename="css/base.css")
    assert visitor.get(address).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in visitor.get("/static/css/base.css").headers["Cache-Control"]
    assert "immutable" not in visitor.get("/static/css/none.css?v=1").headers.get("Cache-Control", "")


def test_another_content_is_another_address(tmp_path: Path) -> None:
    app = Flask(__name__, static_folder=str(tmp_path), static_url_path="/static")
    static.install(app)
    file = tmp_path / "a.css"
    seen = set()
    for number, content in enumerate(("a {}", "b {}", "a {}")):
        file.write_text(content)
        os.utime(file, (number, number))
        with app.test_request_context():
            seen.add(url_for("static", filename="a.css"))
    assert len(seen) == 2
    with app.test_request_context():
        assert url_for("static", filename="missing.css") == "/static/missing.css"
