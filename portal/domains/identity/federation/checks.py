"""Judging what a provider signed: ID tokens (OpenID Connect Core 3.1.3.7) and logout tokens (Back-Channel Logout 2.6).

Authlib checks the half; what it lets pass is refused here: every audience but us alone, another type of token, an old
sign-in where a fresh one was asked for, an algorithm that the provider's own metadata make harmless-looking.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from portal.domains.identity.federation.vouching import Unbelievable, Vouched

ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"})
"""Signatures by a key pair. Neither `none` nor HMAC: the public key of somebody is no secret of ours."""
LEEWAY = 30
"""Seconds that clocks may differ."""
LONGEST = 16 * 1024
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
LOGOUT_WITHIN = 120
"""Seconds a logout token is good after it was made (ASVS 5.0 10.5.5)."""


def signed_by(token: object, keys: KeySet, advertised: object, types: frozenset[str | None]) -> jwt.Token:
    """The token, if one of these keys signed it and it is of one of these types. Raises Unbelievable, or joserfc's
    InvalidKeyIdError for a key that is not in the set (it may be new)."""
    if not isinstance(token, str) or not token.isascii() or len(token) > LONGEST:
        raise Unbelievable("no token, or too long a one")
    offered = {name for name in advertised if isinstance(name, str)} if isinstance(advertised, list) else {"RS256"}
    registry = JWSRegistry(algorithms=sorted(ALGORITHMS & offered), strict_check_header=False)
    decoded = jwt.decode(token, keys, registry=registry)
    kind = decoded.header.get("typ")
    if (kind.lower() if isinstance(kind, str) else kind) not in types:
        raise Unbelievable(f"typ is {kind!r}")
    return decoded


def check_id_token(
    token: jwt.Token,
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    access_token: str,
    began: float,
    max_age: int | None,
    now: datetime,
) -> Vouched:
    """What an ID token with a good signature vouches for. Raises Unbelievable."""
    seconds = int(now.timestamp())
    claims: Any = CodeIDToken(
        token.claims,
        token.header,
        {"iss": {"essential": True, "value": issuer}, "sub": {"essential": True}},
        {"nonce": nonce, "client_id": client_id, "access_token": access_token, "max_age": max_age},
    )
    try:
        claims.validate(now=seconds, leeway=LEEWAY)
    except JoseError as error:
        raise Unbelievable(f"ID token: {error}") from error
    check_audience(token.claims, client_id)
    subject_of(token.claims)
    if claims["iat"] < began - 10 * LEEWAY:
        raise Unbelievable("the ID token is older than the question")
    return _vouched(token.claims, max_age, now)


def check_audience(claims: dict[str, Any], client_id: str) -> None:
    """Raises Unbelievable unless the token is for us and nobody else."""
    audience = claims.get("aud")
    if audience not in (client_id, [client_id]):
        raise Unbelievable(f"aud is {audience!r}")
    if claims.get("azp", client_id) != client_id:
        raise Unbelievable("azp is somebody else")


def subject_of(claims: dict[str, Any]) -> str:
    """The subject: 1 to 255 characters (Core, 2). Raises Unbelievable."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\x00" in subject:
        raise Unbelievable("no usable sub")
    return subject


def check_logout_token(token: jwt.Token, *, issuer: str, client_id: str, now: datetime) -> None:
    """Raises Unbelievable unless this is a fresh order of this provider to end somebody's sessions here."""
    claims = token.claims
    if claims.get("iss") != issuer:
        raise Unbelievable("iss is somebody else")
    check_audience(claims, client_id)
    event = claims.get("events")
    if not isinstance(event, dict) or not isinstance(event.get(LOGOUT_EVENT), dict):
        raise Unbelievable("no logout event")
    if "nonce" in claims:
        raise Unbelievable("a logout token has no nonce")
    made, over = _moment(claims, "iat"), _moment(claims, "exp")
    if not now - timedelta(seconds=LOGOUT_WITHIN + LEEWAY) <= made <= now + timedelta(seconds=LEEWAY):
        raise Unbelievable("iat is not of now")
    if over < now - timedelta(seconds=LEEWAY):
        raise Unbelievable("expired")
    if not isinstance(claims.get("jti"), str) or not 0 < len(claims["jti"]) <= 255:
        raise Unbelievable("no usable jti")
    # A token with a sid alone is allowed by the standard and sent by nobody we know: whose it is would be a search
    # through everybody's sessions.
    subject_of(claims)


def _moment(claims: dict[str, Any], name: str) -> datetime:
    given = claims.get(name)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise Unbelievable(f"no usable {name}")
    try:
        return datetime.fromtimestamp(given, tz=UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unbelievable(f"no usable {name}") from error


def _vouched(claims: dict[str, Any], max_age: int | None, now: datetime) -> Vouched:
    when = _moment(claims, "auth_time") if claims.get("auth_time") is not None else None
    if when is not None and when > now + timedelta(seconds=LEEWAY):
        raise Unbelievable("auth_time is not yet")
    if max_age is not None and (when is None or when < now - timedelta(seconds=max_age + LEEWAY)):
        raise Unbelievable("the sign-in is older than was asked for")
    amr, acr = claims.get("amr") or [], claims.get("acr")
    if not isinstance(amr, list) or not all(isinstance(method, str) for method in amr):
        raise Unbelievable("amr is no list of words")
    return Vouched(frozenset(amr), acr if isinstance(acr, str) else None, when)
