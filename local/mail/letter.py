"""What a person wants to see of a mail: its headers in plain words, its text, its HTML and its attachments."""

import email
from email.message import EmailMessage
from email.policy import default
from typing import Any, NamedTuple

from local.mail.store import Caught


class Attachment(NamedTuple):
    name: str
    type: str
    content: bytes


class Letter(NamedTuple):
    """A mail, read."""

    subject: str
    sender: str
    to: str
    text: str
    html: str
    attachments: list[Attachment]


def read(caught: Caught) -> Letter:
    """Never fails: a broken mail is shown as far as it can be read."""
    message = email.message_from_bytes(caught.content, policy=default)
    return Letter(
        subject=_header(message, "Subject"),
        sender=_header(message, "From") or caught.sender,
        to=_header(message, "To") or ", ".join(caught.recipients),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=[_attachment(part, number) for number, part in enumerate(_attached(message), 1)],
    )


def as_json(caught: Caught) -> dict[str, Any]:
    letter = read(caught)
    return {
        "id": caught.id,
        "received_at": caught.received_at,
        "sender": caught.sender,
        "recipients": caught.recipients,
        "from": letter.sender,
        "to": letter.to,
        "subject": letter.subject,
        "text": letter.text,
        "html": letter.html,
        "attachments": [
            {
                "name": attachment.name,
                "type": attachment.type,
                "size": len(attachment.content),
                "url": f"/messages/{caught.id}/attachments/{number}",
            }
            for number, attachment in enumerate(letter.attachments, 1)
        ],
    }


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message[name] or "")
    except (ValueError, IndexError, AttributeError):  # the parser of the standard library gives up on some
        return ""


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return _text(part) if part is not None else ""


def _text(part: Any) -> str:
    try:
        return str(part.get_content())
    except (LookupError, ValueError):  # an encoding nobody knows
        return bytes(part.get_payload(decode=True) or b"").decode(errors="replace")


def _attached(message: EmailMessage) -> list[Any]:
    """Everything that is neither container nor body: a calendar file may come as one more alternative."""
    bodies = [message.get_body(preferencelist=(kind,)) for kind in ("plain", "html")]
    return [part for part in message.walk() if not part.is_multipart() and part not in bodies]


def _attachment(part: Any, number: int) -> Attachment:
    content = part.get_payload(decode=True) or b""
    return Attachment(part.get_filename() or f"attachment-{number}", part.get_content_type(), content)
