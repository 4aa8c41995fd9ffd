"""Writing a refund policy: what does not matter is not in the way, and nothing that was typed is hidden."""

import pytest
from playwright.sync_api import StorageState, expect

from tests.journeys.conftest import Come

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("scripts", [True, False])
def test_times_and_fee_are_there_unless_nothing_comes_back_and_nothing_is_typed(
    come: Come, staff_state: StorageState, scripts: bool
) -> None:
    staff = come(storage_state=staff_state, java_script_enabled=scripts)
    staff.goto("/staff/policies/new")
    times, kind = staff.get_by_label("Hours before").first, staff.get_by_label("What comes back")
    expect(times).to_be_visible()
    kind.select_option("nothing, ever")
    expect(times).to_be_hidden()
    expect(staff.get_by_label("Fee", exact=False).first).to_be_hidden()
    kind.select_option("by how long it is until the start")
    times.fill("24")
    kind.select_option("nothing, ever")
    expect(times).to_be_visible()
