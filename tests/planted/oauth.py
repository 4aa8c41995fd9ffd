"""Bugs of apps and what they may do, for `make mutants`."""

from tests.planted.mutant import Mutant

BUGS = (
    Mutant(
        "lately: a refund is approved over the API by somebody who signed in just now",
        "portal/web/api/refunds.py",
        "    lately=True,\n",
        "",
        "tests/portal/web/oauth/test_lately.py",
    ),
    Mutant(
        "lately: an app is let in by somebody who showed just now who they are",
        "portal/web/oauth/lately.py",
        "    if not sessions.is_fresh(Purpose.ACT):",
        "    if False:",
        "tests/portal/web/oauth/test_lately.py",
    ),
    Mutant(
        "lately: a new sign-in that an app asks for is a new one",
        "portal/web/oauth/authorizing.py",
        "    lately.used_up()\n",
        "",
        "tests/portal/web/oauth/test_lately.py",
    ),
)
