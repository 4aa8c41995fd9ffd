"""Six plain writes and a provider in the same process: what the engine costs, and nothing else."""
