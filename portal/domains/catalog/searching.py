"""Finds products by words: as they were typed, or else with a slip of the finger, in Korean as in English.

Words are compared in letters, Korean syllables taken apart (NFD): a slip in «스튜디어» is as small as in «kayk».
As typed, every word is a part of the text, which half a word is too. With a slip, most of its trigrams are (pg_trgm's
word similarity); words of few letters have too few to be nearly anything. One index answers both. Similarity is
counted only where nothing fits exactly: it costs much more, and nobody misses it there.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from portal.kernel import wire
from portal.kernel.db import Tx

LONGEST_SEARCH = 100
MOST_WORDS = 8
SHORTEST_SLIP = 4
"""Letters a word has at least to be found with a slip in it."""
NEAR = "0.5"
"""Of a word's trigrams, how many have to be there: two letters that changed places at the end of «kayka» cost half."""
ESCAPED = str.maketrans({one: f"\\{one}" for one in "\\%_"})
# The name comes first in the words. To count its letters taken apart is dear; there are at least as many as it has
# whole, which mostly is enough to know.
BESIDE = """CASE WHEN strpos({products}.words, %(word_{n})s) <= length({products}.name) THEN 0
    ELSE CAST(strpos({products}.words, %(word_{n})s) > length(normalize({products}.name, NFD)) AS int) END"""
SLIPPED = """CASE WHEN {products}.words LIKE %(part_{n})s THEN 0
    ELSE 1 - word_similarity(%(word_{n})s, {products}.words) END"""


class Page(Protocol):
    """What a search may find nothing in."""

    @property
    def items(self) -> Sequence[Any]: ...


Found = TypeVar("Found", bound=Page)


@dataclass(frozen=True)
class Search:
    """Words, in the letters of products.words, and whether a slip is forgiven; as pieces of a statement, with `given`
    for their parameters."""

    words: Sequence[str]
    slips: bool = False

    @property
    def given(self) -> dict[str, str]:
        parts = {f"part_{n}": containing(word) for n, word in enumerate(self.words)}
        return parts | {f"word_{n}": word for n, word in enumerate(self.words)}

    @property
    def matches(self) -> list[str]:
        """One condition on products for every word."""
        return [self._fits(n, word) for n, word in enumerate(self.words)]

    def distance(self, products: str = "products") -> str:
        """How far it is from the words: by each that is not in the name; with a slip, by how much it is not there."""
        far = SLIPPED if self.slips else BESIDE
        return " + ".join(["0.0::float8", *(far.format(n=n, products=products) for n in range(len(self.words)))])

    def _fits(self, n: int, word: str) -> str:
        part = f"words LIKE %(part_{n})s"
        return f"({part} OR words %%> %(word_{n})s)" if self.slips and len(word) >= SHORTEST_SLIP else part


def containing(text: str) -> str:
    """The pattern of LIKE for whatever has this text in it."""
    return f"%{text.translate(ESCAPED)}%"


def searched(tx: Tx, q: str, find: Callable[[Search], Found]) -> Found:
    """What `find` answers to the words as they were typed; if that is nothing, to words nearly like them."""
    words = words_of(q)
    found = find(Search(words))
    if found.items or all(len(word) < SHORTEST_SLIP for word in words):
        return found
    wire.later(tx, "SELECT set_config('pg_trgm.word_similarity_threshold', %(near)s, true)", {"near": NEAR})
    return find(Search(words, slips=True))


def words_of(q: str) -> list[str]:
    """The words asked for, in the letters of Product.words; at most eight."""
    plain = q.encode("utf-8", "ignore").decode().replace("\0", " ")[:LONGEST_SEARCH]
    return unicodedata.normalize("NFD", plain.lower()).split()[:MOST_WORDS]
