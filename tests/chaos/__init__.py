"""The whole portal under random faults, its promises checked against three books: `make chaos SECONDS=600 SEED=7`.

docs/chaos.md says what is done and how to read what it prints.
"""
