"""Keeps the log of a saga in its own row, and shows it line by line in a view of the old table's name.

Workers of the release before may go on for a while: what they write into the view is appended to the row.
"""

from alembic import op

revision = "0061"
down_revision = "0055"

ENTRIES = """
jsonb_agg(jsonb_build_object('at', at, 'attempts', attempts, 'lines', jsonb_build_array(
    jsonb_build_object('step', step, 'seq', seq, 'phase', phase, 'outcome', outcome, 'output', output)
)) ORDER BY seq)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("ALTER TABLE sagas ADD COLUMN log JSONB DEFAULT '[]' NOT NULL")
    op.execute("LOCK TABLE saga_steps IN SHARE ROW EXCLUSIVE MODE")
    op.execute(
        f"""
        UPDATE sagas SET log = entries
        FROM (SELECT saga_id, {ENTRIES} AS entries FROM saga_steps GROUP BY saga_id) AS steps
        WHERE id = saga_id
        """  # noqa: S608  # every word of it is ours
    )
    op.execute(
        f"""
        UPDATE saga_archive SET record = record || jsonb_build_object('log', coalesce((
            SELECT {ENTRIES} FROM jsonb_to_recordset(record -> 'steps') AS line(
                step text, phase text, outcome text, output jsonb, attempts int, seq int, at timestamptz
            )
        ), '[]'))
        """  # noqa: S608  # every word of it is ours
    )
    op.execute("DROP TABLE saga_steps")
    op.execute(
        """
        CREATE VIEW saga_steps AS
        SELECT
            sagas.id AS saga_id, step, coalesce(phase, 'do') AS phase, coalesce(outcome, 'done') AS outcome, output,
            (entry ->> 'attempts')::int AS attempts, seq, (entry ->> 'at')::timestamptz AS at
        FROM sagas, jsonb_array_elements(log) AS entry,
            jsonb_to_recordset(entry -> 'lines') AS line(step text, phase text, outcome text, output jsonb, seq int)
        """
    )
    op.execute(
        """
        CREATE FUNCTION saga_steps_append() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE sagas SET log = log || jsonb_build_object(
                'at', clock_timestamp(), 'attempts', NEW.attempts,
                'lines', jsonb_build_array(jsonb_build_object(
                    'step', NEW.step, 'seq', NEW.seq, 'phase', NEW.phase, 'outcome', NEW.outcome, 'output', NEW.output
                ))
            )
            WHERE id = NEW.saga_id;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        """
        CREATE TRIGGER append INSTEAD OF INSERT ON saga_steps
        FOR EACH ROW EXECUTE FUNCTION saga_steps_append()
        """
    )


def downgrade() -> None:
    op.execute("CREATE TABLE saga_lines AS SELECT * FROM saga_steps")
    op.execute("DROP VIEW saga_steps")
    op.execute("DROP FUNCTION saga_steps_append")
    op.execute("ALTER TABLE saga_lines RENAME TO saga_steps")
    op.execute(
        """
        ALTER TABLE saga_steps
            ADD CONSTRAINT saga_steps_pkey PRIMARY KEY (saga_id, step, phase),
            ADD CONSTRAINT saga_steps_phase_known_check CHECK (phase IN ('do', 'undo')),
            ADD CONSTRAINT saga_steps_saga_id_fkey FOREIGN KEY (saga_id) REFERENCES sagas (id) ON DELETE CASCADE,
            ALTER COLUMN outcome SET NOT NULL,
            ALTER COLUMN attempts SET NOT NULL,
            ALTER COLUMN attempts SET DEFAULT 1,
            ALTER COLUMN seq SET NOT NULL,
            ALTER COLUMN at SET NOT NULL,
            ALTER COLUMN at SET DEFAULT clock_timestamp()
        """
    )
    op.execute(
        """
        UPDATE saga_archive SET record = record - 'log' || jsonb_build_object('steps', coalesce((
            SELECT jsonb_agg(jsonb_build_object(
                'saga_id', saga_archive.id, 'step', step, 'phase', coalesce(phase, 'do'),
                'outcome', coalesce(outcome, 'done'), 'output', output,
                'attempts', (entry ->> 'attempts')::int, 'seq', seq, 'at', entry ->> 'at'
            ) ORDER BY seq)
            FROM jsonb_array_elements(record -> 'log') AS entry,
                jsonb_to_recordset(entry -> 'lines') AS line(step text, phase text, outcome text, output jsonb, seq int)
        ), '[]'))
        """
    )
    op.execute("ALTER TABLE sagas DROP COLUMN log")
