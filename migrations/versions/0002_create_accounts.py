"""Creates accounts, roles and second factors."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE accounts (
            id UUID NOT NULL,
            email TEXT NOT NULL,
            name TEXT NOT NULL,
            password_hash TEXT,
            locale TEXT DEFAULT 'en' NOT NULL,
            time_zone TEXT DEFAULT 'Asia/Seoul' NOT NULL,
            disabled_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT accounts_pkey PRIMARY KEY (id),
            CONSTRAINT accounts_email_lower_check CHECK (email = lower(email)),
            CONSTRAINT accounts_email_key UNIQUE (email)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE account_roles (
            account_id UUID NOT NULL,
            role TEXT NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT account_roles_pkey PRIMARY KEY (account_id, role),
            CONSTRAINT account_roles_role_known_check CHECK (role IN ('catalog', 'bookings', 'refunds', 'finance', 'admin')),
            CONSTRAINT account_roles_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE TABLE second_factors (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            kind TEXT NOT NULL,
            secret BYTEA NOT NULL,
            last_step BIGINT,
            confirmed_at TIMESTAMP WITH TIME ZONE,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT second_factors_pkey PRIMARY KEY (id),
            CONSTRAINT second_factors_kind_known_check CHECK (kind IN ('totp')),
            CONSTRAINT second_factors_account_id_kind_key UNIQUE (account_id, kind),
            CONSTRAINT second_factors_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id) ON DELETE CASCADE
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE second_factors")
    op.execute("DROP TABLE account_roles")
    op.execute("DROP TABLE accounts")
