"""How the web server runs; `gunicorn wsgi:app` reads this where it is started, and its command line has the last word.

The portal is opened once, before the server parts into its processes: one that is killed is back in the time of a fork
instead of seconds, and what all of them only read is in memory once. So a new version needs a restart; SIGHUP brings
back the old one.
"""

import gc
from typing import Any

worker_class = "gthread"
workers = 2
threads = 8
preload_app = True
keepalive = 60  # longer than a proxy keeps its own, so that none is closed while a question is on its way
control_socket_disable = True

gc.disable()  # while the portal is opened: nothing of it becomes garbage, and looking costs a fifth of the start


def when_ready(_server: Any) -> None:
    """What stands now stands for good: the collector need not look through it again, nor touch what is shared."""
    gc.collect()
    gc.freeze()
    gc.enable()
