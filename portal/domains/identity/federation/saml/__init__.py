"""Signing in with SAML 2.0: the portal as a service provider that sets out first, by redirect there and a form back.

Promises: an answer opens something only if the assertion itself is signed by a pinned certificate, is the one and only
assertion, was made for us, for this question of this browser, now, and never before. Needs the extra of
requirements-saml.txt, so nothing here is imported before a provider is set. python3-saml checks signature and schema
behind `signature.py` and nowhere else; what it lets pass is refused in `judging.py`.
"""
