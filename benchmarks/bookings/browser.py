"""A browser with as little work of its own as possible, because it shares the machine with those who are measured: one
connection, cookies, and patterns instead of a parser.
"""

import html
import http.client
import re
import time
from urllib.parse import urlencode, urlsplit

FIELD = re.compile(r'<input\b[^>]*\btype="hidden"[^>]*>')
NAME, VALUE = re.compile(r'\bname="([^"]*)"'), re.compile(r'\bvalue="([^"]*)"')
IDLE = 20.0
"""Seconds after which a connection is not trusted any more."""
TAGS = re.compile(r"<[^>]+>|\s+")


class Browser:
    """Asks one server, over one connection for as long as the server keeps it."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=60)
        self._cookies: dict[str, str] = {}
        self._used = time.monotonic()

    def get(self, path: str) -> str:
        """The page, behind whatever leads to it."""
        status, where, page = self.ask("GET", path)
        while status in {302, 303}:
            status, where, page = self.ask("GET", where)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status}")
        return page

    def post(self, path: str, fields: list[tuple[str, str]]) -> str:
        """Where it leads."""
        status, where, page = self.ask("POST", path, fields)
        if status not in {302, 303}:
            raise RuntimeError(f"POST {path}: {status} {TAGS.sub(' ', page)[:600]}")
        return where

    def ask(self, method: str, path: str, fields: list[tuple[str, str]] | None = None) -> tuple[int, str, str]:
        """The status, where it leads, and the page."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if fields is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin}
        if time.monotonic() - self._used > IDLE:
            self._connection.close()  # the server may have done so; the next request opens it anew
        self._connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        self._used = time.monotonic()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self._cookies[name] = value
        parts = urlsplit(answer.headers.get("Location") or "")
        return answer.status, f"{parts.path}?{parts.query}" if parts.query else parts.path, page


def hidden(page: str, action: str) -> list[tuple[str, str]]:
    """The hidden fields of the form that goes there."""
    form = re.search(rf'<form\b[^>]*action="[^"]*{re.escape(action)}[^"]*"[^>]*>(.*?)</form>', page, re.DOTALL)
    if not form:
        raise RuntimeError(f"there is no form that goes to {action}")
    found = []
    for field in FIELD.findall(form[1]):
        name, value = NAME.search(field), VALUE.search(field)
        if name:
            found.append((name[1], html.unescape(value[1]) if value else ""))
    return found
