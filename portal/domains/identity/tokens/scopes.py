"""What a token may be good for: the scopes of the API, and the permission that some of them need as well."""

from dataclasses import dataclass

from portal.kernel.errors import N_, Invalid


@dataclass(frozen=True)
class Scope:
    """One thing a token allows. `permission`: what its owner's roles must allow, too, whenever the token is used."""

    says: str
    permission: str | None = None


SCOPES: dict[str, Scope] = {
    "catalog:read": Scope(N_("See products and free times; this is open to everybody.")),
    "bookings:write": Scope(N_("Hold times, order, and ask for refunds.")),
    "bookings:read": Scope(N_("See your orders and refunds.")),
    "points:read": Scope(N_("See your points.")),
    "staff:refunds": Scope(N_("Decide about refunds."), permission="refunds"),
}


def granted_scope(asked: str, permissions: frozenset[str]) -> str:
    """The asked scopes, each once, in the order above; separated by blanks, as in a token.

    Raises Invalid (field scope) for none at all, one there is none of, or one whose permission the person lacks.
    """
    wanted = set(asked.split())
    if not wanted:
        raise Invalid({"scope": N_("Name at least one scope.")})
    if unknown := sorted(wanted - SCOPES.keys()):
        known = {"scope": unknown[0], "known": ", ".join(SCOPES)}
        raise Invalid({"scope": (N_("There is no scope «%(scope)s»; there are: %(known)s."), known)})
    for name in wanted:
        if (needed := SCOPES[name].permission) and needed not in permissions:
            lacking = {"scope": name, "permission": needed}
            raise Invalid({"scope": (N_("«%(scope)s» needs a role that may do «%(permission)s»."), lacking)})
    return " ".join(name for name in SCOPES if name in wanted)
