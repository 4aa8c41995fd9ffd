"""An OpenID Connect provider that lies as it is told: a server of its own, with its own keys."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT, SECRET = "jari", "a secret of this client alone"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
Claims = dict[str, Any]


class Hostile:
    """`metadata`, `claims`, `header` and `token` are changed by whoever wants a lie; untouched it is honest."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.issuer = url
        self.key: Any = ECKey.generate_key("P-256", {"kid": "one", "use": "sig", "alg": "ES256"})
        self.published: list[Any] = [self.key]
        self.subject = "person-1"
        self.person: Claims = {"email": "kim@example.com", "email_verified": True, "name": "Kim Minji"}
        self.metadata: Claims = {}
        self.userinfo: Claims = {}
        self.sign: Callable[[Claims, Claims], str] = self.signed
        self.claims: Callable[[Claims], None] = lambda _claims: None
        self.header: Claims = {}
        self.token: Callable[[Claims], None] = lambda _token: None
        self.redirect: dict[str, str] = {}
        """Path -> where it sends on to instead of answering."""
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    def authorise(self, address: str, **more: str) -> dict[str, str]:
        """What a browser brings back that was sent to `address` and whose person agreed: the query of the way back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["client_id"] == CLIENT
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer, **more}

    def signed(self, header: Claims, claims: Claims, *, key: Any = None, alg: str = "ES256") -> str:
        registry = jws.JWSRegistry(algorithms=[alg], strict_check_header=False)
        whole = {"alg": alg, "kid": "one", "typ": "JWT", **header}
        whole = {name: value for name, value in whole.items() if value is not None}
        return str(jws.serialize_compact(whole, json.dumps(claims).encode(), key or self.key, registry=registry))

    def logout_token(self, **changes: Any) -> str:
        """A logout token for the person, with these claims instead; None takes one out. `typ` is its header's."""
        now, header = int(time.time()), {"typ": changes.pop("typ", "logout+jwt")}
        sign = changes.pop("sign", self.signed)
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": self.subject,
            "iat": now,
            "exp": now + 120,
            "jti": f"logout-{time.time_ns()}",
            "events": {LOGOUT: {}},
            **changes,
        }
        return str(sign(header, {name: value for name, value in claims.items() if value is not None}))

    def answer(self, path: str, body: dict[str, str]) -> tuple[int, Any]:
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, self._discovery()
        if path == "/keys":
            return 200, KeySet(self.published).as_dict(private=False)
        if path == "/userinfo":
            return 200, {"sub": self.subject, **self.person, **self.userinfo}
        if path == "/token":
            return self._token(body)
        return 404, {}

    def _discovery(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "end_session_endpoint": f"{self.url}/bye",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["ES256", "RS256"],
            "authorization_response_iss_parameter_supported": True,
            **self.metadata,
        }

    def _token(self, body: dict[str, str]) -> tuple[int, Any]:
        asked = self._codes.pop(body.get("code", ""), None)
        proof = hashlib.sha256(body.get("code_verifier", "").encode()).digest()
        challenge = _base64(proof)
        if not asked or asked["code_challenge"] != challenge or asked["redirect_uri"] != body.get("redirect_uri"):
            return 400, {"error": "invalid_grant"}
        access, now = "an access token", int(time.time())
        half = hashlib.sha256(access.encode()).digest()[:16]
        claims: Claims = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": asked["nonce"],
            "sid": "session-there",
            "at_hash": _base64(half),
            **self.person,
        }
        self.claims(claims)
        token = {"access_token": access, "token_type": "Bearer", "id_token": self.sign(self.header, claims)}
        self.token(token)
        return 200, token


def unsigned(_header: Claims, claims: Claims) -> str:
    """A token of `alg: none`."""
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    head, body = (_base64(json.dumps(one).encode()) for one in parts)
    return f"{head}.{body}."


def other_key() -> Any:
    return ECKey.generate_key("P-256", {"kid": "one", "use": "sig"})


def rsa_key() -> Any:
    return RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig", "alg": "RS256"})


def by_secret(secret: bytes, header: Claims, claims: Claims) -> str:
    """A token of HS256, by hand: no library signs with a public key as the secret."""
    parts = [{"alg": "HS256", "typ": "JWT", **header}, claims]
    text = ".".join(_base64(json.dumps(one).encode()) for one in parts)
    return f"{text}.{_base64(hmac.digest(secret, text.encode(), 'sha256'))}"


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def running() -> Iterator[Hostile]:
    """Serves until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(*provider.answer(self.path.partition("?")[0], {}))

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            self._say(*provider.answer(self.path, {name: values[0] for name, values in parse_qs(sent).items()}))

        def _say(self, status: int, body: Any) -> None:
            path = self.path.partition("?")[0]
            data = json.dumps(body).encode()
            self.send_response(302 if path in provider.redirect else status)
            if path in provider.redirect:
                self.send_header("Location", provider.redirect[path])
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider = Hostile(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.02), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
