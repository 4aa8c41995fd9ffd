"""The key ring: one reading for many tokens, one more for a new key, and no more than that for made-up ones."""

from joserfc.jwk import ECKey

from portal.domains.identity.tokens import KNOWN_FOR, KeyRing
from portal.domains.identity.tokens.keyring import PATIENCE


class Register:
    """A register of keys that counts how often it is read, and a clock that stands still."""

    def __init__(self, *kids: str) -> None:
        self.kids = list(kids)
        self.readings = 0
        self.now = 1000.0
        self.ring = KeyRing(self.read, clock=lambda: self.now)

    def read(self) -> list[dict[str, object]]:
        self.readings += 1
        public = ECKey.generate_key("P-256").as_dict(private=False)
        return [dict(public) | {"kid": kid} for kid in self.kids]


def test_many_tokens_cost_one_reading() -> None:
    register = Register("a")
    assert all(register.ring.knows("a") for _ in range(50))
    assert register.readings == 1


def test_a_new_key_is_found_at_once_when_the_last_reading_is_old_enough() -> None:
    register = Register("a")
    register.ring.knows("a")
    register.kids.append("b")
    register.now += PATIENCE
    assert register.ring.knows("b")
    assert register.readings == 2


def test_made_up_kids_do_not_keep_the_database_busy() -> None:
    register = Register("a")
    assert not any(register.ring.knows(f"made up {n}") for n in range(50))
    assert register.readings == 1


def test_a_withdrawn_key_is_forgotten_in_time() -> None:
    register = Register("a", "b")
    register.ring.knows("a")
    register.kids.remove("a")
    register.now += KNOWN_FOR
    assert not register.ring.knows("a")
    assert register.ring.knows("b")


def test_before_the_first_key_every_look_is_worth_it() -> None:
    register = Register()
    assert not register.ring.knows("a")
    register.kids.append("a")
    assert register.ring.knows("a")


def test_a_kid_that_is_no_text_is_nobodys() -> None:
    register = Register("a")
    assert not any(register.ring.knows(kid) for kid in (None, 5, ["a"], {"a": 1}))
    assert register.readings == 0
