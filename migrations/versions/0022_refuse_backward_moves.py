"""Lets orders, lines, payments, attempts and refunds go forward only, and what was given back never become less.

The triggers come after the fact and say in WHEN what they refuse: a legal change costs a comparison, and no lock or call.
"""

from alembic import op

revision = "0022"
down_revision = "0021"

MOVES = {
    "orders_forward_only": (
        "orders",
        "",
        {
            "processing": "awaiting_payment completed cancelled refunding",
            "awaiting_payment": "processing completed cancelled",
            "completed": "refunding",
            "refunding": "completed processing refunded",
            "cancelled": "processing",
        },
    ),
    "order_lines_forward_only": ("order_lines", "", {"active": "cancelling", "cancelling": "active cancelled"}),
    "payments_forward_only": (
        "payments",
        "",
        {
            "sent": "action_needed unknown paid refused cancelled",
            "action_needed": "unknown paid refused cancelled",
            "unknown": "action_needed paid refused cancelled",
            "refused": "paid",
            "cancelled": "paid",
        },
    ),
    "charges_forward_only": (
        "payment_attempts",
        "OLD.kind = 'charge' AND ",
        {
            "sent": "pending unknown done failed",
            "pending": "unknown done failed",
            "unknown": "pending done failed",
            "failed": "done",
        },
    ),
    "repayments_forward_only": (
        "payment_attempts",
        "OLD.kind = 'refund' AND ",
        {
            "sent": "pending unknown done failed",
            "pending": "done failed",
            "unknown": "pending done failed",
            "done": "failed",
        },
    ),
    "refunds_forward_only": (
        "refunds",
        "",
        {
            "requested": "approved rejected cancelled",
            "approved": "sent settled cancelled",
            "sent": "settled",
        },
    ),
}
GROWING = {"orders": ("refunded", "points_returned"), "payments": ("refunded",)}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE FUNCTION refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'a row of % cannot go from % to %', TG_TABLE_NAME, OLD.state, NEW.state
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
        END
        $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION refuse_less() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'what was given back in % cannot become less', TG_TABLE_NAME
                USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME;
        END
        $$
        """
    )
    for name, (table, only, moves) in MOVES.items():
        edges = ", ".join(f"('{before}', '{after}')" for before, line in moves.items() for after in line.split())
        op.execute(
            f"""
            CREATE TRIGGER {name} AFTER UPDATE OF state ON {table} FOR EACH ROW
            WHEN ({only}OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({edges}))
            EXECUTE FUNCTION refuse_move()
            """
        )
    for table, columns in GROWING.items():
        less = " OR ".join(f"NEW.{column} < OLD.{column}" for column in columns)
        op.execute(
            f"""
            CREATE TRIGGER {table}_given_back_grows AFTER UPDATE OF {", ".join(columns)} ON {table} FOR EACH ROW
            WHEN ({less}) EXECUTE FUNCTION refuse_less()
            """
        )


def downgrade() -> None:
    for table in GROWING:
        op.execute(f"DROP TRIGGER {table}_given_back_grows ON {table}")
    for name, (table, _only, _moves) in MOVES.items():
        op.execute(f"DROP TRIGGER {name} ON {table}")
    op.execute("DROP FUNCTION refuse_less()")
    op.execute("DROP FUNCTION refuse_move()")
