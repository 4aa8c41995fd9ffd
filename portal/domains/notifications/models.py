"""The table of mails and text messages to people: written together with what they tell, sent afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.db import Base
from portal.kernel.ids import new_id


class Mail(Base):
    """One mail, or one text message (`channel`). `key` makes a repeated act one; `data` is for its template."""

    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("channel IN ('mail', 'sms')", name="channel_known"),
        CheckConstraint("state IN ('queued', 'sent', 'failed')", name="state_known"),
        Index("mails_due_idx", "next_at", postgresql_where=text("state = 'queued'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    channel: Mapped[str] = mapped_column(server_default="mail", default="mail")
    template: Mapped[str]
    data: Mapped[dict[str, object]] = mapped_column(JSONB)
    key: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default="queued", default="queued")
    attempts: Mapped[int] = mapped_column(server_default="0", default=0)
    last_error: Mapped[str | None]
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
