"""What is known about the products of a category of the sample world, by the category's address."""

from portal.domains.catalog import AttributeFields

KNOWN = {
    "rooms": (
        AttributeFields("Size", "number", unit="m²", shown="list", filterable=True, slug="size"),
        AttributeFields("Step-free", "flag", filterable=True, position=1, slug="step-free"),
    ),
    "walks": (
        AttributeFields("Distance", "number", unit="km", shown="list", filterable=True, slug="distance"),
        AttributeFields(
            "Pace",
            "choice",
            options=[("easy", "Easy"), ("steady", "Steady")],
            filterable=True,
            position=1,
            slug="pace",
        ),
    ),
}
