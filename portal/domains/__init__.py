"""What the company does, one package per subject; higher asks lower, through the front door."""
