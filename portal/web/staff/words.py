"""What somebody did, in words for the people who read it later."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from portal.web.staff.face import blueprint

WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "refund.requested": lambda d: _("A refund of %(amount)s was asked for", amount=d.get("amount", "")),
    "refund.approved": lambda d: _("The refund of %(amount)s was approved", amount=d.get("amount", "")),
    "refund.rejected": lambda d: _("The refund was turned down: %(reason)s", reason=d.get("reason", "")),
    "saga.resumed": lambda d: _("Sent on its way again: %(number)s", number=d.get("number", "")),
}


@blueprint.app_template_global("audit_words")
def audit_words(entry: Any) -> str:
    """One audit entry as a sentence; an act nobody wrote words for is told by its name."""
    tell = WORDS.get(entry.action)
    return tell(entry.details) if tell else str(entry.action).replace(".", ": ").replace("_", " ")
