"""Creates categories, products, prices and stock."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE categories (
            id UUID NOT NULL,
            parent_id UUID,
            slug TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT DEFAULT '' NOT NULL,
            position INTEGER DEFAULT '0' NOT NULL,
            withdrawn_at TIMESTAMP WITH TIME ZONE,
            version INTEGER DEFAULT '1' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT categories_pkey PRIMARY KEY (id),
            CONSTRAINT categories_not_its_own_parent_check CHECK (parent_id <> id),
            CONSTRAINT categories_parent_id_fkey FOREIGN KEY(parent_id) REFERENCES categories (id),
            CONSTRAINT categories_slug_key UNIQUE (slug)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX categories_parent_id_idx ON categories (parent_id)
        """
    )
    op.execute(
        """
        CREATE TABLE products (
            id UUID NOT NULL,
            category_id UUID NOT NULL,
            slug TEXT NOT NULL,
            kind TEXT NOT NULL,
            name TEXT NOT NULL,
            summary TEXT DEFAULT '' NOT NULL,
            description TEXT DEFAULT '' NOT NULL,
            cover TEXT DEFAULT 'generic' NOT NULL,
            attributes JSONB DEFAULT '{}' NOT NULL,
            stock INTEGER,
            published_at TIMESTAMP WITH TIME ZONE,
            withdrawn_at TIMESTAMP WITH TIME ZONE,
            version INTEGER DEFAULT '1' NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            updated_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT products_pkey PRIMARY KEY (id),
            CONSTRAINT products_kind_known_check CHECK (kind IN ('booking', 'goods')),
            CONSTRAINT products_stock_not_negative_check CHECK (stock >= 0),
            CONSTRAINT products_stock_only_for_goods_check CHECK ((kind = 'goods') = (stock IS NOT NULL)),
            CONSTRAINT products_category_id_fkey FOREIGN KEY(category_id) REFERENCES categories (id),
            CONSTRAINT products_slug_key UNIQUE (slug)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX products_listing_idx ON products (category_id, name)
        """
    )
    op.execute(
        """
        CREATE INDEX products_search_idx ON products USING gin (lower(name || ' ' || summary) gin_trgm_ops)
        """
    )
    op.execute(
        """
        CREATE TABLE prices (
            id UUID NOT NULL,
            product_id UUID NOT NULL,
            amount NUMERIC(12, 2) NOT NULL,
            currency TEXT DEFAULT 'KRW' NOT NULL,
            unit TEXT NOT NULL,
            valid TSTZRANGE NOT NULL,
            reason TEXT DEFAULT '' NOT NULL,
            set_by UUID,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT prices_pkey PRIMARY KEY (id),
            CONSTRAINT prices_amount_not_negative_check CHECK (amount >= 0),
            CONSTRAINT prices_unit_known_check CHECK (unit IN ('booking', 'person', 'half_hour', 'hour', 'piece')),
            CONSTRAINT prices_valid_has_start_check CHECK (NOT isempty(valid) AND NOT lower_inf(valid)),
            CONSTRAINT prices_no_overlap EXCLUDE USING gist (product_id WITH =, valid WITH &&),
            CONSTRAINT prices_product_id_fkey FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE CASCADE,
            CONSTRAINT prices_set_by_fkey FOREIGN KEY(set_by) REFERENCES accounts (id)
        )
        """
    )
    op.execute(
        """
        CREATE TABLE stock_movements (
            id UUID NOT NULL,
            product_id UUID NOT NULL,
            delta INTEGER NOT NULL,
            reason TEXT NOT NULL,
            key TEXT NOT NULL,
            created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            CONSTRAINT stock_movements_pkey PRIMARY KEY (id),
            CONSTRAINT stock_movements_delta_not_zero_check CHECK (delta <> 0),
            CONSTRAINT stock_movements_product_id_fkey FOREIGN KEY(product_id) REFERENCES products (id),
            CONSTRAINT stock_movements_key_key UNIQUE (key)
        )
        """
    )
    op.execute(
        """
        CREATE INDEX stock_movements_product_id_idx ON stock_movements (product_id)
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE stock_movements")
    op.execute("DROP TABLE prices")
    op.execute("DROP TABLE products")
    op.execute("DROP TABLE categories")
