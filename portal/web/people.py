"""Who is looking at the page: `current_user` is a Visitor or a Guest, never a row of the database."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from portal.domains.identity import Person


@dataclass(frozen=True)
class Visitor(Person):
    """Somebody signed in. `proven`: with a second factor, in this session. `as_staff`: by the staff's time limits."""

    proven: bool = False
    as_staff: bool = False

    is_authenticated = True
    is_anonymous = False

    @classmethod
    def of(cls, person: Person, session: Mapping[str, Any]) -> "Visitor":
        known = {field.name: getattr(person, field.name) for field in fields(Person)}
        return cls(**known, proven=bool(session.get("proven")), as_staff=bool(session.get("as_staff")))

    def get_id(self) -> str:
        return str(self.id)


class Guest:
    """Nobody we know."""

    id = None
    email = name = ""
    locale = time_zone = None
    roles: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    factors: frozenset[str] = frozenset()
    is_authenticated = is_active = is_staff = has_second_factor = has_strong_factor = proven = as_staff = False
    is_anonymous = True

    def may(self, permission: str) -> bool:
        return False

    def get_id(self) -> None:
        return None
