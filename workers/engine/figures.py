"""What the engine counts and times, for whoever listens (portal.kernel.watch)."""

from portal.kernel.watch import Count, Timer

STEP = Timer("jari_saga_step_seconds", "Time in a step's function; for outside steps, the call.", "saga", "step")
ENDED = Count(
    "jari_sagas_ended_total", "Visits that brought a saga to rest, by the state it rests in.", "saga", "state"
)
RETRIES = Count(
    "jari_saga_retries_total", "Visits put off: unknown for a call, broken for a local step.", "saga", "why"
)
FENCED = Count("jari_saga_fenced_total", "Visits that had lost their saga and were rolled back.", "saga")
RESCUES = Count(
    "jari_sweep_rescues_total",
    "Sagas the sweep drove: unheard (new, no doorbell came), abandoned (its driver died), due (its time had come).",
    "why",
)
