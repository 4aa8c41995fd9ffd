"""Who waits for a full time: a row for each person and time, from joining to what became of it."""

from alembic import op

revision = "0100"
down_revision = "0091"

MOVES = {"waiting": "offered taken left removed over", "offered": "taken declined missed removed"}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE waiting_entries (
            id uuid NOT NULL,
            account_id uuid NOT NULL,
            product_id uuid NOT NULL,
            resource_id uuid NOT NULL,
            starts_at timestamptz NOT NULL,
            ends_at timestamptz NOT NULL,
            quantity integer NOT NULL,
            state text DEFAULT 'waiting' NOT NULL,
            joined_at timestamptz DEFAULT clock_timestamp() NOT NULL,
            hold_id uuid,
            offered_at timestamptz,
            offer_ends_at timestamptz,
            ended_at timestamptz,
            reason text DEFAULT '' NOT NULL,
            CONSTRAINT waiting_entries_pkey PRIMARY KEY (id),
            CONSTRAINT waiting_entries_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts (id),
            CONSTRAINT waiting_entries_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
            CONSTRAINT waiting_entries_resource_id_fkey FOREIGN KEY (resource_id) REFERENCES resources (id),
            CONSTRAINT waiting_entries_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES holds (id),
            CONSTRAINT waiting_entries_state_known_check CHECK (
                state IN ('waiting', 'offered', 'taken', 'declined', 'missed', 'left', 'removed', 'over')
            ),
            CONSTRAINT waiting_entries_quantity_positive_check CHECK (quantity >= 1),
            CONSTRAINT waiting_entries_ends_after_start_check CHECK (ends_at > starts_at),
            CONSTRAINT waiting_entries_offer_is_held_check CHECK (
                state NOT IN ('offered', 'declined', 'missed') OR (hold_id IS NOT NULL AND offer_ends_at IS NOT NULL)
            ),
            CONSTRAINT waiting_entries_end_is_told_check CHECK (
                (state IN ('waiting', 'offered')) = (ended_at IS NULL)
            )
        )
    """)
    op.execute("""
        CREATE UNIQUE INDEX waiting_entries_once_idx ON waiting_entries (account_id, product_id, starts_at)
        WHERE state IN ('waiting', 'offered')
    """)
    op.execute("""
        CREATE INDEX waiting_entries_line_idx ON waiting_entries (product_id, starts_at, joined_at, id)
        WHERE state = 'waiting'
    """)
    op.execute("CREATE INDEX waiting_entries_begins_idx ON waiting_entries (starts_at) WHERE state = 'waiting'")
    op.execute("CREATE INDEX waiting_entries_offers_idx ON waiting_entries (offer_ends_at) WHERE state = 'offered'")
    op.execute("CREATE INDEX waiting_entries_ended_idx ON waiting_entries (ended_at, id) WHERE ended_at IS NOT NULL")
    edges = ", ".join(f"('{before}', '{after}')" for before, line in MOVES.items() for after in line.split())
    op.execute(f"""
        CREATE TRIGGER waiting_entries_forward_only AFTER UPDATE OF state ON waiting_entries FOR EACH ROW
        WHEN (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({edges}))
        EXECUTE FUNCTION refuse_move()
    """)


def downgrade() -> None:
    op.execute("DROP TABLE waiting_entries")
