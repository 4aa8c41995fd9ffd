"""What one machine needs in place of real services: PostgreSQL, Redis, payment provider, mail catcher, supervisor.

Nothing here knows the portal, and the portal knows nothing of this: both meet in URLs.
"""
