"""Lets sagas have deadlines and verdicts, be handed over, and know their tables; lets two people share a decision."""

from alembic import op

revision = "0020"
down_revision = "0019"

STATES = "'ready', 'running', 'calling', 'unknown', 'waiting', 'compensating', 'done', 'compensated', 'parked'"
AT_REST = "'done', 'compensated', 'parked'"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE sagas ADD COLUMN failing_since TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE sagas ADD COLUMN deadline_at TIMESTAMP WITH TIME ZONE")
    op.execute("ALTER TABLE sagas ADD COLUMN verdict JSONB")
    _states(f"{STATES}, 'handed_over'", f"{AT_REST}, 'handed_over'")
    op.execute(
        """
        CREATE TABLE saga_versions (
            kind TEXT NOT NULL,
            version INTEGER NOT NULL,
            fingerprint TEXT NOT NULL,
            noted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT saga_versions_pkey PRIMARY KEY (kind, version)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE proposals (
            id UUID NOT NULL,
            act TEXT NOT NULL,
            subject TEXT NOT NULL,
            details JSONB DEFAULT '{}' NOT NULL,
            reason TEXT NOT NULL,
            state TEXT DEFAULT 'open' NOT NULL,
            proposed_by UUID NOT NULL,
            proposed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            decided_by UUID,
            decided_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT proposals_pkey PRIMARY KEY (id),
            CONSTRAINT proposals_state_known_check CHECK (state IN ('open', 'confirmed', 'withdrawn')),
            CONSTRAINT proposals_decided_by_somebody_check CHECK ((state = 'open') = (decided_by IS NULL)),
            CONSTRAINT proposals_four_eyes_check CHECK (state <> 'confirmed' OR decided_by <> proposed_by),
            CONSTRAINT proposals_with_reason_check CHECK (reason <> ''),
            CONSTRAINT proposals_proposed_by_fkey FOREIGN KEY(proposed_by) REFERENCES accounts (id),
            CONSTRAINT proposals_decided_by_fkey FOREIGN KEY(decided_by) REFERENCES accounts (id)
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX proposals_open_once_idx ON proposals (subject, act) WHERE state = 'open'")


def downgrade() -> None:
    op.execute("DROP TABLE proposals")
    op.execute("DROP TABLE saga_versions")
    _states(STATES, AT_REST)
    for name in ("verdict", "deadline_at", "failing_since"):
        op.execute(f"ALTER TABLE sagas DROP COLUMN {name}")


def _states(known: str, at_rest: str) -> None:
    op.execute("ALTER TABLE sagas DROP CONSTRAINT sagas_state_known_check")
    op.execute(f"ALTER TABLE sagas ADD CONSTRAINT sagas_state_known_check CHECK (state IN ({known}))")
    op.execute("DROP INDEX sagas_due_idx")
    op.execute(f"CREATE INDEX sagas_due_idx ON sagas (next_at) WHERE state NOT IN ({at_rest})")
