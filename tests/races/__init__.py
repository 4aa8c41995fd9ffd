"""The great race: everybody who can want, free, move or keep a place does so at once; then the books are read.

`make races` (`python -m tests.races --attempts 10000 --seed 7`) runs all of it; `make test` a short form.
"""
