"""Keeps the pictures of products in the database, each in the widths that pages show."""

from alembic import op

revision = "0074"
down_revision = "0095"


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("""
        CREATE TABLE pictures (
            id uuid CONSTRAINT pictures_pkey PRIMARY KEY,
            product_id uuid NOT NULL CONSTRAINT pictures_product_id_fkey REFERENCES products (id),
            position integer NOT NULL,
            alt text NOT NULL CONSTRAINT pictures_alt_said_check CHECK (alt <> ''),
            created_at timestamptz NOT NULL DEFAULT now()
        )
    """)
    op.execute("CREATE INDEX pictures_product_id_position_idx ON pictures (product_id, position)")
    op.execute("""
        CREATE TABLE picture_files (
            picture_id uuid NOT NULL
                CONSTRAINT picture_files_picture_id_fkey REFERENCES pictures (id) ON DELETE CASCADE,
            width integer NOT NULL,
            height integer NOT NULL,
            digest text NOT NULL,
            data bytea NOT NULL,
            CONSTRAINT picture_files_pkey PRIMARY KEY (picture_id, width)
        )
    """)
    op.execute("CREATE INDEX picture_files_digest_idx ON picture_files (digest)")
    # WebP gets no smaller by being compressed once more.
    op.execute("ALTER TABLE picture_files ALTER COLUMN data SET STORAGE EXTERNAL")


def downgrade() -> None:
    op.execute("DROP TABLE picture_files, pictures")
