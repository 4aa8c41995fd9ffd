"""One outside provider as we ask it: the code flow with PKCE through Authlib's client, and nothing taken on trust."""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime
from hmac import compare_digest
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import Token

from portal.domains.identity.federation import checks
from portal.domains.identity.federation.http import Away, GuardedSession, Reach, json_object
from portal.domains.identity.federation.metadata import Published
from portal.domains.identity.federation.vouching import Answer, NoSignIn, Trip, Unbelievable, Vouched
from portal.kernel import clock
from portal.outside import OutsideProvider

ID_TOKEN = frozenset({None, "jwt"})
LOGOUT_TOKEN = frozenset({"logout+jwt"})
TRIP_WITHIN = 600
"""Seconds to come back within."""


class Provider(OAuth2Mixin, OpenIDMixin, BaseApp):
    """Asks one provider. Every method raises Away when it does not answer as the standards say.

    `anywhere` lifts the limits on addresses, for a machine on its own; `now` is the present moment.
    """

    client_cls = GuardedSession

    def __init__(self, settings: OutsideProvider, *, anywhere: bool, now: Callable[[], datetime] = clock.now) -> None:
        self._reach = Reach(anywhere=anywhere, private_network=settings.private_network)
        self._now = now
        self.settings = settings
        self.published = Published(settings.issuer, self._reach, lambda: now().timestamp())
        super().__init__(
            None,
            name=settings.name,
            client_id=settings.client_id,
            client_secret=settings.client_secret or None,
            client_kwargs={
                "reach": self._reach,
                "scope": " ".join(settings.scopes),
                "code_challenge_method": "S256",
            },
        )

    @property
    def issuer(self) -> str:
        """The first half of what names an identity of this provider."""
        return self.settings.issuer

    def load_server_metadata(self) -> dict[str, Any]:
        """What Authlib's client works with: looked at, kept for a while, and only what we know."""
        return self.published.metadata()

    def _get_oauth_client(self, **metadata: Any) -> GuardedSession:
        """Authlib would hand all of the provider's words to the session as its options; one is enough."""
        return super()._get_oauth_client(token_endpoint_auth_method=self._client_auth(metadata))

    def begin(
        self,
        redirect_uri: str,
        *,
        account: str = "",
        then: str = "",
        max_age: int | None = None,
        confirms: bool = False,
    ) -> tuple[str, Trip]:
        """The address to send the browser to, and the trip to keep in its session meanwhile."""
        within = self.settings.max_age if max_age is None else max_age
        trip = Trip(
            provider=self.settings.name,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            redirect_uri=redirect_uri,
            began=self._now().timestamp(),
            max_age=within,
            account=account,
            then=then,
            confirms=confirms,
        )
        asked: dict[str, Any] = {"max_age": within} if within is not None else {}
        if self.settings.second_factor_acr:
            asked["acr_values"] = " ".join(sorted(self.settings.second_factor_acr))
        made = self.create_authorization_url(
            redirect_uri, state=trip.state, nonce=trip.nonce, code_verifier=trip.verifier, **asked
        )
        return str(made["url"]), trip

    def finish(self, trip: Trip, told: Mapping[str, str]) -> Answer:
        """Who came back. `told` is the query of the address the provider sent the browser to.

        Raises NoSignIn when the person said no, Unbelievable when anything is not as it must be.
        """
        now = self._now()
        self._check_way_back(trip, told, now)
        if told.get("error"):
            raise NoSignIn
        code = told.get("code", "")
        if not 0 < len(code) <= 4096:
            raise Unbelievable("no usable code")
        try:
            token: Any = self.fetch_access_token(redirect_uri=trip.redirect_uri, code=code, code_verifier=trip.verifier)
        except (AuthlibBaseError, ValueError) as error:
            raise Unbelievable(f"no token for the code: {type(error).__name__} {error}") from error
        if not isinstance(token, dict) or not isinstance(token.get("access_token"), str):
            raise Unbelievable("no access token")
        try:
            signed = self._signed(token.get("id_token"), ID_TOKEN)
            vouched = checks.check_id_token(
                signed,
                issuer=self.settings.issuer,
                client_id=self.settings.client_id,
                nonce=trip.nonce,
                access_token=token["access_token"],
                began=trip.began,
                max_age=trip.max_age,
                now=now,
            )
        except (JoseError, ValueError, TypeError) as error:
            raise Unbelievable(f"ID token: {type(error).__name__} {error}") from error
        return self._answer(token, dict(signed.claims), vouched)

    def read_logout_token(self, token: object) -> dict[str, Any]:
        """The claims of an order to end sessions, checked but for its `jti`, which is for whoever remembers them.

        Raises Unbelievable.
        """
        try:
            signed = self._signed(token, LOGOUT_TOKEN)
        except (JoseError, ValueError, TypeError) as error:
            raise Unbelievable(f"logout token: {type(error).__name__} {error}") from error
        checks.check_logout_token(
            signed, issuer=self.settings.issuer, client_id=self.settings.client_id, now=self._now()
        )
        return dict(signed.claims)

    def sign_out_url(self, back_to: str, id_token: str) -> str | None:
        """Where the browser goes to end the provider's own session (RP-Initiated Logout); None if there is no such."""
        if not self.settings.sign_out_too or "end_session_endpoint" not in self.load_server_metadata():
            return None
        hint = id_token if self.settings.id_token_hint else None
        made = self.create_logout_url(back_to, hint or None, client_id=self.settings.client_id)
        return str(made["url"])

    def _check_way_back(self, trip: Trip, told: Mapping[str, str], now: datetime) -> None:
        if not compare_digest(told.get("state", "").encode(), trip.state.encode()):
            raise Unbelievable("another state")
        if trip.provider != self.settings.name or not 0 <= now.timestamp() - trip.began <= TRIP_WITHIN:
            raise Unbelievable("a trip to somebody else, or too long ago")
        # RFC 9207: with several providers, one might pass on the answer of another.
        must = self.load_server_metadata().get("authorization_response_iss_parameter_supported") is True
        if told.get("iss", None if must else self.settings.issuer) != self.settings.issuer:
            raise Unbelievable("the answer does not say it comes from here")

    def _signed(self, token: object, types: frozenset[str | None]) -> Token:
        offered = self.load_server_metadata().get("id_token_signing_alg_values_supported")
        try:
            return checks.signed_by(token, self._keys(), offered, types)
        except InvalidKeyIdError:
            return checks.signed_by(token, self._keys(one_is_missing=True), offered, types)

    def _keys(self, *, one_is_missing: bool = False) -> KeySet:
        return self.published.keys(one_is_missing=one_is_missing)

    def _answer(self, token: dict[str, Any], claims: dict[str, Any], vouched: Vouched) -> Answer:
        told = {**self._userinfo(token, claims), **claims}
        email, name, sid = told.get("email"), told.get("name") or told.get("nickname"), claims.get("sid")
        return Answer(
            provider=self.settings.name,
            issuer=self.settings.issuer,
            subject=claims["sub"],
            vouched=vouched,
            email=email if isinstance(email, str) else None,
            email_verified=told.get("email_verified") is True,
            name=name if isinstance(name, str) else "",
            sid=sid if isinstance(sid, str) else None,
            id_token=token["id_token"] if self.settings.id_token_hint else "",
        )

    def _userinfo(self, token: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        url = self.load_server_metadata().get("userinfo_endpoint")
        if not self.settings.userinfo or not url:
            return {}
        with self._get_oauth_client() as session:
            session.token = token
            told = json_object(session.request("GET", url))
        if told.get("sub") != claims["sub"]:
            raise Unbelievable("the userinfo is about somebody else")
        return told

    def _client_auth(self, metadata: Mapping[str, Any]) -> str:
        if not self.client_secret:
            return "none"
        offered = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = self.settings.client_auth == "basic" or (
            not self.settings.client_auth and "client_secret_basic" in offered
        )
        return "client_secret_basic" if basic else "client_secret_post"


__all__ = ["Away", "Provider"]
