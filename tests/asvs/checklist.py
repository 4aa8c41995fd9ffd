"""The checks this portal is judged by, with the requirements of ASVS 5.0 they come from (L1 and L2 unless noted)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One line. `ids`: a test marked with each of them must exist. `deviation`: what we do otherwise, and why."""

    ids: tuple[str, ...]
    words: str
    deviation: str = ""


def _check(ids: str, words: str, deviation: str = "") -> Check:
    return Check(tuple(ids.split()), words, deviation)


CHECKS = {
    "Passwords": (
        _check("6.2.1", "11 characters are refused, 12 are taken"),
        _check("6.2.9", "64 and 128 characters are taken, spaces and emoji too"),
        _check("6.2.8", "a space at the end, the case and byte 73 matter"),
        _check("6.2.3", "a change needs the current password"),
        _check("6.2.4 6.2.12", "a leaked password with all four classes is refused"),
        _check("6.2.11", "the portal's name, one's own name and address are refused"),
        _check(
            "6.2.5",
            "no rule of composition",
            "Four classes are asked for by default, because that is what was ordered; `PASSWORD_COMPOSITION=off` drops"
            " them, and both settings are tested.",
        ),
        _check("6.2.6 6.2.7", "password fields hide, say what they are for, and take what is pasted"),
        _check("6.2.10", "passwords do not run out"),
        _check("11.4.2", "stored as argon2id with our parameters; an old hash is renewed at signing in"),
        _check("6.4.1", "a link for a first or new password works once and for a while"),
        _check("6.4.2", "no secret questions"),
        _check("6.4.3", "a new password does not take away the second factor"),
        _check("6.4.6", "staff can have a link sent and never set a password (L3)"),
        _check("6.3.2", "a new database has no account"),
    ),
    "Guessing": (
        _check("6.3.1", "guessing from many addresses at one account, or from one address at many, is slowed down"),
        _check("6.3.8", "unknown and known addresses cannot be told apart, not by the clock either (L3)"),
        _check("6.6.3", "five wrong codes end a challenge, thirty at once are five"),
    ),
    "Second factors": (
        _check("6.5.1", "a code works once, at whatever number of browsers at the same moment"),
        _check(
            "6.5.5",
            "codes are short-lived",
            "An app's code of the interval before is taken as well, because phones' clocks are late; none of before or"
            " after that.",
        ),
        _check("6.5.2", "codes do not lie in the database as they are"),
        _check("6.5.3 6.5.4", "secrets are long enough and from the system's source of chance"),
        _check("6.6.2", "a code belongs to one challenge and one session"),
        _check("6.6.1", "text messages go to verified numbers only, with a word about better ways"),
        _check("6.3.3", "no way in goes round the second factor"),
        _check("6.3.4", "every address is open by declaration, or asks who one is"),
        _check("7.5.1", "factors, address and number change only after showing again who one is"),
        _check("7.5.3", "giving money back asks again after 300 seconds (L3)"),
        _check("6.3.7", "a mail tells of each change (L3)"),
        _check("7.2.1", "a remembered browser skips a second factor, and never a confirmation"),
    ),
    "Sessions": (
        _check("7.2.3", "ids of at least 128 bits"),
        _check("7.2.4", "a new id at signing in, at the second factor, at a confirmation; the old one is dead"),
        _check("7.3.1", "an idle session ends"),
        _check("7.3.2", "a busy one ends as well, in time"),
        _check("7.4.1", "signed out is signed out, on every server, whatever is in flight"),
        _check("7.4.2", "a closed account loses sessions, refresh tokens and the API at the next request"),
        _check("7.4.3", "after a change of password or factors all other sessions can be ended"),
        _check("7.4.4", "every page has a way to sign out"),
        _check("7.4.5", "staff can end somebody's sessions"),
        _check("7.5.2", "one sees one's sessions and ends each; other people's are not found"),
        _check("7.6.2", "a first look makes no session; nobody is signed in by another site"),
        _check("14.3.1", "signing out clears what the browser kept"),
        _check("14.3.2", "pages of somebody signed in are not kept by browsers or proxies"),
    ),
    "Browsers": (
        _check("3.3.1 3.3.2 3.3.3 3.3.4", "cookies: `__Host-`, Secure, HttpOnly, SameSite; deletions too"),
        _check("3.4.1", "HSTS for a year and subdomains"),
        _check("3.4.3", "a content security policy on every answer, nothing unsafe in it, no violation in a browser"),
        _check("3.4.4 3.4.5 3.4.6 3.4.8", "nosniff, referrer policy, no frames, an opener of our own only"),
        _check("3.5.1", "what changes something comes from our own pages"),
        _check("3.5.3", "looking changes nothing"),
        _check("3.4.2", "the API answers no other site's scripts"),
        _check("3.7.2", "after signing in one goes on to this site only"),
    ),
    "Tokens": (
        _check("9.1.1 9.1.2", "forged tokens open nothing"),
        _check("9.1.3", "a token does not say which key it is to be checked with"),
        _check("9.2.1", "nor is one good before or after its time"),
        _check("9.2.2", "nor one of another kind"),
        _check("9.2.3 10.3.1", "nor one for somebody else"),
        _check("10.3.2", "a token opens what its scope says"),
        _check("10.3.3", "and is its issuer's and subject's alone"),
        _check("8.3.2", "a role that was taken away is gone, whatever a token says (L3)"),
        _check("10.4.1", "an app is answered at an address it registered"),
        _check("10.4.2", "a code used twice ends what it gave"),
        _check("10.4.3", "a code is dead after a minute"),
        _check("10.4.4", "no implicit grant, no passwords for apps"),
        _check("10.4.5", "a refresh token used twice ends its family; of thirty at once one gets an answer"),
        _check("10.4.6", "no code without PKCE, whoever asks"),
        _check("10.4.8", "refreshing ends one day"),
        _check("10.4.9", "people see the apps they let in, and end them"),
        _check("10.4.10", "an app says who it is before it asks about tokens"),
        _check("11.5.1", "keys rotate, the old one good for as long as its tokens"),
    ),
    "Outside providers": (
        _check("10.5.1 10.1.2", "an answer for another browser or another question is void"),
        _check("10.5.2", "the same address at another provider is somebody else"),
        _check("10.5.3", "a provider is what its own address says"),
        _check("10.5.4", "an answer for another portal is void"),
        _check("10.2.2", "two providers cannot be mixed up"),
        _check("6.8.4", "what the provider did not ask for is asked here"),
        _check("10.5.5", "a sign-out told by the provider is checked, and used once"),
        _check("6.8.1", "a provider opens the accounts linked to it, and no others"),
        _check("6.8.2 6.8.3", "SAML assertions are checked whole, and used once"),
        _check("1.5.1", "no entities and no document types in XML"),
        _check("1.3.6", "providers do not lead into our own network"),
        _check("10.1.1", "no token reaches a page or a browser's store"),
    ),
    "Records": (
        _check("16.3.1", "every sign-in and refusal is on record"),
        _check("16.3.2", "every denied page too"),
        _check("16.2.5", "secrets are in no log"),
        _check("16.4.1", "a name cannot forge a line"),
        _check("16.5.3", "without Redis or the database nothing opens"),
        _check("4.1.3", "a made-up X-Forwarded-For changes nothing"),
        _check("13.4.2 16.5.1", "no debug pages, no traces"),
        _check("8.1.1 8.2.1", "each role may do what is written for it, and nothing else"),
    ),
}
