"""Passkeys (WebAuthn): a key in the person's device that signs a challenge of ours after a finger, a face or a PIN.

It stands for the password and the second factor at once, so the device must have verified the person each time. Who
calls keeps the challenge and uses it once. `site` says for which host keys are made and from where they are used.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import webauthn
from sqlalchemy import or_, select, update
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.domains.identity.factor_models import Passkey
from portal.domains.identity.queries import get_account
from portal.kernel.db import Tx
from portal.kernel.errors import N_, Invalid

NAME = "Jari"
LONGEST_NAME = 60
MOST = 10
"""Keys of one account."""
UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError)
"""What the library raises at an answer that is wrong, and at one that is none."""


@dataclass(frozen=True)
class Site:
    """`rp_id` is the host keys belong to; `origins` where pages that use them come from, as `https://host`."""

    rp_id: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Key:
    """One line of the list a person sees."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


def of_account(tx: Tx, account_id: UUID) -> list[Key]:
    """The person's keys, the oldest first."""
    rows = tx.scalars(select(Passkey).where(Passkey.account_id == account_id).order_by(Passkey.created_at))
    return [Key(row.id, row.name, row.created_at, row.last_used_at) for row in rows]


def to_make(tx: Tx, account_id: UUID, site: Site) -> tuple[dict[str, Any], bytes]:
    """What the browser needs to make a key (PublicKeyCredentialCreationOptions as JSON), and the challenge in it.

    A device that has a key of this account already refuses to make a second one.
    """
    account = get_account(tx, account_id)
    options = webauthn.generate_registration_options(
        rp_id=site.rp_id,
        rp_name=NAME,
        user_id=account_id.bytes,
        user_name=account.email,
        user_display_name=account.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_descriptors(tx, account_id),
    )
    return json.loads(webauthn.options_to_json(options)), options.challenge


def add(tx: Tx, account_id: UUID, answer: str, challenge: bytes, site: Site, *, name: str, now: datetime) -> None:
    """Keeps the key that the browser made. Raises Invalid (field name)."""
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except UNREADABLE as error:
        raise Invalid({"name": N_("Your device did not make a passkey we can use. Try again.")}) from error
    if len(of_account(tx, account_id)) >= MOST:
        raise Invalid({"name": N_("Ten passkeys are the most. Remove one first.")})
    if tx.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)):
        raise Invalid({"name": N_("This passkey is here already.")})
    tx.add(
        Passkey(
            account_id=account_id,
            credential_id=made.credential_id,
            public_key=made.credential_public_key,
            sign_count=made.sign_count,
            name=name.strip()[:LONGEST_NAME] or NAME,
            created_at=now,
        )
    )
    tx.flush()


def to_show(tx: Tx, account_id: UUID | None, site: Site) -> tuple[dict[str, Any], bytes]:
    """What the browser needs to sign (PublicKeyCredentialRequestOptions as JSON), and the challenge in it.

    Without an account the device offers the keys it has for us: nobody learns here who has one.
    """
    options = webauthn.generate_authentication_options(
        rp_id=site.rp_id,
        allow_credentials=_descriptors(tx, account_id) if account_id else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return json.loads(webauthn.options_to_json(options)), options.challenge


def who_signed(tx: Tx, answer: str, challenge: bytes, site: Site, *, now: datetime) -> UUID | None:
    """Whose key has signed the challenge, on a page of ours, with the person verified; None if none has.

    A key that counts has to have counted on: one that was copied falls behind.
    """
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(answer)
        key = tx.scalars(select(Passkey).where(Passkey.credential_id == credential.raw_id)).one_or_none()
        if key is None:
            return None
        signed = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.rp_id,
            expected_origin=list(site.origins),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except UNREADABLE:
        return None
    handle = credential.response.user_handle
    if handle is not None and handle != key.account_id.bytes:
        return None
    count = signed.new_sign_count
    counted = Passkey.id == key.id, or_(Passkey.sign_count < count, Passkey.sign_count == 0)
    counted_on = (
        update(Passkey).where(*counted).values(sign_count=count, last_used_at=now).returning(Passkey.account_id)
    )
    return tx.scalar(counted_on.execution_options(synchronize_session=False))


def _descriptors(tx: Tx, account_id: UUID) -> list[PublicKeyCredentialDescriptor]:
    known = tx.scalars(select(Passkey.credential_id).where(Passkey.account_id == account_id))
    return [PublicKeyCredentialDescriptor(id=credential_id) for credential_id in known]
