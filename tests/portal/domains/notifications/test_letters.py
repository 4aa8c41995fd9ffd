"""What mails say, to whom, in which language and in whose time."""

import re
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from icalendar import Calendar

from portal.domains.notifications import Claimed, render, shapes
from tests.portal.domains.notifications.letters import ABOUT_ORDERS, DATA, EVENT, Reader, written


def letter(mail: Claimed, to: Reader | None = None, **options: Path) -> EmailMessage:
    """The message as it arrives: rendered, written out and read again."""
    sent = render(
        mail, to or Reader(), sender="Jari <bookings@jari.example>", base_url="https://jari.example/", **options
    )
    return message_from_bytes(sent.as_bytes(), policy=default)


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def calendars(message: EmailMessage) -> list[Calendar]:
    return [Calendar.from_ical(part.get_content()) for part in message.iter_attachments()]


WAYS = {"waiting_offer": "bookings#waiting"}


def test_there_is_data_to_try_every_mail_with() -> None:
    assert set(DATA) == shapes.TEMPLATES


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("template", sorted(DATA))
def test_every_mail_tells_the_same_in_text_and_html(template: str, locale: str) -> None:
    message = letter(written(template), Reader(locale=locale))
    text, html = body(message), body(message, "html")
    assert message["Subject"]
    way = "orders/J-4K7Q-9ZPM" if template in ABOUT_ORDERS else WAYS.get(template, "password/")
    for told in ("Kim Minji", f"https://jari.example/{way}"):
        assert told in text
        assert told in html
    assert f'<html lang="{locale}">' in html
    for amount in re.findall(r"₩[\d,]+", text):
        assert amount in html


def test_the_confirmation_says_when_where_and_how_much() -> None:
    message = letter(written("order_confirmed"))
    text = body(message)
    assert message["Subject"] == "Booked: Kayak <tour>, Tue 1 Dec 2026, 10:00–11:00 (KST)"
    for told in ("Pier 3, Busan", "Kayak <tour> × 2: ₩30,000", "Towel: ₩5,000", "Total: ₩35,000"):
        assert told in text
    for told in ("Paid with points: 500", "Charged to your card: ₩34,500", "Points earned: 345"):
        assert told in text
    assert "On your clock" not in text
    assert "\n\n\n" not in text


def test_html_takes_titles_as_words_and_not_as_markup() -> None:
    html = body(letter(written("order_confirmed"), Reader(name="<b>Kim")), "html")
    assert "Kayak &lt;tour&gt;" in html
    assert "&lt;b&gt;Kim" in html


def test_the_venues_time_comes_first_and_the_readers_second_where_it_differs() -> None:
    text = body(letter(written("order_confirmed"), Reader(time_zone="Europe/Berlin")))
    venue, reader = text.index("Tue 1 Dec 2026, 10:00–11:00 (KST)"), text.index("Tue 1 Dec 2026, 02:00–03:00 (CET)")
    assert venue < reader


@pytest.mark.parametrize("title", ["바다 카약 " * 20 + "끝", "Ä b " * 60 + "Z", "ab " * 90 + "z", "카" * 200])
def test_a_long_subject_arrives_whole(title: str) -> None:
    event = EVENT | {"title": title}
    message = letter(written("order_confirmed", events=[event]), Reader(locale="ko"))
    assert message["Subject"] == f"예약되었습니다: {title}, 2026년 12월 1일 (화) 오전 10:00–11:00"


def test_no_line_of_a_message_is_longer_than_mail_servers_take() -> None:
    mail = written("order_confirmed", events=[EVENT | {"title": "바다 카약 " * 20}])
    sent = render(mail, Reader(), sender="Jari <bookings@jari.example>", base_url="https://jari.example")
    assert max(len(line) for line in sent.as_bytes().split(b"\r\n")) <= 998


def test_the_same_row_is_the_same_message_however_often_it_is_sent() -> None:
    mail = written("order_confirmed")
    first, second = letter(mail), letter(mail)
    assert first["Message-ID"] == second["Message-ID"] == f"<{mail.id}@jari.example>"
    assert [c.to_ical() for c in calendars(first)] == [c.to_ical() for c in calendars(second)]
    assert letter(written("order_confirmed"))["Message-ID"] != first["Message-ID"]


def test_a_line_break_in_a_title_or_a_name_makes_no_header() -> None:
    event = EVENT | {"title": "Tour\r\nBcc: everybody@example.com"}
    message = letter(written("order_confirmed", events=[event]), Reader(name="Kim\nBcc: x@example.com"))
    assert message["Bcc"] is None
    assert message["To"].addresses[0].addr_spec == "minji@example.com"


def test_a_booking_comes_as_a_calendar_entry_in_the_venues_zone() -> None:
    message = letter(written("order_confirmed"))
    part = next(message.iter_attachments())
    assert part.get_content_type() == "text/calendar"
    assert part["Content-Type"].params["method"] == "REQUEST"
    calendar = calendars(message)[0]
    entry = calendar.walk("VEVENT")[0]
    assert calendar["METHOD"] == "REQUEST"
    assert (entry["UID"], entry["SEQUENCE"], entry["STATUS"]) == ("018f-hold@jari", 0, "CONFIRMED")
    assert entry["DTSTART"].params["TZID"] == "Asia/Seoul"
    assert entry["DTSTART"].dt.isoformat() == "2026-12-01T10:00:00+09:00"
    assert entry["DTEND"].dt - entry["DTSTART"].dt == timedelta(hours=1)
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Seoul"]
    assert (entry["LOCATION"], entry["SUMMARY"]) == ("Pier 3, Busan", "Kayak <tour>")
    assert entry["ATTENDEE"] == "mailto:minji@example.com"


def test_a_place_with_summer_time_carries_its_rules_along() -> None:
    event = EVENT | {"time_zone": "Europe/Berlin", "starts_at": "2027-07-01T08:00:00+00:00"}
    calendar = calendars(letter(written("order_confirmed", events=[event | {"ends_at": "2027-07-01T09:00:00+00:00"}])))[
        0
    ]
    assert calendar.walk("VEVENT")[0]["DTSTART"].to_ical() == b"20270701T100000"
    assert calendar.walk("DAYLIGHT")


def test_a_refund_takes_the_entry_out_of_the_calendar_again() -> None:
    confirmed, refunded = letter(written("order_confirmed")), letter(written("refund_done"))
    before, after = (calendars(message)[0].walk("VEVENT")[0] for message in (confirmed, refunded))
    assert calendars(refunded)[0]["METHOD"] == "CANCEL"
    assert (after["UID"], after["STATUS"]) == (before["UID"], "CANCELLED")
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["ORGANIZER"] == before["ORGANIZER"]


def test_two_bookings_are_two_files() -> None:
    message = letter(written("order_confirmed", events=[EVENT, EVENT | {"uid": "other@jari", "place": None}]))
    assert [part.get_filename() for part in message.iter_attachments()] == ["booking-1.ics", "booking-2.ics"]
    assert [len(calendar.walk("VEVENT")) for calendar in calendars(message)] == [1, 1]


def test_the_refund_says_what_comes_back() -> None:
    text = body(letter(written("refund_done")))
    for told in ("On its way to your card: ₩34,500", "Back on your account: 500 points", "345 points it had earned"):
        assert told in text


def test_many_points_are_written_as_on_the_pages() -> None:
    message = letter(written("refund_done", points=12500))
    assert "Back on your account: 12,500 points" in body(message)
    assert "12,500" in body(message, "html")


@pytest.mark.parametrize(
    ("refusal", "why"),
    [
        ("card-declined", "Your bank did not accept the card."),
        ("out-of-stock", "Something in the order sold out a moment before."),
        ("something-new", "It could not be completed."),
        (None, "It could not be completed."),
    ],
)
def test_a_cancelled_order_says_why_in_plain_words(refusal: str | None, why: str) -> None:
    text = body(letter(written("order_cancelled", refusal=refusal)))
    assert why in text
    assert "Your card was not charged." in text
    assert "The 500 points you had used are back" in text


def test_late_money_that_was_booked_says_so_and_brings_the_calendar_entry() -> None:
    message = letter(written("late_booked"))
    assert message["Subject"] == "Booked after all: Kayak <tour>, Tue 1 Dec 2026, 10:00–11:00 (KST)"
    for told in ("Your payment of ₩34,500 reached us after we had cancelled your order J-4K7Q-9ZPM.", "Pier 3, Busan"):
        assert told in body(message)
        assert told in body(message, "html").replace("&lt;", "<").replace("&gt;", ">")
    assert [part.get_content_type() for part in message.iter_attachments()] == ["text/calendar"]
    assert letter(written("late_booked", events=[]))["Subject"] == "Your order J-4K7Q-9ZPM is confirmed after all"


def test_late_money_that_goes_back_says_why_and_that_all_of_it_comes() -> None:
    text = body(letter(written("late_given_back")))
    for told in ("Somebody else had just taken the time you chose.", "the full amount is on its way back", "₩34,500"):
        assert told in text


def test_a_rejection_gives_the_reason_as_it_was_written() -> None:
    assert "  The tour took place.\n  You were on it." in body(letter(written("refund_rejected")))


def test_a_korean_letter_has_korean_words_and_korean_times(tmp_path: Path) -> None:
    catalog = Catalog(locale="ko")
    catalog.add("Hello %(name)s,", "%(name)s님, 안녕하세요.")
    catalog.add("Booked: %(title)s, %(when)s", "예약 확정: %(title)s, %(when)s")
    (tmp_path / "ko/LC_MESSAGES").mkdir(parents=True)
    with (tmp_path / "ko/LC_MESSAGES/messages.mo").open("wb") as file:
        write_mo(file, catalog)
    to = Reader(name="김민지", locale="ko", time_zone="Europe/Berlin")
    message = letter(written("order_confirmed"), to, translations=tmp_path)
    assert message["Subject"] == "예약 확정: Kayak <tour>, 2026년 12월 1일 (화) 오전 10:00–11:00"
    assert message["To"].addresses[0].display_name == "김민지"
    assert "김민지님, 안녕하세요." in body(message)
    assert "2026년 12월 1일 (화) 오전 2:00–3:00 (CET)" in body(message)
    assert "김민지님, 안녕하세요." in body(message, "html")


def test_a_refund_tells_the_fee_and_says_so_when_nothing_comes_back() -> None:
    text = body(letter(written("refund_done", fee="3000.00")))
    assert "A fee of ₩3,000 was kept of it, as agreed." in text
    nothing = body(letter(written("refund_done", amount="0.00", points=0, accrual=0, fee="0.00")))
    assert "Nothing comes back, as agreed when you booked:" in nothing
    assert "fee" not in nothing
    assert "refunded" not in nothing
