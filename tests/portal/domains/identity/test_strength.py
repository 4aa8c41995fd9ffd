"""New passwords: what leaked, what is guessed by pattern, and what anybody knows of the owner is refused."""

import pytest

from portal.domains.identity.strength import context_words, leaked, weakness

MINSEO = {"email": "minseo.kim@example.com", "name": "Kim Minseo"}


@pytest.mark.asvs("6.2.1", "6.2.9")
@pytest.mark.parametrize(
    ("password", "fine"),
    [
        ("Ab1!efg7ijk", False),  # 11
        ("Kp1!vzg7iqk2", True),  # 12
        ("Harbour lantern 26! " * 3 + "tea!", True),  # 64
        ("Harbour lantern 26! " * 6 + "tea pots", True),  # 128
        ("Harbour lantern 26! " * 6 + "tea pots!", False),
        ("Harbour 🏮 lantern 26", True),
    ],
)
def test_twelve_to_128_characters_of_any_kind(password: str, fine: bool) -> None:
    assert (weakness(password, **MINSEO) is None) is fine


@pytest.mark.asvs("6.2.4", "6.2.12")
@pytest.mark.parametrize("password", ["1qaz!QAZ2wsx@WSX", "1qaz@WSX3edc$RFV", "!QAZ2wsx#EDC4rfv"])
def test_what_leaked_is_refused_though_it_has_all_four_classes(password: str) -> None:
    assert leaked(password)
    assert "stolen passwords" in (weakness(password, **MINSEO) or "")
    assert not leaked("Harbour-Lantern!26")


@pytest.mark.asvs("6.2.4")
@pytest.mark.parametrize("password", ["Password1!Password1!", "P@ssw0rd123!", "Aa1!Aa1!Aa1!Aa1!", "Aa123456789!"])
def test_what_follows_a_pattern_is_refused(password: str) -> None:
    assert weakness(password, **MINSEO) is not None


@pytest.mark.asvs("6.2.11")
@pytest.mark.parametrize("password", ["Minseo-teapot!99", "tea-JARI-pot!990x", "teapot-minseo.kim!X9"])
def test_names_of_house_and_owner_are_refused_in_any_case(password: str) -> None:
    assert "contains your name" in (weakness(password, **MINSEO) or "")
    assert weakness("Teapot-harbour!99", **MINSEO) is None


@pytest.mark.asvs("6.2.11")
def test_short_words_are_no_context_unless_they_are_korean() -> None:
    assert context_words("kim.m@example.com", "김민서 Lee") == ["jari", "booking", "김민서"]


@pytest.mark.asvs("6.2.5")
def test_the_four_classes_are_a_switch() -> None:
    phrase = "teapotsunderharbours"
    assert len(phrase) == 20
    assert "upper-case" in (weakness(phrase) or "")
    assert weakness(phrase, composition=False) is None
    assert weakness("teapots", composition=False) is not None
