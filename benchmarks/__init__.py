"""What `make bench` runs: ours and others side by side, one JSON object a line, notes for people beside it."""
