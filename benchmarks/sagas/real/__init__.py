"""The real payment saga with a provider in the same process: what a booking costs, from checkout to its end."""
