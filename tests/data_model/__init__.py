"""What docs/data-model.md shows: the tables drawn from the models, and two constraints tried side by side."""
