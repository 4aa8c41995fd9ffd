"""Sagas per second: our engine, DBOS and the limit of the database, side by side on one PostgreSQL, turn by turn.

Empty on purpose: the peers import the package in their own environment, which has not all that the turns need.
"""
