"""A mail catcher: takes every mail by SMTP, delivers none, and shows them on a page.

`GET /messages.json` lists them, oldest first; `DELETE /messages.json` forgets them. It fails on request:
`POST /_control/faults {"fault": "down" | "reject" | "slow" | "cut_after", "times": N, "seconds": S}`.

`python -m local.mail --data DIR` runs it in the foreground, `running(directory)` as a child process.
"""

from local.mail.child import Mail, running

__all__ = ["Mail", "running"]
