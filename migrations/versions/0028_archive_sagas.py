"""Lets finished sagas leave the engine's tables and stay readable."""

from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE saga_archive (
            id UUID NOT NULL,
            kind TEXT NOT NULL,
            key TEXT NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE NOT NULL,
            record JSONB NOT NULL,
            CONSTRAINT saga_archive_pkey PRIMARY KEY (id),
            CONSTRAINT saga_archive_kind_key_key UNIQUE (kind, key)
        )
        """
    )


def downgrade() -> None:
    # What was archived cannot run again by mistake only as long as the table stands: put nothing back, drop nothing.
    raise RuntimeError("archived sagas would be lost; keep the table")
