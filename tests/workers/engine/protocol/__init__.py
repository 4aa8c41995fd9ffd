"""The protocol of a visit as a model: saga row, log, calls, a provider with books, and drivers that come and go.

It plays the very tables that the engine runs (definition.Saga) and knows nothing of SQL. What the engine commits in one
transaction is one move here; between any two moves every other driver, the clock, the provider, and a person may act,
and any driver may die or sleep. explorer.py walks all of it, promises.py says what must hold everywhere.

What the model leaves open: how long things take (a lease, a settling time, a timer are over at any moment, or never),
and how patient the engine is (any visit without progress may be the last before the saga is parked). What it takes for
granted: nobody sleeps between deciding to send and sending for longer than the provider remembers a key.
"""
