"""A process that is measured: it says `ready`, waits for an order on a line, and answers with one line."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PEERS = Path(os.environ.get("BENCH_PYTHON", ROOT / ".venv-bench" / "bin" / "python"))


class Child:
    """Starts `python -m module` and talks with it by lines; it ends when we close its input, or die."""

    def __init__(self, module: str, environment: Mapping[str, str], *, python: Path | str = sys.executable) -> None:
        self._module = module
        self._process = subprocess.Popen(
            [str(python), "-m", module],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def tell(self, **order: Any) -> None:
        """Gives the order; `wait` takes the answer."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()

    def wait(self) -> Any:
        """The next answer. Raises RuntimeError when the child has ended instead."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self._module} ended with {self._process.wait()}")
        return json.loads(line)

    def end(self) -> None:
        """Closes its input, on which it ends by itself; else it is killed."""
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def obey(do: Callable[..., Any]) -> None:
    """The child's side: carries out orders until its input ends."""
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        print(json.dumps(do(**json.loads(line))), flush=True)
