"""Tables of who people are: accounts, their roles, their second factors; and the keys that sign tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.db import Base
from portal.kernel.ids import new_id

ROLES = ("catalog", "bookings", "refunds", "finance", "admin")
"""What a member of staff may be. An account without a role is a customer."""


class Account(Base):
    """One person. The e-mail address is kept in lower case and belongs to one account only."""

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("email = lower(email)", name="email_lower"),
        Index(
            "accounts_search_idx",
            text("email gin_trgm_ops"),
            text("lower(name) gin_trgm_ops"),
            postgresql_using="gin",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    locale: Mapped[str] = mapped_column(server_default="en")
    time_zone: Mapped[str] = mapped_column(server_default="Asia/Seoul")
    disabled_at: Mapped[datetime | None]
    valid_from: Mapped[datetime | None]
    """Access tokens issued before this moment are good no more, whatever they say of themselves."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())

    role_rows: Mapped[list["AccountRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")

    @property
    def roles(self) -> frozenset[str]:
        """The names of the roles this person has."""
        return frozenset(row.role for row in self.role_rows)

    @property
    def is_staff(self) -> bool:
        return bool(self.role_rows)

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None


class AccountRole(Base):
    """A role somebody has."""

    __tablename__ = "account_roles"
    __table_args__ = (
        CheckConstraint("role IN ('catalog', 'bookings', 'refunds', 'finance', 'admin')", name="role_known"),
    )

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SecondFactor(Base):
    """Something a person has besides the password: an app (the secret it shares with us; `last_step` ends a used code),
    a phone (its number), a mailbox (nothing more). What is kept is encrypted. Passkeys have a table of their own."""

    __tablename__ = "second_factors"
    __table_args__ = (
        CheckConstraint("kind IN ('totp', 'email', 'sms')", name="kind_known"),
        UniqueConstraint("account_id", "kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    kind: Mapped[str]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    confirmed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PasswordReset(Base):
    """A link by which one may choose a new password, once. Of its secret only the SHA-256 is kept."""

    __tablename__ = "password_resets"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SigningKey(Base):
    """A key that signs access tokens. It is published from the start, signs from `active_from` on, and ends with
    `published_until`: so a new one is known everywhere before its first token, and an old one outlives its last."""

    __tablename__ = "signing_keys"
    __table_args__ = (
        CheckConstraint("algorithm IN ('ES256')", name="algorithm_known"),
        CheckConstraint("published_until > active_from", name="ends_after_start"),
        # Nobody's mistake may publish a private part ("d" in a JWK).
        CheckConstraint("NOT jsonb_exists(public_key, 'd')", name="public_key_is_public"),
    )

    kid: Mapped[str] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    public_key: Mapped[dict[str, Any]] = mapped_column(JSONB)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    """Locked by the Vault, bound to the kid."""
    active_from: Mapped[datetime]
    published_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
