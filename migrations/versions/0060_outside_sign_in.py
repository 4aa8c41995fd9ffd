"""Sign-in with outside providers: whose account an identity opens, and which logout tokens were carried out."""

from alembic import op

revision = "0060"
down_revision = "0052"


def upgrade() -> None:
    op.execute("""
        CREATE TABLE external_identities (
            id uuid CONSTRAINT external_identities_pkey PRIMARY KEY,
            account_id uuid NOT NULL
                CONSTRAINT external_identities_account_id_fkey REFERENCES accounts (id) ON DELETE CASCADE,
            issuer text NOT NULL,
            subject text NOT NULL CONSTRAINT external_identities_subject_sane_check
                CHECK (length(subject) BETWEEN 1 AND 255),
            email text,
            created_at timestamptz NOT NULL DEFAULT now(),
            last_used_at timestamptz,
            CONSTRAINT external_identities_issuer_subject_key UNIQUE (issuer, subject),
            CONSTRAINT external_identities_account_id_issuer_key UNIQUE (account_id, issuer)
        )
    """)
    op.execute("""
        CREATE TABLE spent_logouts (
            issuer text NOT NULL,
            jti text NOT NULL,
            until timestamptz NOT NULL,
            CONSTRAINT spent_logouts_pkey PRIMARY KEY (issuer, jti)
        )
    """)
    op.execute("CREATE INDEX spent_logouts_until_idx ON spent_logouts (until)")


def downgrade() -> None:
    op.execute("DROP TABLE spent_logouts")
    op.execute("DROP TABLE external_identities")
