"""Worlds to begin with: the demo's sample world, and one's own catalog from a CSV file; by the front doors only."""
