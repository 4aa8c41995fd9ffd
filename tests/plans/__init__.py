"""How the hot queries are answered: filled tables, the statements as the code sends them, and their plans."""
