"""Which second factors an account has, and adding and removing those that are not apps or keys."""

import re
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.domains.identity.challenge import STRONG, Holds
from portal.domains.identity.factor_models import Passkey
from portal.domains.identity.models import SecondFactor
from portal.domains.identity.queries import get_account
from portal.domains.identity.recovery import codes_left
from portal.domains.identity.vault import Vault
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid, NotFound, Refusal
from portal.kernel.ids import new_id

KINDS = ("totp", "passkey", "sms", "email")


class LastFactor(Refusal):
    """A member of staff keeps one app or passkey at least."""

    code = "last-factor"
    message = N_("Staff keep one authenticator app or passkey at least. Add another one first.")


def factors_of(tx: Tx, account_id: UUID) -> frozenset[str]:
    """The kinds of second factors the account has, of totp, passkey, sms and email."""
    proven = SecondFactor.account_id == account_id, SecondFactor.confirmed_at.is_not(None)
    keys = select(Passkey.id).where(Passkey.account_id == account_id).limit(1)
    kinds = set(tx.scalars(select(SecondFactor.kind).where(*proven)))
    return frozenset(kinds | ({"passkey"} if tx.scalar(keys) else set()))


def holds(tx: Tx, account_id: UUID) -> Holds:
    """What the person can show. Raises NotFound."""
    account = get_account(tx, account_id)
    return Holds(
        factors=factors_of(tx, account_id),
        password=account.password_hash is not None,
        recovery=codes_left(tx, account_id) > 0,
        staff=account.is_staff,
    )


def add_code_factor(tx: Tx, vault: Vault, account_id: UUID, kind: str, number: str = "", *, now: datetime) -> None:
    """From now on codes are sent by mail (`email`), or to this phone `number` (`sms`), proven just now."""
    locked = vault.lock(number.encode(), bound_to=_owner(kind, account_id))
    values = {"id": new_id(), "account_id": account_id, "kind": kind, "secret": locked, "confirmed_at": now}
    tx.execute(
        insert(SecondFactor)
        .values(values)
        .on_conflict_do_update(index_elements=["account_id", "kind"], set_={"secret": locked, "confirmed_at": now})
    )


def phone_of(tx: Tx, vault: Vault, account_id: UUID) -> str | None:
    """The proven number (E.164) codes are sent to; None if there is none."""
    this = SecondFactor.account_id == account_id, SecondFactor.kind == "sms", SecondFactor.confirmed_at.is_not(None)
    locked = tx.scalar(select(SecondFactor.secret).where(*this))
    return None if locked is None else vault.open(locked, bound_to=_owner("sms", account_id)).decode()


def remove_factor(tx: Tx, account_id: UUID, kind: str, passkey_id: UUID | None = None) -> None:
    """Takes a second factor away; of passkeys the one named. Raises NotFound, LastFactor."""
    if kind == "passkey":
        query = delete(Passkey).where(Passkey.account_id == account_id, Passkey.id == passkey_id)
        gone = tx.scalar(query.returning(Passkey.id))
    else:
        this = delete(SecondFactor).where(SecondFactor.account_id == account_id, SecondFactor.kind == kind)
        gone = tx.scalar(this.returning(SecondFactor.id))
    if gone is None:
        raise NotFound
    if kind in STRONG and get_account(tx, account_id).is_staff and not factors_of(tx, account_id) & STRONG:
        raise LastFactor


def as_number(typed: str) -> str:
    """A phone number in the one spelling it is kept in (E.164). Raises Invalid (field phone).

    A number that begins with a single zero is Korean, as most are here.
    """
    digits = re.sub(r"[\s().-]", "", typed)
    if digits.startswith("0") and not digits.startswith("00"):
        digits = "+82" + digits[1:]
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not re.fullmatch(r"\+[1-9]\d{7,14}", digits):
        raise Invalid({"phone": N_("This does not look like a phone number. With + it begins with the country.")})
    return digits


def hint_of(number: str) -> str:
    """A number as much as its owner needs to know it: «+82 ·· 78»."""
    return f"{number[:3]} ·· {number[-2:]}"


def _owner(kind: str, account_id: UUID) -> bytes:
    return kind.encode() + account_id.bytes
