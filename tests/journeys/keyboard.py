"""Pages without a mouse: walking with Tab, and where one is."""

from playwright.sync_api import Page

FAR = 80
"""Presses of Tab after which something counts as out of reach."""


def tab_to(visitor: Page, selector: str) -> None:
    """Presses Tab until it is there; on the way every stop can be seen."""
    for _ in range(FAR):
        visitor.keyboard.press("Tab")
        assert visitor.evaluate("document.activeElement.checkVisibility()"), "the focus is on something invisible"
        if focused(visitor, selector):
            return
    raise AssertionError(f"{selector} is out of reach of the Tab key")


def focused(visitor: Page, selector: str) -> bool:
    return bool(visitor.evaluate("selector => document.activeElement.matches(selector)", selector))
