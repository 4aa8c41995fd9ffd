"""Opening hours for some days only: a day of its own, or a season; the others are for always."""

from alembic import op

revision = "0081"
down_revision = "0080"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        ALTER TABLE opening_hours
            ADD COLUMN days daterange NOT NULL DEFAULT '(,)',
            ADD CONSTRAINT opening_hours_days_not_empty_check CHECK (NOT isempty(days)),
            DROP CONSTRAINT opening_hours_no_overlap,
            ADD CONSTRAINT opening_hours_no_overlap
                EXCLUDE USING gist (resource_id WITH =, days WITH =, weekday WITH =, minutes WITH &&)
    """)


def downgrade() -> None:
    op.execute("DELETE FROM opening_hours WHERE days <> '(,)'")
    op.execute("""
        ALTER TABLE opening_hours
            DROP CONSTRAINT opening_hours_no_overlap,
            DROP COLUMN days,
            ADD CONSTRAINT opening_hours_no_overlap
                EXCLUDE USING gist (resource_id WITH =, weekday WITH =, minutes WITH &&)
    """)
