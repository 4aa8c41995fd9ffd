"""What is read across domains, one module a screen; nothing here writes."""
