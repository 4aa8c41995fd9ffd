"""The real engine on a real PostgreSQL, with its drivers on strings: they stop where another could overtake them.

puppets.py holds the strings, fickle.py is the saga and its provider, mirror.py shows the database as a world of the
protocol (protocol/), so that the same promises are asked of both. test_whatever_happens.py pulls.
"""
