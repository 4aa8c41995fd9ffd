"""Lets a points account owe more only in the transaction that takes back what a refunded order had earned."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    # `at` is the beginning of the transaction that wrote an entry, so that equal means: written in this very one.
    op.execute(
        """
        CREATE FUNCTION refuse_other_debts() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            more INTEGER := CASE TG_OP WHEN 'INSERT' THEN NEW.floor ELSE NEW.floor - OLD.floor END;
        BEGIN
            IF NOT EXISTS (
                SELECT FROM points_entries
                WHERE account_id = NEW.account_id AND kind = 'accrual_cancelled' AND at = transaction_timestamp()
                    AND delta <= more
            ) THEN
                RAISE EXCEPTION 'only a refund may leave points owing (% more)', -more
                    USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
            END IF;
            RETURN NULL;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER points_accounts_owe_by_refund AFTER UPDATE OF floor ON points_accounts FOR EACH ROW
        WHEN (NEW.floor < OLD.floor) EXECUTE FUNCTION refuse_other_debts()
        """
    )
    op.execute(
        """
        CREATE TRIGGER points_accounts_begin_without_debt AFTER INSERT ON points_accounts FOR EACH ROW
        WHEN (NEW.floor < 0) EXECUTE FUNCTION refuse_other_debts()
        """
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER points_accounts_begin_without_debt ON points_accounts")
    op.execute("DROP TRIGGER points_accounts_owe_by_refund ON points_accounts")
    op.execute("DROP FUNCTION refuse_other_debts()")
