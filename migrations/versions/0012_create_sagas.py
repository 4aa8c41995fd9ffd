"""Creates sagas, their steps and their calls."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE sagas (
            id UUID NOT NULL,
            kind TEXT NOT NULL,
            version INTEGER NOT NULL,
            key TEXT NOT NULL,
            command JSONB NOT NULL,
            state TEXT DEFAULT 'ready' NOT NULL,
            position INTEGER DEFAULT '0' NOT NULL,
            epoch BIGINT DEFAULT '0' NOT NULL,
            owner TEXT,
            lease_until TIMESTAMP WITH TIME ZONE,
            next_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            attempts INTEGER DEFAULT '0' NOT NULL,
            wakes INTEGER DEFAULT '0' NOT NULL,
            refusal JSONB,
            last_error TEXT,
            park_reason TEXT,
            parked_from TEXT,
            begun_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            ended_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT sagas_pkey PRIMARY KEY (id),
            CONSTRAINT sagas_state_known_check CHECK (state IN ('ready', 'running', 'calling', 'unknown', 'waiting', 'compensating', 'done', 'compensated', 'parked')),
            CONSTRAINT sagas_parked_with_reason_check CHECK ((state = 'parked') = (park_reason IS NOT NULL)),
            CONSTRAINT sagas_kind_key_key UNIQUE (kind, key)
        )
         WITH (fillfactor = 60)
        """
    )
    op.execute(
        """
        CREATE INDEX sagas_due_idx ON sagas (next_at) WHERE state NOT IN ('done', 'compensated', 'parked')
        """
    )
    op.execute(
        """
        CREATE INDEX sagas_state_begun_at_idx ON sagas (state, begun_at) WHERE state <> 'done'
        """
    )
    op.execute(
        """
        CREATE TABLE saga_calls (
            key TEXT NOT NULL,
            saga_id UUID NOT NULL,
            step TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            state TEXT NOT NULL,
            sends INTEGER DEFAULT '0' NOT NULL,
            asks INTEGER DEFAULT '0' NOT NULL,
            last_error TEXT,
            first_sent_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            answered_at TIMESTAMP WITH TIME ZONE,
            CONSTRAINT saga_calls_pkey PRIMARY KEY (key),
            CONSTRAINT saga_calls_state_known_check CHECK (state IN ('sent', 'unknown', 'waiting', 'done', 'refused')),
            CONSTRAINT saga_calls_saga_id_fkey FOREIGN KEY(saga_id) REFERENCES sagas (id) ON DELETE CASCADE
        )
        """
    )
    op.execute(
        """
        CREATE INDEX saga_calls_saga_id_idx ON saga_calls (saga_id)
        """
    )
    op.execute(
        """
        CREATE TABLE saga_steps (
            saga_id UUID NOT NULL,
            step TEXT NOT NULL,
            phase TEXT NOT NULL,
            outcome TEXT NOT NULL,
            output JSONB,
            attempts INTEGER DEFAULT '1' NOT NULL,
            seq INTEGER NOT NULL,
            at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
            CONSTRAINT saga_steps_pkey PRIMARY KEY (saga_id, step, phase),
            CONSTRAINT saga_steps_phase_known_check CHECK (phase IN ('do', 'undo')),
            CONSTRAINT saga_steps_saga_id_fkey FOREIGN KEY(saga_id) REFERENCES sagas (id) ON DELETE CASCADE
        )
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE saga_steps")
    op.execute("DROP TABLE saga_calls")
    op.execute("DROP TABLE sagas")
