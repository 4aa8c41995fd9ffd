"""Creates the keys that sign access tokens."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE signing_keys (
            kid TEXT NOT NULL,
            algorithm TEXT NOT NULL,
            public_key JSONB NOT NULL,
            private_key BYTEA NOT NULL,
            active_from TIMESTAMP WITH TIME ZONE NOT NULL,
            published_until TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT signing_keys_pkey PRIMARY KEY (kid),
            CONSTRAINT signing_keys_algorithm_known_check CHECK (algorithm IN ('ES256')),
            CONSTRAINT signing_keys_ends_after_start_check CHECK (published_until > active_from),
            CONSTRAINT signing_keys_public_key_is_public_check CHECK (NOT jsonb_exists(public_key, 'd'))
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE signing_keys")
