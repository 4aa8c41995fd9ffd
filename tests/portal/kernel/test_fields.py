"""Checks of what people typed."""

import pytest

from portal.kernel.errors import Invalid
from portal.kernel.fields import Faults


def test_every_fault_is_told_at_once_and_the_first_of_a_field_counts() -> None:
    faults = Faults()
    faults.line("name", "", most=3, needed=True)
    faults.add("name", "Another fault.")
    faults.whole("count", 12, least=0, most=9)
    with pytest.raises(Invalid) as caught:
        faults.stop()
    assert str(caught.value) == "name: This cannot be empty.; count: This must be at most 9."


def test_clean_input_passes_and_comes_back_tidied() -> None:
    faults = Faults()
    assert faults.line("name", " a \n b\t", most=3) == "a b"
    assert faults.text("words", "a\r\n\r\nb \n", most=9) == "a\n\nb"
    assert faults.line("name", "\u202e\u2066a\u2069b\u202c", most=3) == "ab"
    assert faults.whole("count", 9, least=0, most=9) == 9
    faults.stop()


@pytest.mark.parametrize("value", [None, 7, b"x", "\x00", "\ud800", "a\x1b[0m", "x" * 4])
def test_what_is_no_text_that_can_be_kept_is_a_fault(value: object) -> None:
    faults = Faults()
    faults.line("name", value, most=3)
    assert list(faults.found) == ["name"]


@pytest.mark.parametrize("value", [None, "7", 7.0, True, -1, 10])
def test_what_is_no_whole_number_in_bounds_is_a_fault(value: object) -> None:
    faults = Faults()
    faults.whole("count", value, least=0, most=9)
    assert list(faults.found) == ["count"]
