"""Things to take along."""

from portal.seeds.sample.shape import Cost, Goods, Size

GOODS = (
    Goods(
        slug="linen-towel",
        name="Linen Towel",
        category="extras",
        cover="goods-towel",
        cost=Cost(12_000, "piece", before=11_000),
        stock=60,
        summary="Dries you, then itself, before the next round.",
        description="Woven in Andong, 70 × 140 cm. It waits for you at the sauna, the beach or the mat, and is yours.",
        attributes={"Size": "70 × 140 cm", "Material": "linen"},
    ),
    Goods(
        slug="travel-tea-set",
        name="Tea Set for the Road",
        category="extras",
        cover="goods-tea",
        cost=Cost(34_000, "piece", soon=36_000, why="New cloth pouch"),
        stock=12,
        summary="A pot, two cups and a tin of Hadong green tea in one pouch.",
        description=(
            "Thrown on the wheels of our own pottery, so no two are quite alike. The tin holds 30 g of the second"
            " spring harvest. Hand luggage has room for it."
        ),
        attributes={"Pieces": 4, "Dishwasher": False},
    ),
    Goods(
        slug="clay-kit",
        name="Clay Kit for the Kitchen Table",
        category="extras",
        cover="pottery-class",
        cost=Cost(24_000, "piece"),
        stock=0,
        sizes=(Size("2 kg", Cost(24_000, "piece"), 25), Size("5 kg", Cost(45_000, "piece"), 8)),
        summary="Clay, five tools and a very short manual.",
        description=(
            "For everyone who came home from the wheel and could not stop. The clay dries in the air and needs no kiln;"
            " what you make will hold dry flowers, keys and a little pride."
        ),
        attributes={"Clay": "air-drying", "Tools": 5},
    ),
    Goods(
        slug="dry-bag",
        name="Dry Bag, 10 Litres",
        category="extras",
        cover="goods-bag",
        cost=Cost(19_000, "piece"),
        stock=3,
        summary="Your phone stays above the water, even if you do not.",
        description="Sewn from old sails in Yeongdo. Only a few are left until the next regatta tears some more.",
        attributes={"Volume": "10 l"},
    ),
)

ALONG = {
    "cedar-sauna": (("linen-towel", 2), ("travel-tea-set", 1)),
    "wheel-throwing": (("clay-kit-5-kg", 1), ("clay-kit-2-kg", 2)),
    "gwangalli-kayak": (("dry-bag", 1), ("linen-towel", 1)),
}
"""What is offered with a booking, and how many at most, by the booking's address."""
