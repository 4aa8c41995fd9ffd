"""Looking people up."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import exists, or_, select

from portal.domains.identity.challenge import STRONG
from portal.domains.identity.models import Account, AccountRole
from portal.domains.identity.rules import as_address, permitted
from portal.kernel import questions
from portal.kernel.db import Tx
from portal.kernel.errors import NotFound

MOST_PEOPLE = 50
"""Lines of a list."""

# Asked by every page of somebody signed in.
PERSON = """
SELECT id, email, name, locale, time_zone, disabled_at,
       ARRAY(SELECT role FROM account_roles WHERE account_id = accounts.id),
       ARRAY(SELECT kind FROM second_factors WHERE account_id = accounts.id AND confirmed_at IS NOT NULL),
       EXISTS (SELECT 1 FROM passkeys WHERE account_id = accounts.id)
FROM accounts WHERE id = %(id)s
"""


@dataclass(frozen=True)
class Person:
    """An account as it stood when a request began: what guards and pages need to know, in one query."""

    id: UUID
    email: str
    name: str
    locale: str
    time_zone: str
    is_active: bool
    roles: frozenset[str]
    factors: frozenset[str]
    """Of totp, passkey, sms, email."""

    @property
    def has_second_factor(self) -> bool:
        return bool(self.factors)

    @property
    def has_strong_factor(self) -> bool:
        """Whether there is one that is enough for staff."""
        return bool(self.factors & STRONG)

    @property
    def permissions(self) -> frozenset[str]:
        return permitted(self.roles)

    @property
    def is_staff(self) -> bool:
        return bool(self.roles)

    def may(self, permission: str) -> bool:
        """Whether the person's roles allow this."""
        return permission in self.permissions


def find_person(tx: Tx, account_id: UUID) -> Person | None:
    """Who this is and what they may do, disabled accounts included; None if there is no such account."""
    return questions.answer(tx, person_question(account_id))


def get_person(tx: Tx, account_id: UUID) -> Person:
    """The same. Raises NotFound."""
    person = find_person(tx, account_id)
    if person is None:
        raise NotFound
    return person


def person_question(account_id: UUID) -> questions.Question[Person | None]:
    """Who this is, for whoever has more to ask."""
    return questions.Question(PERSON, {"id": account_id}, _person)


def _person(found: questions.Rows) -> Person | None:
    if not found:
        return None
    account_id, email, name, locale, time_zone, disabled_at, role_names, kinds_had, has_key = found[0]
    return Person(
        id=account_id,
        email=email,
        name=name,
        locale=locale,
        time_zone=time_zone,
        is_active=disabled_at is None,
        roles=frozenset(role_names),
        factors=frozenset([*kinds_had, *(["passkey"] if has_key else [])]),
    )


def find_people(tx: Tx, q: str = "") -> list[Person]:
    """People whose name or address contains `q`, at most MOST_PEOPLE; without it, those who have a role."""
    query = select(Account.id).order_by(Account.name, Account.id).limit(MOST_PEOPLE)
    if q:
        part = as_address(q)
        query = query.where(
            or_(Account.email.contains(part, autoescape=True), Account.name.icontains(q, autoescape=True))
        )
    else:
        query = query.where(exists().where(AccountRole.account_id == Account.id))
    return [person for account_id in tx.scalars(query).all() if (person := find_person(tx, account_id))]


def find_by_email(tx: Tx, email: str) -> Account | None:
    """The account with this address, whatever its case."""
    return tx.scalars(select(Account).where(Account.email == as_address(email))).one_or_none()


def get_account(tx: Tx, account_id: UUID) -> Account:
    """The account. Raises NotFound."""
    account = tx.get(Account, account_id)
    if account is None:
        raise NotFound
    return account


def names_of(tx: Tx, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """What these people are called, by their ids."""
    if not account_ids:
        return {}
    query = select(Account.id, Account.name).where(Account.id.in_(account_ids))
    return {row.id: row.name for row in tx.execute(query)}
