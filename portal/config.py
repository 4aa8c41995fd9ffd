"""Settings from the environment; production refuses to start on an insecure or embedded default and says which."""

import json
import os
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal import outside_saml
from portal.outside import OutsideProvider, from_environment
from portal.outside_saml import SamlProvider

PROVIDER_SECRETS = {
    "stripe": (("STRIPE_API_KEY", "stripe_api_key"), ("STRIPE_WEBHOOK_SECRET", "stripe_webhook_secret")),
    "toss": (("TOSS_SECRET_KEY", "toss_secret_key"), ("TOSS_WINDOW_URL", "toss_window_url")),
}
TOSS_API = "https://api.tosspayments.com"
EMBEDDED_SECRET = "only-for-this-machine"  # noqa: S105  # a default that production refuses


class Settings(BaseSettings):
    """Every knob of the portal. In the environment it has its name in capitals, unless an alias says otherwise."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True)

    env: Literal["development", "production"] = Field(default="development", validation_alias="PORTAL_ENV")
    debug: bool = Field(default=False, validation_alias="PORTAL_DEBUG")
    secret_key: str = EMBEDDED_SECRET
    base_url: str = "http://127.0.0.1:8000"
    database_url: str = "postgresql://jari@127.0.0.1:5432/jari"
    redis_url: str = "redis://127.0.0.1:6379/0"

    payment_provider: Literal["stripe", "toss"] = "stripe"
    """Who takes new payments; what was paid with the other one still goes back through it."""
    stripe_api_key: str = "sk_test_local"
    stripe_api_base: str | None = None
    stripe_webhook_secret: str = "whsec_local"  # noqa: S105  # a default that production refuses
    toss_secret_key: str = "test_sk_local"  # noqa: S105  # a default that production refuses
    toss_api_base: str = TOSS_API
    toss_window_url: str = "http://127.0.0.1:8420/toss/window"
    """The page that opens the window of Toss as its query says: amount, orderId, orderName, successUrl, failUrl."""
    provider_timeout: float = 10.0
    """Seconds to wait for one answer of the payment provider."""

    mail_url: str = "smtp://127.0.0.1:1025"
    mail_from: str = "Jari <bookings@jari.example>"
    mail_pace: float = 1.0
    """Stretches how long a sender has a mail to itself, and the pauses between tries; a small one: quick trials."""

    sms_url: str | None = None
    """Where text messages are posted to, as JSON; name and password in it are sent as such, `:token@` as a bearer
    token. Without one nobody is offered codes by text message."""

    default_currency: str = "KRW"
    default_time_zone: str = "Asia/Seoul"
    hold_minutes: int = 15
    hold_extensions: int = 10
    holds_at_once: int = 10
    """How many times one account may hold without paying; what is in an order does not count."""
    waiting_offer_minutes: int = 30
    """How long a place is held for somebody on a waiting list to whom it is offered."""
    waiting_offer_before: int = 15
    """Minutes before a time begins at which no offer for it lasts any longer."""
    waiting_lists_at_once: int = 20
    """How many times one account may wait for."""
    pay_within_minutes: int = 30
    """How long a customer may take to confirm at the bank."""
    move_hours: int | None = Field(default=None, ge=0)
    """Until how many hours before its start a customer may move a booking; without it, as long as giving it back would
    give back all."""
    four_eyes_above: Decimal = Decimal(300_000)
    """Above this amount a second person confirms what staff decide about stuck money, in the order's currency."""
    points_rate: Decimal = Decimal("0.01")
    checkout_wait: float = 4.0
    """Seconds the checkout waits for the provider's answer before the order page takes over."""

    saga_lease: float = 30.0
    saga_settle: float = 10.0
    """Seconds after which the provider's «not found» may be believed: its search lags."""
    saga_pace: float = 1.0
    """Stretches the delays that the saga tables name; a small one makes trials quick."""
    saga_retry_cap: float = 3600.0
    """No delay between two tries is longer, in seconds."""
    saga_max_attempts: int = 500
    """Visits without progress, crashes included, before a saga is parked as poison."""
    sweep_every: float = 1.0
    saga_archive_after_days: int = 90
    """When finished processes leave the tables that bookings go through; they stay readable. 0: never."""

    session_idle_minutes: int = 120
    session_absolute_hours: int = 24 * 14
    staff_idle_minutes: int = 30
    staff_absolute_hours: int = 12
    sign_in_tries: str = "5 per 5 minutes"
    """Wrong passwords or codes for one account; the right one is taken again when the time is over."""
    sign_in_tries_per_address: str = "30 per 5 minutes"
    """Wrong passwords or codes from one address, whatever the account."""
    sign_in_tries_per_pair: str = "20 per hour"
    """Wrong passwords for one account from one address: who guesses slowly."""
    fresh_seconds: int = 300
    """How long having shown who one is counts for money, tokens and what protects the account."""
    codes_sent: str = "5 per 15 minutes"
    """Codes by mail and text message to one account."""
    codes_sent_per_address: str = "30 per hour"
    reset_links: str = "5 per hour"
    """Links for a new password to one account."""
    password_composition: bool = True
    """Whether a password needs letters of both cases, a digit and a special character. `off`: length and lists only,
    as ASVS 5.0 6.2.5 and NIST 800-63B would have it."""
    sign_ups_per_address: str = "20 per hour"
    outside: tuple[OutsideProvider, ...] = Field(default_factory=from_environment, validation_alias="-")
    """Providers people may sign in with, from `OIDC_<NAME>_…`; outside.py names the fields."""
    saml: tuple[SamlProvider, ...] = Field(default_factory=outside_saml.from_environment, validation_alias="--")
    """The same by SAML 2.0, from `SAML_<NAME>_…`; outside_saml.py names the fields."""
    access_token_minutes: int = Field(default=15, ge=1, le=24 * 60)
    """How long an access token of the API is good, unless whoever issues it says otherwise."""
    refresh_days: int = 30
    """How long an app that somebody allowed may renew its access tokens before it has to ask that person again."""
    token_requests_per_address: str = "300 per minute"  # noqa: S105  # a pace
    """Requests for tokens from one address; a partner's servers may share one."""
    api_calls: str = "600 per minute"
    """Calls of the API for one account by one client."""
    api_calls_per_address: str = "300 per minute"
    """Calls of the API's open part from one address."""
    proxy_hops: int = 0
    metrics_token: str | None = None
    """What must come as a bearer token with GET /metrics; without one, production shows no figures."""
    worker_metrics: str | None = None
    """Where a worker machine without a web process shows its figures, as `host:port`."""

    @model_validator(mode="after")
    def _one_provider_a_name(self) -> "Settings":
        if both := {one.name for one in self.outside} & {one.name for one in self.saml}:
            raise ValueError(f"OIDC_… and SAML_… have a provider of the same name: {', '.join(sorted(both))}")
        return self

    @property
    def secure_cookies(self) -> bool:
        """Whether the site is reached by https, so that cookies may be `__Host-` and Secure."""
        return self.base_url.startswith("https://")

    def faults(self) -> list[str]:
        """What production would not accept, one sentence each."""
        found = []
        if self.secret_key == EMBEDDED_SECRET or len(self.secret_key) < 32:
            found.append("SECRET_KEY is missing or shorter than 32 characters")
        if not self.secure_cookies:
            found.append("BASE_URL is not https")
        given = self.model_fields_set
        for name, field in (
            ("DATABASE_URL", "database_url"),
            ("REDIS_URL", "redis_url"),
            ("MAIL_URL", "mail_url"),
            *PROVIDER_SECRETS[self.payment_provider],
        ):
            if field not in given:
                found.append(f"{name} is not set")
        found += [fault for provider in self.outside for fault in provider.faults()]
        found += [fault for provider in self.saml for fault in provider.faults()]
        if self.metrics_token is not None and len(self.metrics_token) < 16:
            found.append("METRICS_TOKEN is shorter than 16 characters")
        if self.sms_url and not self.sms_url.startswith("https://"):
            found.append("SMS_URL is not https")
        if self.stripe_api_base:
            found.append("STRIPE_API_BASE points away from the real provider")
        if self.toss_api_base != TOSS_API:
            found.append("TOSS_API_BASE points away from the real provider")
        return found


class InsecureSettings(RuntimeError):
    """A production server was asked to start on defaults that are only good for one machine."""


DEMO = Path(__file__).resolve().parent.parent / "var" / "demo.json"


def borrow_from_demo() -> None:
    """Lets a command that was told of no database find the demo that runs in this folder."""
    if "DATABASE_URL" in os.environ or os.environ.get("PORTAL_ENV") == "production" or not DEMO.exists():
        return
    for name, value in json.loads(DEMO.read_text()).get("environment", {}).items():
        os.environ.setdefault(name, str(value))


def load() -> Settings:
    """The settings of this process. Raises InsecureSettings in production when something embedded is left."""
    borrow_from_demo()
    settings = Settings()
    if settings.env == "production" and (faults := settings.faults()):
        raise InsecureSettings("Jari does not start in production: " + "; ".join(faults) + ".")
    return settings


@lru_cache(maxsize=1)
def current() -> Settings:
    """The settings of this process, read once; workers and web share it."""
    return load()
