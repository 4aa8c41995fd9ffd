"""The worker pool: the business processes, the machine that runs them, and the queues that wake it."""

import gc

SELDOM = 20_000
"""New objects between two looks of the garbage collector. A visit leaves hardly a cycle behind, so that looking after
every 700, as usual, costs a few percent of a worker's time for nothing, and a fifth of its start while modules come."""

gc.set_threshold(SELDOM)
