"""Tables of sign-in with outside providers: who somebody is there, and which logout tokens were carried out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class ExternalIdentity(Base):
    """Somebody as a provider knows them, and the account that is theirs here. One per provider and account."""

    __tablename__ = "external_identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("account_id", "issuer"),
        CheckConstraint("length(subject) BETWEEN 1 AND 255", name="subject_sane"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    email: Mapped[str | None]
    """As the provider told it when this was linked: to tell two of them apart on the page, and for nothing else."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    last_used_at: Mapped[datetime | None]


class SpentLogout(Base):
    """A logout token that was carried out: the same again is a replay. Gone once it is too old anyway."""

    __tablename__ = "spent_logouts"
    __table_args__ = (Index(None, "until"),)

    issuer: Mapped[str] = mapped_column(primary_key=True)
    jti: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[datetime]
