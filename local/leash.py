"""Run a command that is told when its parent dies: `python leash.py PARENT SIGNAL UID GID COMMAND…`.

A parent that is killed with SIGKILL cannot end its children, so each child asks the kernel to do it. This is a program
and not a `preexec_fn`, because code between fork and exec may deadlock when the parent has threads. Outside Linux the
wish does not exist; there the command runs without it.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def end_with(parent: int, number: int) -> None:
    """Ask for signal `number` when process `parent` (more exactly: the thread of it that started us) ends."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked, and nobody will tell us
        os.kill(os.getpid(), signal.SIGKILL)


def main(arguments: list[str]) -> None:
    parent, number, uid, gid, *command = arguments
    if os.geteuid() == 0 and uid != "-":
        # Before the wish: the kernel forgets it when a process changes its user.
        os.setgroups([])
        os.setgid(int(gid))
        os.setuid(int(uid))
    end_with(int(parent), int(number))
    try:
        os.execvp(command[0], command)  # noqa: S606  # becoming the command is what a leash is for
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(sys.argv[1:])
