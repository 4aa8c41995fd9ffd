"""Signing in with outside providers, by OpenID Connect or SAML.

Promises: an answer that breaks a rule of either opens nothing; an account is opened by (issuer, subject) and
never by an e-mail address; a provider opens nobody's account but those linked to it; what it vouches for counts as far
as the settings trust it.
"""

from portal.domains.identity.federation.client import Provider
from portal.domains.identity.federation.http import Away
from portal.domains.identity.federation.linking import (
    LastWayIn,
    Linked,
    LinkedElsewhere,
    SignInFirst,
    link,
    linked,
    note_use,
    sign_up,
    unlink,
    whose,
)
from portal.domains.identity.federation.logout import KEY, end_sessions, spend
from portal.domains.identity.federation.registry import Providers
from portal.domains.identity.federation.vouching import Answer, NoSignIn, SamlTrip, Trip, Unbelievable, Vouched

__all__ = [
    "KEY",
    "Answer",
    "Away",
    "LastWayIn",
    "Linked",
    "LinkedElsewhere",
    "NoSignIn",
    "Provider",
    "Providers",
    "SamlTrip",
    "SignInFirst",
    "Trip",
    "Unbelievable",
    "Vouched",
    "end_sessions",
    "link",
    "linked",
    "note_use",
    "sign_up",
    "spend",
    "unlink",
    "whose",
]
