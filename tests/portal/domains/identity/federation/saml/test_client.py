"""An honest answer is taken; each forged one is refused for its own reason, by us or by the library before us."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from onelogin.saml2.response import OneLogin_Saml2_Response

from portal.domains.identity.federation import Answer, NoSignIn, SamlTrip, Unbelievable
from portal.domains.identity.federation.http import Away
from portal.domains.identity.federation.saml import signature
from portal.domains.identity.federation.saml.client import SamlClient
from portal.kernel import clock
from tests.portal.domains.identity.federation.saml.conftest import ACS, AUDIENCE, Memory, client_of
from tests.portal.domains.identity.federation.saml.forgeries import FORGERIES, STRANGER, Forgery
from tests.support.saml import NS, PASSWORD, Idp, packed

BEGIN, END = "<!-- forged assertions -->\n", "<!-- end of forged assertions -->\n"


def comes_back(ours: SamlClient, idp: Idp, memory: Memory) -> Answer:
    url, trip = ours.begin(ACS, AUDIENCE)
    return ours.finish(trip, idp.authorise(url)["SAMLResponse"], memory.use_once)


def test_an_honest_answer_says_who_it_is(ours: SamlClient, idp: Idp, memory: Memory) -> None:
    answer = comes_back(ours, idp, memory)
    assert (answer.issuer, answer.subject) == (f"saml:{idp.entity_id}", "person-1")
    assert (answer.email, answer.email_verified, answer.name) == ("kim@example.com", False, "Kim Minji")
    assert answer.vouched.acr == PASSWORD
    assert answer.vouched.fresh(clock.now(), 60)


def test_signed_response_and_assertion_is_honest_too(ours: SamlClient, idp: Idp, memory: Memory) -> None:
    url, trip = ours.begin(ACS, AUDIENCE)
    both = idp.signed(idp.honest(idp.facts(url)))
    assert ours.finish(trip, packed(both), memory.use_once).subject == "person-1"


@pytest.mark.parametrize("lie", [pytest.param(lie, id=lie.what, marks=pytest.mark.asvs(lie.asvs)) for lie in FORGERIES])
def test_a_forged_answer_opens_nothing(ours: SamlClient, idp: Idp, memory: Memory, lie: Forgery) -> None:
    url, trip = ours.begin(ACS, AUDIENCE)
    with pytest.raises(Unbelievable, match=lie.because):
        ours.finish(trip, packed(lie.told(idp, idp.facts(url))), memory.use_once)
    assert not memory, "what was not believed is not used up"


@pytest.mark.parametrize("lie", [pytest.param(lie, id=lie.what) for lie in FORGERIES])
def test_what_the_library_refuses_by_itself_is_as_the_table_says(ours: SamlClient, idp: Idp, lie: Forgery) -> None:
    """Also what shows that they are good ones: a dozen of them open a portal that only believes its library."""
    url, trip = ours.begin(ACS, AUDIENCE)
    told = packed(lie.told(idp, idp.facts(url)))
    assert as_the_library_does(ours, trip, told) is not lie.by_library


def as_the_library_does(ours: SamlClient, trip: SamlTrip, told: str) -> bool:
    settings = signature.settings_for(ours._idp, audience=trip.audience, acs=trip.acs)
    here = {"https": "off", "http_host": "localhost", "script_name": "/sign-in/with/acme/acs"}
    try:
        response = OneLogin_Saml2_Response(settings, told)
        return bool(response.is_valid(here, trip.request) and response.get_nameid())
    except Exception:
        return False


def test_there_are_more_than_twenty_two_and_the_docs_name_them(root: Path, request: pytest.FixtureRequest) -> None:
    """`pytest --write-tables` writes them there."""
    assert len({lie.what for lie in FORGERIES}) == len(FORGERIES) > 22
    rows = [f"| {lie.what} | {'yes' if lie.by_library else 'no'} | refused |\n" for lie in FORGERIES]
    head = "| the provider's answer | refused by python3-saml itself | here |\n| --- | --- | --- |\n"
    table, file = head + "".join(rows), root / "docs/sign-in.md"
    before, _, rest = file.read_text().partition(BEGIN)
    written, _, after = rest.partition(END)
    print(table)
    if request.config.getoption("--write-tables"):
        file.write_text(before + BEGIN + table + END + after)
    else:
        assert written == table, "run: pytest --write-tables tests/portal/domains/identity/federation"


@pytest.mark.asvs("6.8.3")
def test_an_assertion_is_used_once_and_an_answer_belongs_to_its_question(
    ours: SamlClient, idp: Idp, memory: Memory
) -> None:
    url, trip = ours.begin(ACS, AUDIENCE)
    told = idp.authorise(url)["SAMLResponse"]
    ours.finish(trip, told, memory.use_once)
    with pytest.raises(Unbelievable, match="used before"):
        ours.finish(trip, told, memory.use_once)
    _, another = ours.begin(ACS, AUDIENCE)
    with pytest.raises(Unbelievable, match="InResponseTo"):
        ours.finish(another, told, Memory().use_once)


@pytest.mark.asvs("6.8.3")
def test_a_trip_ends_in_time_and_at_its_own_provider(ours: SamlClient, idp: Idp, memory: Memory) -> None:
    url, trip = ours.begin(ACS, AUDIENCE)
    told = idp.authorise(url)["SAMLResponse"]
    late = SamlClient(ours.settings, anywhere=True, now=lambda: clock.now() + timedelta(minutes=11))
    with pytest.raises(Unbelievable, match="too long ago"):
        late.finish(trip, told, memory.use_once)
    with pytest.raises(Unbelievable, match="somebody else"):
        client_of(idp, name="another").finish(trip, told, memory.use_once)


def test_a_no_there_is_told_apart_from_a_lie(ours: SamlClient, idp: Idp, memory: Memory) -> None:
    url, trip = ours.begin(ACS, AUDIENCE)
    facts = idp.facts(url)
    facts.status = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    with pytest.raises(NoSignIn):
        ours.finish(trip, packed(facts.response_xml("")), memory.use_once)
    facts.request = "_other"
    with pytest.raises(Unbelievable):
        ours.finish(trip, packed(facts.response_xml("")), memory.use_once)


@pytest.mark.parametrize("junk", ["", "a", "%%%%", "AAAA", packed("<a/>"), packed("<a"), "A" * 300_000, "é"])
def test_junk_is_no_answer(ours: SamlClient, memory: Memory, junk: str) -> None:
    _, trip = ours.begin(ACS, AUDIENCE)
    with pytest.raises(Unbelievable):
        ours.finish(trip, junk, memory.use_once)


def test_a_new_key_of_the_provider_is_taken_once_it_is_in_its_metadata(
    idp: Idp, memory: Memory, tmp_path: Path
) -> None:
    file = tmp_path / "idp.xml"
    both = idp.metadata()
    new = Idp(idp.entity_id, STRANGER)
    key = new.metadata().partition("<KeyDescriptor")[2].partition("</KeyDescriptor>")[0]
    file.write_text(both.replace("<KeyDescriptor", f"<KeyDescriptor{key}</KeyDescriptor><KeyDescriptor", 1))
    ours = client_of(idp, metadata=file)
    assert comes_back(ours, idp, memory).subject == comes_back(ours, new, memory).subject
    file.write_text(idp.metadata())
    with pytest.raises(Unbelievable, match="Signature validation"):
        comes_back(client_of(idp, metadata=file), new, memory)


@pytest.mark.parametrize("place", ["EntityDescriptor ", "IDPSSODescriptor "])
def test_metadata_that_are_over_vouch_for_nobody(idp: Idp, memory: Memory, tmp_path: Path, place: str) -> None:
    file, now = tmp_path / "idp.xml", clock.now()
    until = (now + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    file.write_text(idp.metadata().replace(f"<{place}", f'<{place}validUntil="{until}" cacheDuration="PT1S" ', 1))
    ours = client_of(idp, metadata=file)
    assert comes_back(ours, idp, memory).subject
    url, trip = ours.begin(ACS, AUDIENCE)
    later = SamlClient(ours.settings, anywhere=True, now=lambda: now + timedelta(minutes=6))
    with pytest.raises(Away, match="valid until"):
        later.begin(ACS, AUDIENCE)
    with pytest.raises(Unbelievable, match="metadata are over"):
        later.finish(trip, idp.authorise(url)["SAMLResponse"], memory.use_once)


def test_an_end_that_is_no_time_is_no_metadata(idp: Idp, tmp_path: Path) -> None:
    file = tmp_path / "idp.xml"
    file.write_text(idp.metadata().replace("<EntityDescriptor ", '<EntityDescriptor validUntil="some day" ', 1))
    with pytest.raises(ValueError, match="validUntil"):
        client_of(idp, metadata=file)


def test_an_attribute_may_name_the_person(idp: Idp, memory: Memory) -> None:
    ours = client_of(idp, subject="uid")
    idp.change = lambda facts: (facts.said.update(uid="kim-1"), setattr(facts, "format", None))
    assert comes_back(ours, idp, memory).subject == "kim-1"
    idp.change = lambda facts: None
    with pytest.raises(Unbelievable, match="subject"):
        comes_back(ours, idp, memory)


def test_the_question_asks_for_what_the_settings_want(idp: Idp) -> None:
    url, trip = client_of(idp, second_factor_acr="urn:mfa", audience="urn:jari&co").begin(ACS, AUDIENCE, confirms=True)
    question, relay = idp.asked(url)
    assert (question.get("ForceAuthn"), relay) == ("true", trip.relay_state)
    assert question.findtext("saml:Issuer", None, NS) == "urn:jari&co"
    assert question.findtext(".//saml:AuthnContextClassRef", None, NS) == "urn:mfa"
    assert len(relay) <= 80


def test_our_metadata_say_who_we_are(ours: SamlClient) -> None:
    told: Any = etree.fromstring(ours.metadata(ACS, AUDIENCE))
    assert told.get("entityID") == AUDIENCE
    ns = {"m": "urn:oasis:names:tc:SAML:2.0:metadata"}
    assert told.find("m:SPSSODescriptor", ns).get("WantAssertionsSigned") == "true"
    assert told.find(".//m:AssertionConsumerService", ns).get("Location") == ACS
