"""Turns a mail row into a message: words in the reader's language, plain and HTML, and calendar files for bookings."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.runtime import Context

from portal.domains.notifications.calendars import calendar_file
from portal.domains.notifications.headers import POLICY
from portal.domains.notifications.service import Claimed
from portal.domains.notifications.shapes import change_of, reason_of
from portal.kernel import words

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "templates"
TRANSLATIONS = ROOT / "portal" / "translations"


class Addressee(Protocol):
    """Whom a mail is for; an account is one."""

    @property
    def email(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def locale(self) -> str: ...
    @property
    def time_zone(self) -> str: ...


def render(
    mail: Claimed, to: Addressee, *, sender: str, base_url: str, translations: Path = TRANSLATIONS
) -> EmailMessage:
    """The message. The same row gives the same Message-ID and the same calendar files, however often it is sent."""
    environment = _environment(to.locale, translations)
    site = base_url.rstrip("/")
    order_url = f"{site}/orders/{mail.data['number']}" if "number" in mail.data else ""
    known = {"name": to.name, "home_zone": to.time_zone, "locale": to.locale, "site": site, "order_url": order_url}
    context = {**known, **mail.data}
    text = environment.get_template(f"mail/{mail.template}.txt")
    subject = _one_line("".join(text.blocks["subject"](text.new_context(context))))
    origin = _address(*parseaddr(sender))
    message = EmailMessage(policy=POLICY)
    message["Subject"] = subject
    message["From"] = origin
    message["To"] = addressee = _address(to.name, mail.data.get("to") or to.email)
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = f"<{mail.id}@{origin.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = to.locale.replace("_", "-")
    message.set_content(_spaced(text.render(context)))
    html = environment.get_template(f"mail/{mail.template}.html")
    message.add_alternative(html.render(context, subject=subject), subtype="html")
    for number, event in enumerate(mail.data.get("events", ()), start=1):
        method, file = calendar_file(
            event, organizer=origin, attendee=addressee, written_at=mail.written_at, url=order_url
        )
        message.add_attachment(
            file.decode(), subtype="calendar", filename=f"booking-{number}.ics", params={"method": method}
        )
    return message


def text_of(mail: Claimed, to: Addressee, *, translations: Path = TRANSLATIONS) -> str:
    """The words of a text message, in one line."""
    template = _environment(to.locale, translations).get_template(f"texts/{mail.template}.txt")
    return _one_line(template.render({"name": to.name, "locale": to.locale, **mail.data}))


def _address(name: str, address: str) -> Address:
    return Address(_one_line(name), addr_spec=address)


def _spaced(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text.strip()) + "\n"


def _one_line(words_of_people: str) -> str:
    # A title may hold anything; a line break in it must not become a header of the mail.
    return " ".join(words_of_people.split())


@lru_cache(maxsize=16)
def _environment(locale: str, translations: Path) -> Environment:
    """Templates in one language. Not the web's: mails are written where there is no request."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    spoken = [locale.replace("-", "_"), locale.replace("-", "_").split("_")[0]]
    catalog = Translations.load(str(translations), spoken)
    environment.install_gettext_translations(catalog, newstyle=True)  # type: ignore[attr-defined]  # the extension's

    def money(amount: str, currency: str) -> str:
        return words.money(Decimal(str(amount)), currency, locale)

    def moment(when: str, zone: str) -> str:
        return words.moment(datetime.fromisoformat(when), zone, locale)

    def span(event: Mapping[str, Any], zone: str | None = None) -> str:
        start, end = (datetime.fromisoformat(event[name]) for name in ("starts_at", "ends_at"))
        return words.span(start, end, zone or event["time_zone"], locale)

    @pass_context
    def elsewhere(context: Context, event: Mapping[str, Any]) -> str:
        """The same span on the reader's clock, if that shows another time than the venue's."""
        start, home = datetime.fromisoformat(event["starts_at"]), context["home_zone"]
        there, here = (start.astimezone(ZoneInfo(zone)).utcoffset() for zone in (event["time_zone"], home))
        return "" if there == here else span(event, home)

    def why(refusal: str | None) -> str:
        return catalog.ugettext(reason_of(refusal))

    def changed(what: str) -> str:
        return catalog.ugettext(change_of(what))

    environment.filters |= {
        "changed": changed,
        "money": money,
        "moment": moment,
        "span": span,
        "elsewhere": elsewhere,
        "why": why,
        "number": words.number,
    }
    return environment
