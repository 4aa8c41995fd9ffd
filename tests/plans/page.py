"""The plans as docs/data-model.md tells them: a table of the hot queries, and each one's plan with what it cost."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tests.plans.capture import Node, Plan
from tests.plans.hot import Hot

CONDITIONS = ("Index Cond", "Filter")
ROW = re.compile(r"^\| ([^|]+) \| \d+ \|", re.M)
LONGEST = 110


def table(seen: Mapping[Hot, Sequence[Plan]], indexes: Mapping[Hot, Sequence[str]]) -> str:
    """A line for each query: how many statements, pages and milliseconds, and by which indexes."""
    lines = ["| what is asked | statements | pages | ms | by |", "| --- | --: | --: | --: | --- |"]
    for hot, plans in seen.items():
        by = ", ".join(f"`{one}`" for one in indexes[hot]) or "–"
        took, pages = sum(plan.took for plan in plans), sum(_pages(plan.root) for plan in plans)
        lines.append(f"| {hot.words} | {len(plans)} | {pages:,} | {took:.1f} | {by} |")
    return "\n".join(lines)


def details(seen: Mapping[Hot, Sequence[Plan]]) -> str:
    """The plan of each query's dearest statement."""
    parts = []
    for hot, plans in seen.items():
        plan = max(plans, key=lambda plan: plan.took)
        told = "\n".join(_tree(plan.root, 0))
        parts.append(f"<details><summary>{hot.words}</summary>\n\n```text\n{told}\n```\n\n</details>")
    return "\n\n".join(parts)


def told(page: str) -> Sequence[str]:
    """The queries that the page has a line for."""
    block = page.partition("<!-- plans -->")[2].partition("<!-- /plans -->")[0]
    return ROW.findall(block)


def _tree(node: Node, depth: int) -> Iterator[str]:
    """A step and those below it; of hundreds that are alike the first is told."""
    of = node.get("Relation Name") or node.get("Index Name") or node.get("CTE Name") or ""
    by = f" by {node['Index Name']}" if node.get("Relation Name") and node.get("Index Name") else ""
    times = f" × {node['Actual Loops']:,g}" if node["Actual Loops"] != 1 else ""
    name = node["Node Type"] + (f" ({node['Operation']})" if "Operation" in node else "")
    cost = f"{node['Actual Rows']:,g} rows{times}, {_pages(node):,} pages"
    took = f", {node['Actual Total Time']:.2f} ms" if depth == 0 else ""
    yield f"{'  ' * depth}{name}{f' on {of}' if of else ''}{by}: {cost}{took}"
    for condition in CONDITIONS:
        if condition in node:
            yield f"{'  ' * depth}    {condition.lower()}: {_short(node[condition])}"
    before = None
    for below in node.get("Plans", ()):
        kind = (below["Node Type"], below.get("Index Name"), below.get("Relation Name"), below.get("Subplan Name"))
        if kind != before:
            yield from _tree(below, depth + 1)
        before = kind


def _short(condition: str) -> str:
    """Without what differs from run to run: ids, times, words."""
    plain = re.sub(r"'(?:[^']|'')*'::[\w ]+(?:\[\])?", "…", condition)
    plain = re.sub(r"\b[0-9a-f]{8}-[0-9a-f-]{27}\b", "…", plain)
    return plain if len(plain) <= LONGEST else plain[:LONGEST] + " …"


def _pages(node: Node) -> int:
    return int(node["Shared Hit Blocks"] + node["Shared Read Blocks"])
