"""Names the states of sagas and calls by one pattern, and gives calls the one index by which they are looked for."""

from alembic import op

revision = "0062"
down_revision = "0061"

WORDS = {
    "sagas": "ready|running|calling|unknown|waiting|compensating|done|compensated|parked|handed_over",
    "saga_calls": "sent|unknown|waiting|done|refused",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for table, words in WORDS.items():
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_state_known_check")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_state_known_check CHECK (state ~ '^({words})$')")
    op.execute(
        """
        ALTER TABLE saga_calls
            DROP CONSTRAINT saga_calls_saga_id_fkey,
            DROP CONSTRAINT saga_calls_pkey,
            ADD CONSTRAINT saga_calls_pkey PRIMARY KEY (saga_id, step, attempt)
        """
    )
    op.execute("DROP INDEX saga_calls_saga_id_idx")


def downgrade() -> None:
    op.execute("DELETE FROM saga_calls WHERE saga_id NOT IN (SELECT id FROM sagas)")  # archived by an older release
    op.execute("CREATE INDEX saga_calls_saga_id_idx ON saga_calls (saga_id)")
    op.execute(
        """
        ALTER TABLE saga_calls
            DROP CONSTRAINT saga_calls_pkey,
            ADD CONSTRAINT saga_calls_pkey PRIMARY KEY (key),
            ADD CONSTRAINT saga_calls_saga_id_fkey FOREIGN KEY (saga_id) REFERENCES sagas (id) ON DELETE CASCADE
        """
    )
    for table, words in WORDS.items():
        listed = ", ".join(f"'{word}'" for word in words.split("|"))
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {table}_state_known_check")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_state_known_check CHECK (state IN ({listed}))")
