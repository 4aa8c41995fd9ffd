"""docs/data-model.md and its blocks: what stands between `<!-- name -->` and `<!-- /name -->` is made by programs."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "data-model.md"
DRAWINGS = ROOT / "docs" / "data-model"


def block(page: str, name: str) -> str:
    """What stands in the block of this name. Raises ValueError if there is none."""
    _, begin, rest = page.partition(f"<!-- {name} -->\n")
    inside, end, _ = rest.partition(f"\n<!-- /{name} -->")
    if not begin or not end:
        raise ValueError(f"the page has no block {name}")
    return inside


def written(page: str, name: str, told: str) -> str:
    """The page with this in the block of this name."""
    old = f"<!-- {name} -->\n{block(page, name)}\n<!-- /{name} -->"
    return page.replace(old, f"<!-- {name} -->\n{told}\n<!-- /{name} -->")
