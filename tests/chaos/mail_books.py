"""Our books against the mail that arrived."""

import email
from collections import Counter

from local.mail.store import Store
from tests.chaos.books import Books

SENT = "SELECT id::text, template, data ->> 'number', attempts FROM mails WHERE state = 'sent'"


def check(books: Books) -> None:
    """Every mail arrived, none that we do not know of; a second copy only after a sender had been lost."""
    ours = {row[0]: row for row in books.read(SENT)}
    arrived: Counter[str] = Counter()
    for caught in Store(books.trial.house.mail.directory).all():
        arrived[str(email.message_from_bytes(caught.content)["Message-ID"]).strip("<>").partition("@")[0]] += 1
    books.report("a mail is said to be sent and did not arrive", [ours[one] for one in ours.keys() - arrived.keys()])
    books.report("a mail arrived that is not in our books", [(one,) for one in arrived.keys() - ours.keys()])
    often = [
        (*ours[one], f"arrived {times} times") for one, times in arrived.items() if one in ours and times > ours[one][3]
    ]
    books.report("a mail arrived more often than it was tried", often)
    books.notes.count("mails that arrived twice, after their sender was lost", sum(n - 1 for n in arrived.values()))
