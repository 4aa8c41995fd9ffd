"""The mail catcher keeps every mail it acknowledged, shows it without trusting it, and fails when told to."""

import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

import local.mail
from local.mail import Mail

TICKET = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.fixture(scope="module")
def catcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mail]:
    with local.mail.running(tmp_path_factory.mktemp("mail")) as catcher:
        yield catcher


@pytest.fixture
def mail(catcher: Mail) -> Iterator[Mail]:
    yield catcher
    catcher.clear_faults()
    catcher.clear()


def letter(to: str = "mina@example.com", subject: str = "예약이 확정되었습니다") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bookings@example.com", to, subject
    message.set_content("See https://example.com/orders/7?a=1&b=2.\n")
    message.add_alternative("<h1>확정</h1><script>parent.stolen = 1</script>", subtype="html")
    message.add_attachment(TICKET, maintype="text", subtype="calendar", filename="예약.ics")
    return message


def send(mail: Mail, message: EmailMessage) -> None:
    address = urlsplit(mail.smtp_url)
    with smtplib.SMTP(address.hostname or "", address.port or 0, timeout=10) as client:
        client.send_message(message)


def get(url: str) -> tuple[str, bytes, dict[str, str]]:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  # our own server
        return answer.headers["Content-Type"], answer.read(), dict(answer.headers)


def test_a_mail_is_listed_with_its_words_and_its_attachment(mail: Mail) -> None:
    send(mail, letter(to="noise@example.com", subject="Noise"))
    send(mail, letter())

    (caught,) = mail.messages(to="mina@example.com")

    assert caught["subject"] == "예약이 확정되었습니다"
    assert caught["sender"] == "bookings@example.com"
    assert "orders/7" in caught["text"]
    assert "<h1>확정</h1>" in caught["html"]
    (attachment,) = caught["attachments"]
    assert (attachment["name"], attachment["type"]) == ("예약.ics", "text/calendar")
    kind, content, headers = get(mail.url + attachment["url"])
    assert (kind, content.replace(b"\r\n", b"\n")) == ("text/calendar", TICKET.replace(b"\r\n", b"\n"))
    assert headers["Content-Disposition"].startswith("attachment")


def test_mails_can_be_forgotten(mail: Mail) -> None:
    send(mail, letter())

    mail.clear()

    assert mail.messages() == []


def test_the_page_shows_subjects_newest_first_and_escaped(mail: Mail) -> None:
    send(mail, letter(subject="First"))
    send(mail, letter(subject="<b>Second</b>"))

    page = get(mail.url)[1].decode()

    assert page.index("&lt;b&gt;Second") < page.index("First")
    assert "<b>Second" not in page.replace("<b>&lt;", "")


def test_html_is_shown_in_a_sandbox_that_runs_nothing(mail: Mail) -> None:
    send(mail, letter())
    (caught,) = mail.messages()

    page = get(f"{mail.url}/messages/{caught['id']}")[1].decode()
    _, content, headers = get(f"{mail.url}/messages/{caught['id']}/html")

    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "stolen" not in page
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy + page
    assert b"stolen" in content


def test_links_in_plain_text_can_be_followed(mail: Mail) -> None:
    send(mail, letter())
    (caught,) = mail.messages()

    page = get(f"{mail.url}/messages/{caught['id']}?view=text")[1].decode()

    assert 'href="https://example.com/orders/7?a=1&amp;b=2"' in page


@pytest.mark.parametrize("content", [b"", b"no headers at all", b"Subject: =?utf-9?b?///?=\nContent-Type: x\n\n\xff"])
def test_a_broken_mail_is_shown_too(mail: Mail, content: bytes) -> None:
    address = urlsplit(mail.smtp_url)
    with smtplib.SMTP(address.hostname or "", address.port or 0, timeout=10) as client:
        client.sendmail("a@example.com", ["b@example.com"], content)

    (caught,) = mail.messages()

    assert get(f"{mail.url}/messages/{caught['id']}")[0].startswith("text/html")


def test_what_was_acknowledged_survives_a_kill(mail: Mail) -> None:
    page, smtp = mail.url, mail.smtp_url
    send(mail, letter())

    mail.kill()
    mail.start()

    assert (mail.url, mail.smtp_url) == (page, smtp)
    assert len(mail.messages()) == 1


def test_down_turns_everybody_away_until_cleared(mail: Mail) -> None:
    mail.fault("down")

    for _ in range(2):
        with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
            send(mail, letter())
    mail.clear_faults()
    send(mail, letter())

    assert len(mail.messages()) == 1


def test_reject_refuses_as_often_as_ordered(mail: Mail) -> None:
    mail.fault("reject", times=2)

    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError):
            send(mail, letter())
    send(mail, letter())

    assert len(mail.messages()) == 1


def test_cut_after_keeps_the_mail_and_does_not_say_so(mail: Mail) -> None:
    mail.fault("cut_after")

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mail, letter())

    assert len(mail.messages()) == 1


def test_slow_keeps_one_sender_waiting_and_no_other(mail: Mail) -> None:
    mail.fault("slow", seconds=5)
    address = urlsplit(mail.smtp_url)
    impatient = smtplib.SMTP(address.hostname or "", address.port or 0, timeout=0.2)

    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        impatient.send_message(letter(subject="Waiting"))
    send(mail, letter(subject="Quick"))

    assert [caught["subject"] for caught in mail.messages()] == ["Waiting", "Quick"]


def test_an_unknown_fault_is_refused(mail: Mail) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        mail.fault("explode")
