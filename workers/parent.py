"""Ends this process when its parent dies, so that nothing outlives a killed supervisor (Linux only)."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Asks the kernel for it, where the supervisor wishes so."""
    if not os.environ.get("JARI_PARENT_DEATH"):
        return
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the kernel knew of our wish
        os.kill(os.getpid(), signal.SIGKILL)
