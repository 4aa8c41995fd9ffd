"""Tables of the authorization server: clients, what people allowed them, and the codes and refresh tokens of that."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, func
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Client(Base):
    """An app that may ask for tokens. Without a secret it is public: a program on people's own devices."""

    __tablename__ = "oauth_clients"
    __table_args__ = (
        CheckConstraint("id ~ '^[a-z0-9][a-z0-9-]{2,63}$'", name="id_plain"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("scope <> ''", name="for_something"),
        CheckConstraint("account_id IS NULL OR secret_hash IS NOT NULL", name="partner_has_a_secret"),
        CheckConstraint("account_id IS NOT NULL OR redirect_uris <> '{}'", name="leads_somewhere"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    """What the consent page calls it."""
    secret_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    redirect_uris: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    scope: Mapped[str]
    """The most it may ask for, separated by blanks."""
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    """A partner's own account: the one it acts for with client credentials."""
    closed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Grant(Base):
    """What one account allowed one client, once: the family of every token that came of it."""

    __tablename__ = "oauth_grants"
    __table_args__ = (
        CheckConstraint("kind IN ('code', 'client')", name="kind_known"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_because IS NULL)", name="revoked_with_reason"),
        Index("oauth_grants_account_id_idx", "account_id", "client_id"),
        # A partner acts for itself in one grant, however often it asks for a token.
        Index(
            "oauth_grants_client_once_idx",
            "client_id",
            unique=True,
            postgresql_where="kind = 'client' AND revoked_at IS NULL",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    client_id: Mapped[str] = mapped_column(ForeignKey("oauth_clients.id", ondelete="CASCADE"))
    scope: Mapped[str]
    auth_time: Mapped[datetime | None]
    shown: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    """How the person had shown who they are by then: words of challenge.METHODS."""
    granted_at: Mapped[datetime]
    used_at: Mapped[datetime]
    """When the client last got a token."""
    expires_at: Mapped[datetime | None]
    """The end of its refresh tokens, whatever is done; none for a partner's own."""
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]


class Code(Base):
    """An authorization code, by its hash. `grant_id` is there once it was used; a used one stays to be recognized."""

    __tablename__ = "oauth_codes"
    __table_args__ = (Index("oauth_codes_expires_at_idx", "expires_at"),)

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    client_id: Mapped[str] = mapped_column(ForeignKey("oauth_clients.id", ondelete="CASCADE"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    scope: Mapped[str]
    redirect_uri: Mapped[str]
    code_challenge: Mapped[str]
    auth_time: Mapped[datetime | None]
    shown: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    grant_id: Mapped[UUID | None] = mapped_column(ForeignKey("oauth_grants.id", ondelete="CASCADE"))


class RefreshToken(Base):
    """A refresh token, by its hash. It works once; a used one that comes again ends its grant."""

    __tablename__ = "oauth_refresh_tokens"
    __table_args__ = (Index("oauth_refresh_tokens_grant_id_idx", "grant_id"),)

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    grant_id: Mapped[UUID] = mapped_column(ForeignKey("oauth_grants.id", ondelete="CASCADE"))
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
