"""Several processes count, any of them may be killed, and one page tells the sum."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

COUNTS = """
import sys
from portal import metrics
metrics.connect()
from portal.kernel.watch import Count, Timer
Count("jari_doors_total", "Doors that closed.", "which").add("front", by=float(sys.argv[1]))
Timer("jari_wait_seconds", "Waits.").took(0.02)
print("counted", flush=True)
sys.stdin.read()
"""
TELLS = "import sys; from portal import metrics; sys.stdout.write(metrics.page()[0].decode())"


def test_the_figures_of_all_processes_are_added_up_and_those_of_a_killed_one_stay(tmp_path: Path, root: Path) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "figures")}

    def told() -> dict[str, float]:
        command = [sys.executable, "-c", TELLS]
        text = subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout
        return {name: float(value) for name, value in re.findall(r"^(jari_\S+) (\S+)$", text, re.MULTILINE)}

    processes = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTS, by], cwd=root, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for by in ("2", "5")
    ]
    try:
        for process in processes:
            assert process.stdout
            assert process.stdout.readline() == b"counted\n"
        living = told()
        processes[0].send_signal(signal.SIGKILL)
        processes[0].wait(10)
        assert living['jari_doors_total{which="front"}'] == 7
        assert living["jari_wait_seconds_count"] == 2
        assert living['jari_wait_seconds_bucket{le="0.01"}'] == 0
        assert living['jari_wait_seconds_bucket{le="0.03"}'] == 2
        assert told() == living, "a count never shrinks because a process died"
    finally:
        for process in processes:
            process.kill()
            process.communicate()
