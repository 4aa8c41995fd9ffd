"""How many connections stand at a lock: so that a test goes on once everybody is where it wants them."""

from sqlalchemy import Engine, text

STAND = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def standing(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(STAND).scalar_one())
