"""Lets a paid booking move to another time: the move, the places it will have, and a payment of the difference.

A calendar entry keeps its name when its booking moves, so a hold may go on with another one's.
"""

from alembic import op

revision = "0095"
down_revision = "0081"

LINES = {"active": "cancelling moving", "cancelling": "active cancelled", "moving": "active"}
BEFORE = {"active": "cancelling", "cancelling": "active cancelled"}
MOVES = {"requested": "moved cancelled"}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE moves (
            id uuid NOT NULL CONSTRAINT moves_pkey PRIMARY KEY,
            number text NOT NULL CONSTRAINT moves_number_key UNIQUE,
            order_id uuid NOT NULL CONSTRAINT moves_order_id_fkey REFERENCES orders (id),
            line_id uuid NOT NULL CONSTRAINT moves_line_id_fkey REFERENCES order_lines (id),
            from_hold_id uuid NOT NULL CONSTRAINT moves_from_hold_id_fkey REFERENCES holds (id),
            to_hold_id uuid NOT NULL CONSTRAINT moves_to_hold_id_fkey REFERENCES holds (id),
            state text NOT NULL DEFAULT 'requested'
                CONSTRAINT moves_state_known_check CHECK (state IN ('requested', 'moved', 'cancelled')),
            currency text NOT NULL DEFAULT 'KRW',
            before numeric(12, 2) NOT NULL,
            after numeric(12, 2) NOT NULL,
            charge numeric(12, 2) NOT NULL DEFAULT 0,
            amount numeric(12, 2) NOT NULL DEFAULT 0,
            points integer NOT NULL DEFAULT 0,
            earned integer NOT NULL DEFAULT 0,
            unearned integer NOT NULL DEFAULT 0,
            reason text NOT NULL DEFAULT '',
            requested_by uuid NOT NULL CONSTRAINT moves_requested_by_fkey REFERENCES accounts (id),
            refund_id uuid NOT NULL,
            refusal text,
            action_url text,
            pay_by timestamptz,
            idempotency_key text,
            request_hash text,
            created_at timestamptz NOT NULL DEFAULT now(),
            updated_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT moves_money_not_negative_check CHECK (
                before >= 0 AND after >= 0 AND charge >= 0 AND amount >= 0 AND points >= 0 AND earned >= 0
                AND unearned >= 0
            ),
            CONSTRAINT moves_money_adds_up_check CHECK (after = before + charge - amount - points),
            CONSTRAINT moves_one_way_check CHECK (charge = 0 OR amount = 0 AND points = 0),
            CONSTRAINT moves_order_id_idempotency_key_key UNIQUE (order_id, idempotency_key)
        )
    """)
    op.execute("CREATE INDEX moves_line_id_idx ON moves (line_id)")
    op.execute("CREATE UNIQUE INDEX moves_open_once_idx ON moves (order_id) WHERE state = 'requested'")
    op.execute("""
        CREATE TABLE moved_places (
            hold_id uuid NOT NULL CONSTRAINT moved_places_hold_id_fkey REFERENCES holds (id),
            resource_id uuid NOT NULL,
            unit smallint NOT NULL,
            during tstzrange NOT NULL,
            CONSTRAINT moved_places_pkey PRIMARY KEY (hold_id, resource_id, unit),
            CONSTRAINT moved_places_resource_id_unit_fkey FOREIGN KEY (resource_id, unit)
                REFERENCES resource_units (resource_id, unit)
        )
    """)
    op.execute("ALTER TABLE holds ADD COLUMN entry_id uuid, ADD COLUMN revision smallint NOT NULL DEFAULT 0")
    op.execute("ALTER TABLE order_lines DROP CONSTRAINT order_lines_state_known_check")
    op.execute("""
        ALTER TABLE order_lines ADD CONSTRAINT order_lines_state_known_check
        CHECK (state IN ('active', 'moving', 'cancelling', 'cancelled')) NOT VALID
    """)
    op.execute("ALTER TABLE order_lines VALIDATE CONSTRAINT order_lines_state_known_check")
    op.execute("DROP TRIGGER order_lines_forward_only ON order_lines")
    _forward_only("order_lines", LINES)
    _forward_only("moves", MOVES)
    op.execute("ALTER TABLE payments ADD COLUMN move_number text")
    op.execute("""
        CREATE UNIQUE INDEX payments_move_once_idx ON payments (move_number) WHERE state NOT IN ('refused', 'cancelled')
    """)
    op.execute("DROP INDEX payments_order_once_idx")
    op.execute("""
        CREATE UNIQUE INDEX payments_order_once_idx ON payments (order_id)
        WHERE state NOT IN ('refused', 'cancelled') AND move_number IS NULL
    """)
    op.execute("""
        ALTER TABLE refunds
        ADD COLUMN payment_id uuid CONSTRAINT refunds_payment_id_fkey REFERENCES payments (id),
        ADD COLUMN part_of uuid CONSTRAINT refunds_part_of_fkey REFERENCES refunds (id)
    """)
    op.execute("CREATE INDEX refunds_part_of_idx ON refunds (part_of)")
    op.execute("DROP INDEX refunds_open_once_idx")
    op.execute("""
        CREATE UNIQUE INDEX refunds_open_once_idx ON refunds (order_id)
        WHERE state IN ('requested', 'approved') AND part_of IS NULL
    """)


def downgrade() -> None:
    op.execute("DROP INDEX refunds_open_once_idx")
    op.execute("DROP INDEX refunds_part_of_idx")
    op.execute("ALTER TABLE refunds DROP COLUMN payment_id, DROP COLUMN part_of")
    op.execute("""
        CREATE UNIQUE INDEX refunds_open_once_idx ON refunds (order_id) WHERE state IN ('requested', 'approved')
    """)
    op.execute("DROP INDEX payments_order_once_idx")
    op.execute("DROP INDEX payments_move_once_idx")
    op.execute("ALTER TABLE payments DROP COLUMN move_number")
    op.execute("""
        CREATE UNIQUE INDEX payments_order_once_idx ON payments (order_id)
        WHERE state NOT IN ('refused', 'cancelled')
    """)
    op.execute("DROP TABLE moved_places")
    op.execute("DROP TABLE moves")
    op.execute("ALTER TABLE holds DROP COLUMN entry_id, DROP COLUMN revision")
    op.execute("DROP TRIGGER order_lines_forward_only ON order_lines")
    op.execute("ALTER TABLE order_lines DROP CONSTRAINT order_lines_state_known_check")
    op.execute("""
        ALTER TABLE order_lines ADD CONSTRAINT order_lines_state_known_check
        CHECK (state IN ('active', 'cancelling', 'cancelled'))
    """)
    _forward_only("order_lines", BEFORE)


def _forward_only(table: str, moves: dict[str, str]) -> None:
    edges = ", ".join(f"('{before}', '{after}')" for before, line in moves.items() for after in line.split())
    op.execute(
        f"""
        CREATE TRIGGER {table}_forward_only AFTER UPDATE OF state ON {table} FOR EACH ROW
        WHEN (OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN ({edges}))
        EXECUTE FUNCTION refuse_move()
        """
    )
