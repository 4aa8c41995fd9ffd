"""Lets a saga at rest have no next time, so that what moves while one is driven stands in no index (HOT updates)."""

from alembic import op

revision = "0027"
down_revision = "0024"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE sagas ALTER COLUMN next_at DROP NOT NULL")
    op.execute("UPDATE sagas SET next_at = NULL WHERE state IN ('done', 'compensated', 'parked', 'handed_over')")
    op.execute("DROP INDEX sagas_due_idx")
    op.execute("DROP INDEX sagas_state_begun_at_idx")
    op.execute("CREATE INDEX sagas_due_idx ON sagas (next_at) WHERE next_at IS NOT NULL")
    op.execute("CREATE INDEX sagas_under_way_idx ON sagas (begun_at) WHERE next_at IS NOT NULL")
    op.execute("CREATE INDEX sagas_parked_idx ON sagas (begun_at) WHERE park_reason IS NOT NULL")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("UPDATE sagas SET next_at = now() WHERE next_at IS NULL")
    op.execute("ALTER TABLE sagas ALTER COLUMN next_at SET NOT NULL")
    op.execute("DROP INDEX sagas_parked_idx")
    op.execute("DROP INDEX sagas_under_way_idx")
    op.execute("DROP INDEX sagas_due_idx")
    op.execute(
        "CREATE INDEX sagas_due_idx ON sagas (next_at) WHERE state NOT IN ('done', 'compensated', 'parked', 'handed_over')"
    )
    op.execute("CREATE INDEX sagas_state_begun_at_idx ON sagas (state, begun_at) WHERE state <> 'done'")
