"""A gateway for text messages that sends none and shows all: a telephone to practise with.

`POST /messages {"to", "text", "reference"}` takes one, `GET /messages.json` lists them, oldest first, `DELETE
/messages.json` forgets them. `POST /_control/faults {"fault": "down", "times": N}` makes it refuse.

`python -m local.sms --data DIR` runs it in the foreground, `running(directory)` as a child process.
"""

from local.sms.child import Telephone, running

__all__ = ["Telephone", "running"]
