"""Whose account an outside identity opens. Only (issuer, subject) opens one; an e-mail address never does.

Linking is for whoever is signed in here already, so that nobody comes to another's account by an address they claim.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.domains.identity.factor_models import Passkey
from portal.domains.identity.federation.models import ExternalIdentity
from portal.domains.identity.federation.vouching import Answer
from portal.domains.identity.models import Account
from portal.domains.identity.queries import find_by_email, get_account
from portal.domains.identity.rules import as_address
from portal.domains.identity.service import LONGEST_NAME
from portal.kernel.db import Tx
from portal.kernel.errors import N_, NotFound, Refusal
from portal.kernel.ids import new_id


class SignInFirst(Refusal):
    """No account is linked to this identity, and none may be opened by it. The same for every reason."""

    code = "sign-in-first"
    message = N_("No account here is linked to this sign-in yet. Sign in the usual way first, then link it.")


class LinkedElsewhere(Refusal):
    """The identity opens another account, or the account has another identity of this provider."""

    code = "linked-elsewhere"
    message = N_("This sign-in opens another account, or you linked another of the same kind. Unlink that first.")


class LastWayIn(Refusal):
    """Without this identity nobody could sign in to the account any more."""

    code = "last-way-in"
    message = N_("This is your only way to sign in. Set a password or link another sign-in first.")


@dataclass(frozen=True)
class Linked:
    """One line of a person's list of linked sign-ins."""

    id: UUID
    issuer: str
    email: str | None
    created_at: datetime
    last_used_at: datetime | None


def whose(tx: Tx, issuer: str, subject: str) -> UUID | None:
    """The account this identity opens; None if it opens none."""
    return tx.scalar(
        select(ExternalIdentity.account_id).where(
            ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject
        )
    )


def note_use(tx: Tx, issuer: str, subject: str, *, now: datetime) -> None:
    """Writes down that somebody came in by this identity."""
    known = (ExternalIdentity.issuer == issuer, ExternalIdentity.subject == subject)
    tx.execute(update(ExternalIdentity).where(*known).values(last_used_at=now))


def sign_up(tx: Tx, answer: Answer, *, locale: str = "en") -> UUID:
    """Opens an account for somebody new, without a password. Raises SignInFirst unless the provider says that the
    address is theirs and nobody here has it."""
    address = as_address(answer.email or "")
    if not answer.email_verified or "@" not in address or len(address) > 254 or find_by_email(tx, address):
        raise SignInFirst
    name = answer.name.replace("\x00", "").strip()[:LONGEST_NAME] or address.partition("@")[0]
    values = {"id": new_id(), "email": address, "name": name, "password_hash": None, "locale": locale}
    # Two may come at once with the same address: the database decides, and the loser is told to sign in.
    opened = insert(Account).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(Account.id)
    account_id = tx.scalar(opened)
    if account_id is None:
        raise SignInFirst
    link(tx, account_id, answer)
    return account_id


def link(tx: Tx, account_id: UUID, answer: Answer) -> None:
    """Lets this identity open the account from now on; linking it again changes nothing. Raises LinkedElsewhere,
    NotFound. Whoever calls knows that the account's owner is signed in and asks for it."""
    account = get_account(tx, account_id)
    values = {
        "id": new_id(),
        "account_id": account.id,
        "issuer": answer.issuer,
        "subject": answer.subject,
        "email": answer.email,
    }
    tx.execute(insert(ExternalIdentity).values(values).on_conflict_do_nothing())
    if whose(tx, answer.issuer, answer.subject) != account.id:
        raise LinkedElsewhere


def linked(tx: Tx, account_id: UUID) -> list[Linked]:
    """The account's linked sign-ins, the oldest first."""
    columns = (
        ExternalIdentity.id,
        ExternalIdentity.issuer,
        ExternalIdentity.email,
        ExternalIdentity.created_at,
        ExternalIdentity.last_used_at,
    )
    found = tx.execute(
        select(*columns).where(ExternalIdentity.account_id == account_id).order_by(ExternalIdentity.created_at)
    )
    return [Linked(*row) for row in found]


def unlink(tx: Tx, account_id: UUID, identity_id: UUID, *, issuers: frozenset[str]) -> None:
    """Ends what this identity opens. `issuers`: the providers one can come in by today.

    Raises LastWayIn, and NotFound for another account's.
    """
    # The account's row is locked: of two at once that take the last two ways in, the second one is refused.
    password = tx.execute(
        select(Account.password_hash).where(Account.id == account_id).with_for_update()
    ).scalar_one_or_none()
    mine = (ExternalIdentity.account_id == account_id, ExternalIdentity.id == identity_id)
    if tx.scalar(select(ExternalIdentity.id).where(*mine)) is None:
        raise NotFound
    others = select(func.count()).where(
        ExternalIdentity.account_id == account_id,
        ExternalIdentity.id != identity_id,
        ExternalIdentity.issuer.in_(issuers),
    )
    keys = select(func.count()).where(Passkey.account_id == account_id)
    if password is None and not tx.scalar(others) and not tx.scalar(keys):
        raise LastWayIn
    tx.execute(delete(ExternalIdentity).where(*mine))
