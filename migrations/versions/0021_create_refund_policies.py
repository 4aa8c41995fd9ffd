"""Creates refund policies with their rules, and lets products, holds and order lines name theirs."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        """
        CREATE TABLE refund_policies (
            id UUID NOT NULL,
            name TEXT NOT NULL,
            is_default BOOLEAN DEFAULT false NOT NULL,
            version INTEGER DEFAULT '1' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT refund_policies_pkey PRIMARY KEY (id)
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX refund_policies_name_idx ON refund_policies (lower(name))")
    op.execute("CREATE UNIQUE INDEX refund_policies_default_idx ON refund_policies (is_default) WHERE is_default")
    op.execute(
        """
        CREATE TABLE refund_rules (
            id UUID NOT NULL,
            policy_id UUID NOT NULL,
            version INTEGER NOT NULL,
            tiers JSONB NOT NULL,
            fee NUMERIC(12, 2) DEFAULT '0' NOT NULL,
            fee_percent INTEGER DEFAULT '0' NOT NULL,
            currency TEXT DEFAULT 'KRW' NOT NULL,
            made_by UUID,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT refund_rules_pkey PRIMARY KEY (id),
            CONSTRAINT refund_rules_tiers_listed_check CHECK (jsonb_typeof(tiers) = 'array'),
            CONSTRAINT refund_rules_fee_in_bounds_check CHECK (fee >= 0 AND fee_percent >= 0 AND fee_percent <= 100),
            CONSTRAINT refund_rules_one_kind_of_fee_check CHECK (fee = 0 OR fee_percent = 0),
            CONSTRAINT refund_rules_policy_id_version_key UNIQUE (policy_id, version),
            CONSTRAINT refund_rules_policy_id_fkey FOREIGN KEY(policy_id) REFERENCES refund_policies (id),
            CONSTRAINT refund_rules_made_by_fkey FOREIGN KEY(made_by) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE TRIGGER refund_rules_never_changed BEFORE UPDATE OR DELETE ON refund_rules
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
        """
    )
    op.execute("ALTER TABLE products ADD COLUMN refund_policy_id UUID")
    op.execute(
        """
        ALTER TABLE products ADD CONSTRAINT products_refund_policy_id_fkey
        FOREIGN KEY (refund_policy_id) REFERENCES refund_policies (id)
        """
    )
    op.execute("CREATE INDEX products_refund_policy_id_idx ON products (refund_policy_id)")
    op.execute("ALTER TABLE holds ADD COLUMN refund_rule_id UUID")
    op.execute("ALTER TABLE order_lines ADD COLUMN refund_rule_id UUID")
    op.execute("ALTER TABLE refunds ADD COLUMN fee NUMERIC(12, 2) DEFAULT '0' NOT NULL")
    op.execute("ALTER TABLE refunds ADD CONSTRAINT refunds_fee_not_negative_check CHECK (fee >= 0)")
    op.execute("ALTER TABLE refund_lines ADD COLUMN fee NUMERIC(12, 2) DEFAULT '0' NOT NULL")
    op.execute("ALTER TABLE refund_lines ADD CONSTRAINT refund_lines_fee_not_negative_check CHECK (fee >= 0)")


def downgrade() -> None:
    for table in ("refund_lines", "refunds"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN fee")
    for table in ("order_lines", "holds"):
        op.execute(f"ALTER TABLE {table} DROP COLUMN refund_rule_id")
    op.execute("ALTER TABLE products DROP COLUMN refund_policy_id")
    op.execute("DROP TABLE refund_rules")
    op.execute("DROP TABLE refund_policies")
