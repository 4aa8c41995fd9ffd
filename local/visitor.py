"""A visitor without JavaScript: opens pages, fills in the forms it finds there, and follows where they lead."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


@dataclass
class Form:
    """A form as it stands on the page: where it goes, and what it would send untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class LostTheWay(Exception):
    """A page was not what the visitor had reason to expect; the sentence says what was there instead."""


class Visitor:
    """One browser: its cookies, and the page it is on."""

    def __init__(self, home: str) -> None:
        self.home = home
        self.url = home
        self.page = ""
        self._session = requests.Session()
        self._session.trust_env = False  # everything is on this machine, whatever proxy is set

    def open(self, path: str) -> str:
        """Goes to a page. Raises LostTheWay if it is not there."""
        return self._arrive(self._session.get(urljoin(self.home, path), timeout=30))

    def send(self, goes_to: str, answers: Mapping[str, str] | None = None) -> str:
        """Fills in the form that goes to `goes_to` (a part of its address) and sends it."""
        form = next((form for form in forms_of(self.page) if goes_to in form.action), None)
        if form is None:
            raise LostTheWay(f"{self.url} has no form that goes to {goes_to}")
        data = {**form.fields, **(answers or {})}
        address = urljoin(self.url, form.action)
        return self._arrive(self._session.post(address, data=data, headers={"Origin": self.home}, timeout=30))

    def choices(self, goes_to: str, name: str) -> list[str]:
        """The values of the buttons called `name` in the form that goes to `goes_to`."""
        return [
            value
            for form in forms_of(self.page)
            if goes_to in form.action
            for button, value in form.buttons
            if button == name
        ]

    def _arrive(self, answer: requests.Response) -> str:
        self.url, self.page = answer.url, answer.text
        if answer.status_code >= 400:
            raise LostTheWay(f"{answer.request.method} {answer.url} answered {answer.status_code}")
        return self.page


def forms_of(page: str) -> list[Form]:
    """Every form of the page."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None or "name" not in given:
            return
        if tag == "button" and "disabled" not in given:
            self._open.buttons.append((given["name"], given.get("value", "")))
        if tag == "input" and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            self._open.fields[given["name"]] = given.get("value", "")
        if tag == "textarea":
            self._open.fields.setdefault(given["name"], "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
