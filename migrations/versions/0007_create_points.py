"""Creates the points ledger, and the rule that a ledger is only ever appended to."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is appended to, never changed: no %', TG_TABLE_NAME, TG_OP
                USING ERRCODE = 'restrict_violation';
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TABLE points_accounts (
            account_id UUID NOT NULL,
            balance INTEGER DEFAULT '0' NOT NULL,
            held INTEGER DEFAULT '0' NOT NULL,
            floor INTEGER DEFAULT '0' NOT NULL,
            CONSTRAINT points_accounts_pkey PRIMARY KEY (account_id),
            CONSTRAINT points_accounts_held_not_negative_check CHECK (held >= 0),
            CONSTRAINT points_accounts_available_above_floor_check CHECK (floor <= 0 AND balance - held >= floor),
            CONSTRAINT points_accounts_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE points_entries (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            delta INTEGER NOT NULL,
            held INTEGER DEFAULT '0' NOT NULL,
            kind TEXT NOT NULL,
            order_id UUID,
            note TEXT DEFAULT '' NOT NULL,
            key TEXT NOT NULL,
            at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT points_entries_pkey PRIMARY KEY (id),
            CONSTRAINT points_entries_kind_known_check CHECK (kind IN ('grant', 'use', 'use_cancelled', 'use_again', 'released', 'accrual', 'accrual_cancelled', 'expiry')),
            CONSTRAINT points_entries_moves_something_check CHECK (delta <> 0 OR held <> 0),
            CONSTRAINT points_entries_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id),
            CONSTRAINT points_entries_key_key UNIQUE (key)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX points_entries_account_id_id_idx ON points_entries (account_id, id)
        """
    )
    op.execute(
        """
        CREATE INDEX points_entries_order_id_idx ON points_entries (order_id)
        """
    )
    op.execute(
        """
        CREATE TABLE points_lots (
            id UUID NOT NULL,
            account_id UUID NOT NULL,
            granted INTEGER NOT NULL,
            remaining INTEGER NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT points_lots_pkey PRIMARY KEY (id),
            CONSTRAINT points_lots_granted_positive_check CHECK (granted > 0),
            CONSTRAINT points_lots_remaining_in_bounds_check CHECK (remaining >= 0 AND remaining <= granted),
            CONSTRAINT points_lots_account_id_fkey FOREIGN KEY(account_id) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX points_lots_account_id_expires_at_idx ON points_lots (account_id, expires_at) WHERE remaining > 0
        """
    )
    op.execute(
        """
        CREATE INDEX points_lots_expires_at_idx ON points_lots (expires_at) WHERE remaining > 0
        """
    )
    op.execute(
        """
        CREATE TABLE points_spendings (
            entry_id UUID NOT NULL,
            lot_id UUID NOT NULL,
            amount INTEGER NOT NULL,
            CONSTRAINT points_spendings_pkey PRIMARY KEY (entry_id, lot_id),
            CONSTRAINT points_spendings_entry_id_fkey FOREIGN KEY(entry_id) REFERENCES points_entries (id),
            CONSTRAINT points_spendings_lot_id_fkey FOREIGN KEY(lot_id) REFERENCES points_lots (id)
        )
        """
    )
    for table in ("points_entries", "points_spendings"):
        op.execute(
            f"""
            CREATE TRIGGER {table}_appended_only BEFORE UPDATE OR DELETE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
            """
        )


def downgrade() -> None:
    op.execute("DROP TABLE points_spendings")
    op.execute("DROP TABLE points_lots")
    op.execute("DROP TABLE points_entries")
    op.execute("DROP TABLE points_accounts")
    op.execute("DROP FUNCTION refuse_change()")
