"""Refuses closures that end at infinity: neither -infinity nor infinity is a time on anybody's clock."""

from alembic import op

revision = "0037"
down_revision = "0036"

BOUNDED = "NOT isempty(during) AND NOT lower_inf(during) AND NOT upper_inf(during)"
FINITE = "isfinite(lower(during)) AND isfinite(upper(during))"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    _check(f"{BOUNDED} AND {FINITE}")


def downgrade() -> None:
    _check(BOUNDED)


def _check(rule: str) -> None:
    op.execute("ALTER TABLE closures DROP CONSTRAINT closures_during_bounded_check")
    op.execute(f"ALTER TABLE closures ADD CONSTRAINT closures_during_bounded_check CHECK ({rule})")
