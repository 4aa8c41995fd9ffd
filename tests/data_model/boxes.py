"""Boxes with rows, and lines between them, as SVG: what others refer to stands left of them, in columns.

A line leaves its box at a row and ends at the head of a box one column further left. All that lead to one box share its
way down, so that there is nothing to untangle. In light and dark, as the reader's own settings say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise

HEAD, ROW, FOOT, BETWEEN, MARGIN = 30, 20, 8, 24, 16
STYLE = """
svg { --page: #fff; --ink: #1f2328; --faint: #59636e; --line: #8c959f; --head: #ddf4ff; --edge: #d1d9e0 }
@media (prefers-color-scheme: dark) {
  svg { --page: #0d1117; --ink: #f0f6fc; --faint: #9198a1; --line: #6e7681; --head: #0c2d6b; --edge: #3d444d }
}
text { font: 12.5px system-ui, sans-serif; fill: var(--ink) }
.head { font-weight: 600; font-size: 13.5px } .key { font-weight: 600 } .faint { fill: var(--faint); text-anchor: end }
.page, .box { fill: var(--page) } .box { stroke: var(--edge) } .band { fill: var(--head) }
path { fill: none; stroke: var(--line); stroke-width: 1.5 } .maybe { stroke-dasharray: 5 4 }
"""


@dataclass(frozen=True)
class Row:
    """A line of a box: what stands left and right in it, the box it leads to, and whether always, and from many."""

    name: str
    note: str = ""
    key: bool = False
    to: str = ""
    maybe: bool = False
    many: bool = True


@dataclass(frozen=True)
class Box:
    """A box. `to`: where a line from its head leads."""

    name: str
    rows: Sequence[Row]
    to: Sequence[str] = ()

    @property
    def height(self) -> int:
        return HEAD + ROW * len(self.rows) + FOOT

    @property
    def ways(self) -> list[tuple[int, Row]]:
        """Every line that leaves here: how far down, and the row."""
        heads = [(HEAD // 2, Row(self.name, to=one)) for one in self.to]
        rows = [(HEAD + ROW * at + ROW // 2 + 2, row) for at, row in enumerate(self.rows)]
        return heads + [(down, row) for down, row in rows if row.to]


@dataclass
class Drawing:
    """Where each box stands."""

    boxes: Sequence[Box]
    width: int = 286
    gap: int = 64
    columns: list[list[Box]] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        named = {box.name: box for box in self.boxes}
        depths: dict[str, int] = {}
        for box in self.boxes:
            _depth(box.name, named, depths)
        lined = {row.to for box in self.boxes for _, row in box.ways} | {box.name for box in self.boxes if box.ways}
        self.columns = [
            [box for box in self.boxes if depths[box.name] == depth and (box.name in lined or not lined)]
            for depth in range(max(depths.values()) + 1)
        ]
        self.columns += [[] for _ in range(3 - len(self.columns))]
        if not lined:
            self.columns[0] = []
        for left, right in pairwise(self.columns):  # beneath those they lead to, so that lines do not cross
            order = [box.name for box in left]
            right.sort(key=lambda box: [order.index(row.to) for _, row in box.ways if row.to in order])
        for box in self.boxes:
            if box.name not in lined:
                min(self.columns, key=_height).append(box)
        for at, column in enumerate(self.columns):
            y = MARGIN
            for box in column:
                self.places[box.name] = (MARGIN + at * (self.width + self.gap), y)
                y += box.height + BETWEEN

    def svg(self, title: str) -> str:
        """The whole picture; the same boxes make the same bytes."""
        used = [column for column in self.columns if column]
        wide = 2 * MARGIN + len(used) * self.width + (len(used) - 1) * self.gap
        high = 2 * MARGIN + max(_height(column) for column in used) - BETWEEN
        parts = [f'<rect class="page" width="{wide}" height="{high}" rx="8"/>']
        for left, right in pairwise(self.columns):
            parts += self._lines(left, right)
        parts += [part for box in self.boxes for part in self._box(box)]
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
        return "\n".join(
            [f'{head} role="img">', f"<title>{escape(title)}</title>", f"<style>{STYLE}</style>", *parts]
        ) + ("\n</svg>\n")

    def _lines(self, left: Sequence[Box], right: Sequence[Box]) -> list[str]:
        wanted = {row.to for box in right for _, row in box.ways}
        ends = [box.name for box in left if box.name in wanted]
        lines = []
        for at, end in enumerate(ends):
            x, y = self.places[end][0] + self.width, self.places[end][1] + HEAD // 2
            lane = x + self.gap * (len(ends) - at) // (len(ends) + 1)
            for box in right:
                for down, row in box.ways:
                    if row.to == end:
                        lines.append(_line(x, y, lane, self.places[box.name][0], self.places[box.name][1] + down, row))
        return lines

    def _box(self, box: Box) -> list[str]:
        x, y = self.places[box.name]
        right = x + self.width - 10
        parts = [
            f'<rect class="box" x="{x}" y="{y}" width="{self.width}" height="{box.height}" rx="6"/>',
            f'<path d="M{x} {y + HEAD} v-{HEAD - 6} q0 -6 6 -6 h{self.width - 12} q6 0 6 6 v{HEAD - 6} z" class="band"'
            ' style="fill: var(--head); stroke: var(--edge)"/>',
            f'<text class="head" x="{x + 10}" y="{y + 20}">{escape(box.name)}</text>',
        ]
        for at, row in enumerate(box.rows):
            line = y + HEAD + ROW * at + 17
            kind = ' class="key"' if row.key else ""
            parts.append(f'<text{kind} x="{x + 10}" y="{line}">{escape(row.name)}</text>')
            if row.note:
                parts.append(f'<text class="faint" x="{right}" y="{line}">{escape(row.note)}</text>')
        return parts


def _depth(name: str, named: Mapping[str, Box], known: dict[str, int]) -> int:
    """How many boxes stand left of it."""
    if name not in known:
        known[name] = 0  # itself, where it leads to itself
        known[name] = max((1 + _depth(row.to, named, known) for _, row in named[name].ways), default=0)
    return known[name]


def _height(column: Sequence[Box]) -> int:
    return sum(box.height + BETWEEN for box in column)


def _line(x: int, y: int, lane: int, end: int, down: int, row: Row) -> str:
    foot = f" M{end - 9} {down} L{end} {down - 5} M{end - 9} {down} L{end} {down + 5}" if row.many else ""
    kind = ' class="maybe"' if row.maybe else ""
    return f'<path{kind} d="M{x} {y} H{lane} V{down} H{end}"/><path d="M{x + 6} {y - 5} v10{foot}"/>'
