"""A payment company for practice: speaks the part of Stripe's API that a shop needs, through the official SDK.

It promises what one must be able to rely on when checking a shop against it:
- the same Idempotency-Key is carried out once, and answered alike ever after;
- an intent is charged at most once, and never is more given back than was charged;
- what it acknowledged survives kill -9, and nothing is ever booked by half;
- it fails on request, before or after the effect (`POST /_control/faults`).

`python -m local.provider --data DIR` runs it in the foreground, `running(directory)` as a child process. The stripe
library talks to it with `stripe.StripeClient("sk_test_local", base_addresses={"api": url})`.
"""

from local.provider.child import Provider, running

__all__ = ["Provider", "running"]
