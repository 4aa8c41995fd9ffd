"""Accounts: opening one, checking its password, giving and taking roles."""

from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from portal.domains.identity import passwords
from portal.domains.identity.models import ROLES, Account, AccountRole
from portal.domains.identity.queries import find_by_email, get_account
from portal.domains.identity.rules import as_address
from portal.domains.identity.strength import weakness
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid
from portal.kernel.ids import new_id

LONGEST_NAME = 100
LONGEST_EMAIL = 254  # RFC 5321


class EmailTaken(Invalid):
    """There is an account with this address. Whoever shows it decides whether the asker may know."""

    code = "email-taken"

    def __init__(self) -> None:
        super().__init__({"email": N_("There is an account with this address already.")})


def register(
    tx: Tx,
    email: str,
    name: str,
    password: str,
    *,
    locale: str = "en",
    time_zone: str = "Asia/Seoul",
    composition: bool = True,
) -> Account:
    """Opens an account. Raises Invalid (faults: email, name, password) or EmailTaken, after the same effort."""
    address, name = as_address(email), name.strip()
    faults: dict[str, str] = {}
    if not _is_address(address):
        faults["email"] = N_("This does not look like an e-mail address.")
    if not name:
        faults["name"] = N_("Tell us what to call you.")
    elif len(name) > LONGEST_NAME:
        faults["name"] = N_("The name is longer than 100 characters.")
    if fault := weakness(password, email=address, name=name, composition=composition):
        faults["password"] = fault
    if faults:
        raise Invalid(faults)
    values = {
        "id": new_id(),
        "email": address,
        "name": name,
        "password_hash": passwords.hashed(password),
        "locale": locale,
        "time_zone": time_zone,
    }
    # Two people may send the same address at once: the database decides, and the loser gets an answer, not an error.
    opened = insert(Account).values(values).on_conflict_do_nothing(index_elements=["email"]).returning(Account.id)
    account_id = tx.scalar(opened)
    if account_id is None:
        raise EmailTaken
    return get_account(tx, account_id)


def check_password(tx: Tx, email: str, password: str) -> Account | None:
    """The account these belong to; None for a wrong password, an unknown address or a disabled account alike.

    A hash made with older parameters is renewed on the way.
    """
    account = find_by_email(tx, email)
    kept = account.password_hash if account and account.is_active else None
    # The password is checked first, so that nothing known takes as long as something wrong.
    if not passwords.matches(password, kept) or account is None or kept is None:
        return None
    if passwords.outdated(kept):
        account.password_hash = passwords.hashed(password)
        tx.flush()
    return account


def change_password(tx: Tx, account_id: UUID, current: str, new: str, *, composition: bool = True) -> None:
    """Puts a new password in the place of the current one. Raises Invalid (faults: current, password), NotFound."""
    account = get_account(tx, account_id)
    if not passwords.matches(current, account.password_hash):
        raise Invalid({"current": N_("This is not your password. Nothing was changed.")})
    if passwords.matches(new, account.password_hash):
        raise Invalid({"password": N_("This is the password you have. Choose another one.")})
    if fault := weakness(new, email=account.email, name=account.name, composition=composition):
        raise Invalid({"password": fault})
    account.password_hash = passwords.hashed(new)
    tx.flush()


def grant_role(tx: Tx, account_id: UUID, role: str) -> None:
    """Gives a role; giving it again changes nothing. Raises Invalid for a role there is none of, NotFound."""
    if role not in ROLES:
        raise Invalid({"role": N_("There is no such role.")})
    account = get_account(tx, account_id)
    tx.execute(insert(AccountRole).values(account_id=account.id, role=role).on_conflict_do_nothing())
    tx.expire(account, ["role_rows"])


def revoke_role(tx: Tx, account_id: UUID, role: str) -> None:
    """Takes a role away; taking one that is not there changes nothing. Raises NotFound."""
    account = get_account(tx, account_id)
    tx.execute(delete(AccountRole).where(AccountRole.account_id == account.id, AccountRole.role == role))
    tx.expire(account, ["role_rows"])


def set_locale(tx: Tx, account_id: UUID, locale: str) -> None:
    """Remembers the language this person reads."""
    get_account(tx, account_id).locale = locale
    tx.flush()


def set_email(tx: Tx, account_id: UUID, email: str) -> str:
    """Gives the account another address, which its owner has proven, for codes as well; the one it had.

    Raises EmailTaken, Invalid (email).
    """
    account, address = get_account(tx, account_id), checked_address(email)
    owner = find_by_email(tx, address)
    if owner is not None and owner.id != account_id:
        raise EmailTaken
    before, account.email = account.email, address
    try:
        tx.flush()
    except IntegrityError as error:  # somebody else took it in this very moment
        raise EmailTaken from error
    return before


def checked_address(email: str) -> str:
    """The address as it is kept. Raises Invalid (field email)."""
    address = as_address(email)
    if not _is_address(address):
        raise Invalid({"email": N_("This does not look like an e-mail address.")})
    return address


def _is_address(email: str) -> bool:
    # Letters beyond ASCII look alike and fold differently in Python and PostgreSQL: not until somebody needs them.
    if len(email) > LONGEST_EMAIL or not email.isascii():
        return False
    try:
        # Names for local use (.test, .local) are fine: mail there goes to the mail catcher of this machine.
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True
