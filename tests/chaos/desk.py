"""A member of staff of the trial, who decides about refunds."""

import queue
import threading
from random import Random

from tests.chaos.answers import Client
from tests.chaos.trial import Trial


class Desk(threading.Thread):
    """Works until nobody asks any more."""

    def __init__(self, trial: Trial, number: int) -> None:
        super().__init__(name=f"staff-{number}", daemon=True)
        self.trial = trial
        self.chance = Random(f"{trial.seed} staff {number}")
        self.api = Client(trial, trial.world.staff, self.chance)

    def run(self) -> None:
        while True:
            try:
                refund = self.trial.asked.get(timeout=0.2)
            except queue.Empty:
                if self.trial.end.is_set():
                    return
                continue
            try:
                self.decide(refund)
            except Exception as error:
                self.trial.notes.breaks(f"{self.name} was told something odd: {error!r}")

    def decide(self, refund: str) -> None:
        if self.chance.random() < 0.1:
            answer = self.api.call("POST", f"/staff/refunds/{refund}/rejection", {"reason": "Too late."})
        else:
            answer = self.api.call("POST", f"/staff/refunds/{refund}/approval")
            if answer is not None and answer.status_code == 202:
                self.trial.notes.approved.add(refund)
        # 409: decided already, by the try whose answer was lost.
        if answer is not None and answer.status_code not in {200, 202, 409}:
            self.trial.notes.breaks(f"{self.name} was told {answer.status_code} {answer.text[:300]}")
