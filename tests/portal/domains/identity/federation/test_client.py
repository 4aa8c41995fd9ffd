"""An honest provider's answer is taken; each of 25 lies is refused."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError

from portal.domains.identity.federation import Answer, Away, NoSignIn, Provider, Unbelievable, Vouched
from portal.kernel import clock
from portal.outside import OutsideProvider
from tests.portal.domains.identity.federation.conftest import BACK, client_of
from tests.portal.domains.identity.federation.lies import LIES, Lie
from tests.support import hostile
from tests.support.hostile import CLIENT, SECRET, Hostile

BEGIN, END = "<!-- hostile answers -->\n", "<!-- end of hostile answers -->\n"


def test_an_honest_answer_says_who_it_is(liar: Hostile, ours: Provider) -> None:
    liar.claims = lambda claims: claims.update(amr=["pwd", "otp"], acr="strong")
    url, trip = ours.begin(BACK)
    answer = ours.finish(trip, liar.authorise(url))
    assert (answer.issuer, answer.subject, answer.sid) == (liar.issuer, "person-1", "session-there")
    assert (answer.email, answer.email_verified, answer.name) == ("kim@example.com", True, "Kim Minji")
    assert (answer.vouched.amr, answer.vouched.acr) == ({"pwd", "otp"}, "strong")
    assert answer.vouched.fresh(clock.now(), 60)
    assert answer.id_token == ""


def comes_back(liar: Hostile, ours: Provider, lie: Lie) -> Answer:
    url, trip = ours.begin(BACK, max_age=lie.max_age)
    told = {**liar.authorise(url), **dict(lie.way_back)}
    return ours.finish(trip, {name: value for name, value in told.items() if value is not None})


@pytest.mark.parametrize("lie", [pytest.param(lie, id=lie.what, marks=pytest.mark.asvs(lie.asvs)) for lie in LIES])
def test_a_lie_opens_nothing(liar: Hostile, ours: Provider, lie: Lie) -> None:
    lie.change(liar)
    with pytest.raises((Unbelievable, Away), match=lie.because):
        comes_back(liar, ours, lie)


@pytest.mark.parametrize("lie", [pytest.param(lie, id=lie.what) for lie in LIES])
def test_what_authlib_refuses_by_itself_is_as_the_table_says(liar: Hostile, lie: Lie) -> None:
    """Also what shows that the lies are good ones: eleven of them open a client that only believes its library."""
    lie.change(liar)
    if not lie.by_authlib:
        assert as_authlib_does(liar, lie)["access_token"]
    elif not lie.way_back:  # the state belongs to the framework's half of Authlib
        with pytest.raises((JoseError, ValueError)):
            as_authlib_does(liar, lie)


class PlainApp(OAuth2Mixin, OpenIDMixin, BaseApp):
    client_cls = OAuth2Session


def as_authlib_does(liar: Hostile, lie: Lie) -> Any:
    address = f"{liar.issuer}/.well-known/openid-configuration"
    how = {"scope": "openid", "code_challenge_method": "S256"}
    plain = PlainApp(None, client_id=CLIENT, client_secret=SECRET, server_metadata_url=address, client_kwargs=how)
    asked = {} if lie.max_age is None else {"max_age": lie.max_age}
    made = plain.create_authorization_url(BACK, **asked)
    code = liar.authorise(made["url"])["code"]
    token = plain.fetch_access_token(BACK, code=code, code_verifier=made["code_verifier"])
    if "id_token" in token:
        plain.parse_id_token(token, nonce=made["nonce"])
    return token


def test_there_are_twenty_five_and_the_docs_name_them(root: Path, request: pytest.FixtureRequest) -> None:
    """`pytest --write-tables` writes them there."""
    assert len({lie.what for lie in LIES}) == 25
    rows = [f"| {lie.what} | {'yes' if lie.by_authlib else 'no'} | refused |\n" for lie in LIES]
    head = "| the provider's answer | refused by Authlib itself | here |\n| --- | --- | --- |\n"
    table, file = head + "".join(rows), root / "docs/sign-in.md"
    before, _, rest = file.read_text().partition(BEGIN)
    written, _, after = rest.partition(END)
    if request.config.getoption("--write-tables"):
        file.write_text(before + BEGIN + table + END + after)
    else:
        assert written == table, "run: pytest --write-tables tests/portal/domains/identity/federation"


@pytest.mark.asvs("10.1.2")
def test_a_trip_ends_by_its_own_browser_in_time_and_at_its_own_provider(liar: Hostile, ours: Provider) -> None:
    url, trip = ours.begin(BACK)
    _, of_another_browser = ours.begin(BACK)
    with pytest.raises(Unbelievable):
        ours.finish(of_another_browser, liar.authorise(url))
    late = Provider(ours.settings, anywhere=True, now=lambda: clock.now() + timedelta(minutes=11))
    with pytest.raises(Unbelievable):
        late.finish(trip, liar.authorise(url))
    with pytest.raises(Unbelievable):
        client_of(liar, name="another").finish(trip, liar.authorise(url))


def test_a_code_without_its_verifier_or_used_before_opens_nothing(liar: Hostile, ours: Provider) -> None:
    url, trip = ours.begin(BACK)
    told = liar.authorise(url)
    with pytest.raises(Unbelievable):
        ours.finish(type(trip).of({**trip.kept(), "verifier": "x" * 64}), told)
    told = liar.authorise(url)
    ours.finish(trip, told)
    with pytest.raises(Unbelievable):
        ours.finish(trip, told)


def test_a_no_of_the_person_is_told_apart_from_a_lie(liar: Hostile, ours: Provider) -> None:
    url, trip = ours.begin(BACK)
    state = liar.authorise(url)["state"]
    with pytest.raises(NoSignIn):
        ours.finish(trip, {"error": "access_denied", "state": state, "iss": liar.issuer})
    with pytest.raises(Unbelievable):
        ours.finish(trip, {"error": "access_denied", "state": "another", "iss": liar.issuer})


@pytest.mark.asvs("10.2.2")
def test_two_providers_are_not_mixed_up(liar: Hostile, ours: Provider) -> None:
    """The answer of one, brought back on the way of the other: its own iss gives it away."""
    with hostile.running() as evil:
        url, trip = ours.begin(BACK)
        told = liar.authorise(url) | {"iss": evil.issuer}
        with pytest.raises(Unbelievable):
            ours.finish(trip, told)
        liar.metadata["authorization_response_iss_parameter_supported"] = False
        ours = client_of(liar)
        url, trip = ours.begin(BACK)
        with pytest.raises(Unbelievable):
            ours.finish(trip, liar.authorise(url) | {"iss": evil.issuer})
        told = liar.authorise(url)
        told.pop("iss")
        assert ours.finish(trip, told).subject == "person-1"


def test_userinfo_is_asked_when_told_to_and_must_be_about_the_same_person(liar: Hostile) -> None:
    liar.claims = lambda claims: [claims.pop(name) for name in ("email", "email_verified")]
    asks = client_of(liar, userinfo=True)
    url, trip = asks.begin(BACK)
    assert asks.finish(trip, liar.authorise(url)).email_verified
    liar.userinfo["sub"] = "somebody else"
    url, trip = asks.begin(BACK)
    with pytest.raises(Unbelievable):
        asks.finish(trip, liar.authorise(url))


def test_a_new_key_is_asked_for_once_and_a_forged_one_not_every_time(liar: Hostile, ours: Provider) -> None:
    def keys_read() -> int:
        return liar.asked.count("/keys")

    def again() -> None:
        url, trip = ours.begin(BACK)
        ours.finish(trip, liar.authorise(url))

    again()
    assert keys_read() == 1
    liar.key = hostile.ECKey.generate_key("P-256", {"kid": "two", "use": "sig", "alg": "ES256"})
    liar.published.append(liar.key)
    liar.header = {"kid": "two"}
    ours.published._keys_read -= 60  # they were read a minute ago
    again()
    assert keys_read() == 2
    liar.header = {"kid": "three"}
    for _ in range(5):
        with pytest.raises(Unbelievable):
            again()
    assert keys_read() == 2


def test_metadata_are_read_anew_after_an_hour(liar: Hostile) -> None:
    moment = [clock.now()]
    facts = {"name": "liar", "issuer": liar.issuer, "client_id": "jari"}
    ours = Provider(OutsideProvider.model_validate(facts), anywhere=True, now=lambda: moment[0])
    ours.begin(BACK)
    ours.begin(BACK)
    assert len(liar.asked) == 1
    moment[0] += timedelta(hours=1, seconds=1)
    ours.begin(BACK)
    assert len(liar.asked) == 2


@pytest.mark.asvs("6.8.4")
def test_what_is_vouched_for_counts_as_far_as_the_settings_trust_it() -> None:
    facts = {"name": "a", "issuer": "https://a.example", "client_id": "x"}
    trusts_nobody = OutsideProvider.model_validate(facts)
    trusts = OutsideProvider.model_validate(
        facts | {"second_factor_amr": "otp hwk", "second_factor_acr": "phr,urn:mfa"}
    )
    strong, weak = Vouched(frozenset({"pwd", "otp"})), Vouched(frozenset({"pwd"}), acr="1")
    assert not strong.second_factor(trusts_nobody)
    assert strong.second_factor(trusts)
    assert not weak.second_factor(trusts)
    assert Vouched(acr="urn:mfa").second_factor(trusts)
    assert not Vouched().second_factor(trusts)
    now = clock.now()
    assert not Vouched().fresh(now, 300)
    assert not Vouched(auth_time=now - timedelta(seconds=301)).fresh(now, 300)
    assert Vouched(auth_time=now - timedelta(seconds=299)).fresh(now, 300)
