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

from sqlalchemy import ColumnElement, Float, Integer, cast, func, literal, literal_column, or_, select

from portal.kernel.db import Tx

LONGEST_SEARCH = 100
MOST_WORDS = 8
SHORTEST_SLIP = 4
"""Letters a word has at least to be found with a slip in it."""
NEAR = "0.5"
"""Of a word's trigrams, how many have to be there: two letters that changed places at the end of «kayka» cost half."""


class Page(Protocol):
    """What a search may find nothing in."""

    @property
    def items(self) -> Sequence[Any]: ...


Found = TypeVar("Found", bound=Page)


@dataclass(frozen=True)
class Search:
    """Words, in the letters of Product.words, and whether a slip is forgiven. Products are given as the table or an
    alias of it."""

    words: list[str]
    slips: bool = False

    def matches(self, product: Any) -> list[ColumnElement[bool]]:
        """One condition for every word."""
        return [self._fits(product.words, word) for word in self.words]

    def distance(self, product: Any) -> ColumnElement[float]:
        """How far it is from the words: by each that is not in the name; with a slip, by how much it is not there."""
        far: ColumnElement[float] = literal(0.0, Float)
        for word in self.words:
            if self.slips:
                part = cast(product.words.contains(word, autoescape=True), Integer)
                far = far + (1 - func.greatest(part, func.word_similarity(word, product.words)))
            else:
                # The name comes first in the words.
                name = func.length(func.normalize(product.name, literal_column("NFD")))
                far = far + cast(func.strpos(product.words, word) > name, Integer)
        return far

    def _fits(self, text: Any, word: str) -> ColumnElement[bool]:
        part: ColumnElement[bool] = text.contains(word, autoescape=True)
        slip = self.slips and len(word) >= SHORTEST_SLIP
        return or_(part, text.op("%>", is_comparison=True)(word)) if slip else part


def searched(tx: Tx, q: str, find: Callable[[Search], Found]) -> Found:
    """What `find` answers to the words as they were typed; if that is nothing, to words nearly like them."""
    words = words_of(q)
    found = find(Search(words))
    if found.items or all(len(word) < SHORTEST_SLIP for word in words):
        return found
    tx.execute(select(func.set_config("pg_trgm.word_similarity_threshold", NEAR, True)))
    return find(Search(words, slips=True))


def words_of(q: str) -> list[str]:
    """The words asked for, in the letters of Product.words; at most eight."""
    plain = q.encode("utf-8", "ignore").decode().replace("\0", " ")[:LONGEST_SEARCH]
    return unicodedata.normalize("NFD", plain.lower()).split()[:MOST_WORDS]
