"""A worker that is going to die: `dramatiq tests.crash.doomed` is workers.main with one moment to strike at."""

import os

from tests.crash.moments import Watch, strike
from workers.main import broker, machine

at, side, number = os.environ["CRASH_AT"].split()
Watch(machine.engine, strike(int(at), side, int(number)))

__all__ = ["broker"]
