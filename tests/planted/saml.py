"""Bugs of signing in by SAML, for `make mutants`."""

from tests.planted.mutant import Mutant

SAML = "portal/domains/identity/federation/saml/"
SAML_TESTS = "tests/portal/domains/identity/federation/saml/test_client.py"

BUGS = (
    Mutant(
        "an assertion is used once",
        SAML + "client.py",
        "if not use_once(",
        "if False and not use_once(",
        SAML_TESTS,
    ),
    Mutant(
        "an answer says that it is for us",
        SAML + "judging.py",
        "if not heard or not all(",
        "if not all(",
        SAML_TESTS,
    ),
    Mutant(
        "an answer says where it is to be brought",
        SAML + "judging.py",
        '_same("Recipient", data.get("Recipient"), expected.acs)',
        '_same("Recipient", data.get("Recipient") or expected.acs, expected.acs)',
        SAML_TESTS,
    ),
    Mutant(
        "only a pinned key signs",
        SAML + "client.py",
        "        signature.check(theirs, encoded, acs=trip.acs, request=trip.request)\n",
        "",
        SAML_TESTS,
    ),
    Mutant(
        "nobody splits a name by a comment",
        SAML + "reading.py",
        "//comment() | //processing-instruction()",
        "//processing-instruction()",
        SAML_TESTS,
    ),
    Mutant(
        "an assertion is for the browser that set out",
        "portal/web/auth/saml.py",
        "return trip.provider == name and compare_digest(brought, trip.browser)",
        "return trip.provider == name",
        "tests/portal/web/auth/test_saml.py",
    ),
    Mutant(
        "an answer by SAML is handed in once",
        "portal/domains/identity/sessions.py",
        "found = self._redis.getdel(_kept(name))",
        "found = self._redis.get(_kept(name))",
        "tests/portal/web/auth/test_saml.py",
    ),
    Mutant(
        "outside: metadata that are over vouch for nobody",
        "portal/domains/identity/federation/saml/client.py",
        "self._now() >= self._idp.until",
        "False",
        "tests/portal/domains/identity/federation/saml/test_client.py",
    ),
)
