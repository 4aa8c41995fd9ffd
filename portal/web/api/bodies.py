"""Reading what was sent: JSON that says so, a key that makes a repeated call a single one, and faults in our words."""

import re
from collections.abc import Mapping
from typing import Any

from flask import abort, request
from pydantic import ValidationError

from portal.kernel.errors import N_, Invalid
from portal.web.errors import answer, say

LARGEST = 64 * 1024
"""Bytes of a body: an order of a hundred lines has about five thousand."""
KEY = re.compile(r"[\x21-\x7e]{1,200}")
"""Without blanks: keys that have one are of our own acts, such as the offer to somebody who waits."""

NO_KEY = N_("Send an Idempotency-Key: any text that is new for every new wish, and the same when you send it again.")
BAD_KEY = N_("An Idempotency-Key has 1 to 200 letters, digits and signs, without blanks.")
NOT_JSON = N_("This is not JSON.")

WORDS: dict[str, str] = {
    "missing": N_("This is needed."),
    "extra_forbidden": N_("There is no such field."),
    "int_type": N_("Write a whole number."),
    "int_parsing": N_("Write a whole number."),
    "int_from_float": N_("Write a whole number."),
    "int_parsing_size": N_("Write a whole number."),
    "string_type": N_("Write text here."),
    "string_unicode": N_("There is a character in it that cannot be kept."),
    "list_type": N_("Write a list."),
    "model_type": N_("Write an object."),
    "model_attributes_type": N_("Write an object."),
    "uuid_type": N_("This is not an id."),
    "uuid_parsing": N_("This is not an id."),
    "greater_than_equal": N_("This must be at least %(ge)s."),
    "less_than_equal": N_("This must be at most %(le)s."),
    "string_too_short": N_("This cannot be empty."),
    "string_too_long": N_("At most %(max_length)s characters, please."),
    "too_short": N_("At least %(min_length)s of these, please."),
    "too_long": N_("At most %(max_length)s of these, please."),
    "string_pattern_mismatch": N_("This has characters that do not belong here."),
}
"""What a fault that pydantic finds is called here."""


def read_json() -> None:
    """Makes sure that the body is a JSON object: 415 for what does not say so, 400 for what cannot be read."""
    if not request.is_json:
        abort(415)
    if len(request.get_data()) > LARGEST:
        abort(413)
    try:
        body = request.get_json()
    except RecursionError:
        # Brackets by the thousand: json gives up in its own way.
        abort(answer(400, say(NOT_JSON), code="not-json"))
    if not isinstance(body, dict):
        raise Invalid({"body": N_("Write an object.")})


def idempotency_key() -> str:
    """The key of the call; 400 without one."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        abort(answer(400, say(NO_KEY), code="idempotency-key-missing"))
    if not KEY.fullmatch(given):
        abort(answer(400, say(BAD_KEY), code="idempotency-key-unusable"))
    return given


def faults_of(error: ValidationError) -> Invalid:
    """Every field that is wrong, by its path in the body: goods.0.quantity."""
    faults: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for found in error.errors(include_url=False, include_input=False):
        field = ".".join(str(part) for part in found["loc"]) or "body"
        context = {name: str(value) for name, value in found.get("ctx", {}).items()}
        # Our own checks raise ValueError with words of ours; what else pydantic may find it says itself.
        message = context["error"] if found["type"] == "value_error" else WORDS.get(found["type"], found["msg"])
        faults.setdefault(field, (message, context))
    return Invalid(faults)
