"""The worker pool: the business processes, the machine that runs them, and the queues that wake it."""
