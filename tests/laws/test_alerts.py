"""An alert on a figure that nobody tells would never ring, and one that nobody explains helps nobody."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.domains.notifications import relay
from portal.domains.payments.gateways import watched
from portal.kernel.watch import Count, Timer
from portal.reports import watching
from portal.web import health
from portal.web import metrics as page
from portal.web.hooks import taking
from workers import failing
from workers.engine import figures

GAUGES_OF_PARTS = {"jari_up", "jari_queue_messages", "jari_queue_dead_letters", "jari_workers_alive"}


@pytest.fixture(scope="module")
def rules(root: Path) -> list[dict[str, Any]]:
    groups = yaml.safe_load((root / "deploy/alerts.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def told() -> dict[str, set[str]]:
    """Every figure of ours -> its labels."""
    found: dict[str, set[str]] = {name: set(labels) for name, (_words, labels) in watching.WORDS.items()}
    found |= {name: {"part", "queue"} for name in GAUGES_OF_PARTS}
    for module in (relay, watched, health, taking, failing, figures):
        for measure in vars(module).values():
            if isinstance(measure, Count):
                found[measure.name] = set(measure.labels)
            elif isinstance(measure, Timer):
                found |= {f"{measure.name}_{part}": {*measure.labels, "le"} for part in ("bucket", "sum", "count")}
    return found


def test_every_alert_asks_for_a_figure_and_a_label_that_there_are(rules: list[dict[str, Any]]) -> None:
    known = told()
    for rule in rules:
        named = re.findall(r"(jari_\w+)(?:\{([^}]*)\})?", rule["expr"])
        assert named, rule["alert"]
        for name, matchers in named:
            assert name in known, f"{rule['alert']} asks for {name}"
            assert set(re.findall(r"(\w+)=", matchers)) <= known[name], rule["alert"]


def test_the_gauges_named_here_are_the_ones_that_parts_tell(root: Path) -> None:
    assert set(re.findall(r'GaugeMetricFamily\(\s*"(\w+)"', Path(page.__file__).read_text())) == GAUGES_OF_PARTS


def test_every_alert_says_how_urgent_it_is_and_the_docs_say_what_to_do(rules: list[dict[str, Any]], root: Path) -> None:
    rows = [line for line in (root / "docs/deploy.md").read_text().splitlines() if line.startswith("| ")]
    explained = {name for row in rows for name in re.split(r",\s*", row.split("|")[1].strip())}
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert rule["annotations"]["summary"].endswith((".", "?"))
        assert rule["alert"] in explained, f"docs/deploy.md does not say what to do about {rule['alert']}"
