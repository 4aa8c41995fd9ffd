"""What is over is forgotten after a month, and nothing that is still good."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from portal.domains.identity import tokens
from portal.domains.identity.tokens import Grant
from portal.kernel.db import transaction
from tests.support import people

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def test_only_what_ended_a_month_ago_is_forgotten_with_its_tokens(database: Engine) -> None:
    person = people.customer(database)
    ends = {"good": (None, NOW + DAY), "ended": (None, NOW - 31 * DAY), "revoked": (NOW - 31 * DAY, NOW + DAY)}
    ends |= {"just ended": (None, NOW - 29 * DAY), "just revoked": (NOW - 29 * DAY, NOW + DAY)}
    with transaction(database) as tx:
        tokens.register_client(tx, "an-app", "An App", scope="points:read", redirect_uris=["https://app.example/"])
        for name, (revoked, expires) in ends.items():
            grant = Grant(
                kind="code",
                account_id=person.id,
                client_id="an-app",
                scope=name,
                granted_at=NOW,
                used_at=NOW,
                expires_at=expires,
                revoked_at=revoked,
                revoked_because="a test" if revoked else None,
            )
            tx.add(grant)
            tx.flush()
            tokens.new_refresh_token(tx, grant.id, now=NOW)
    with transaction(database) as tx:
        tokens.forget_ended(tx, now=NOW)
    with database.connect() as connection:
        left = connection.execute(text("SELECT scope FROM oauth_grants JOIN oauth_refresh_tokens ON grant_id = id"))
        assert set(left.scalars()) == {"good", "just ended", "just revoked"}
