"""How headers are written out: as the standard library does, but for long subjects in other scripts.

Its folding of those drops a space at each break (seen on Python 3.11: «12월 1일» arrived as «12월1일»), so they are
written by the older email.header, which keeps to RFC 2047 and loses nothing. And it makes a class for every header
anew, two dozen for a mail; here they are made once.
"""

from email.header import Header
from email.headerregistry import HeaderRegistry
from email.policy import EmailPolicy
from functools import lru_cache
from typing import Any


class Headers(HeaderRegistry):
    """The standard headers, each of one class for all mails."""

    @lru_cache(maxsize=100)  # noqa: B019  # there is one of these, for good
    def __getitem__(self, name: str) -> type:
        return super().__getitem__(name)


class LetterPolicy(EmailPolicy):
    """The SMTP policy with whole subjects."""

    def fold(self, name: str, value: Any) -> str:
        return self._subject(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        subject = self._subject(name, value)
        return subject.encode("ascii") if subject else super().fold_binary(name, value)

    def _subject(self, name: str, value: Any) -> str | None:
        if name.lower() != "subject" or str(value).isascii():
            return None
        folded = Header(str(value), "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {folded}{self.linesep}"


POLICY = LetterPolicy(linesep="\r\n", header_factory=Headers())
