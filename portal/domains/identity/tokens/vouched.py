"""What a token says of how its owner had shown who they are: `amr` in the words of RFC 8176, and `acr`."""

from collections.abc import Iterable

from portal.domains.identity.challenge import SECOND

AMR: dict[str, tuple[str, ...]] = {
    "pwd": ("pwd",),
    "totp": ("otp",),
    "sms": ("sms",),
    "email": ("otp",),
    "recovery": ("otp",),
    "passkey": ("swk", "user"),
    "mfa": ("mfa",),
    "fed": (),
    "device": (),
}
"""RFC 8176 has no word for another provider, nor for a browser that is remembered: neither was a thing shown now. A
passkey may have been copied to the person's other devices, so it is a key in software (swk)."""

ONE, TWO = "1", "2"
"""`acr`: one thing was shown, or two of different kinds; a passkey is both, held and unlocked."""


def vouched(shown: Iterable[str]) -> dict[str, object]:
    """The claims of RFC 9068, 2.2.1, besides auth_time; none where nothing is known."""
    shown = set(shown)
    if not shown:
        return {}
    two = "passkey" in shown or "mfa" in shown or bool(shown & SECOND and shown & {"pwd", "fed"})
    amr = dict.fromkeys(word for way in AMR if way in shown for word in AMR[way])
    if two:
        amr["mfa"] = None
    return {"acr": TWO if two else ONE} | ({"amr": list(amr)} if amr else {})
