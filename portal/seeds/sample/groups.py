"""Classes and tours: what many join at the same time."""

from portal.domains.resources import OfferingRules
from portal.seeds.sample.shape import Booking, Cost

GROUPS = (
    Booking(
        slug="wheel-throwing",
        name="First Bowl on the Wheel",
        category="hands",
        cover="pottery-class",
        place="pottery-table",
        cost=Cost(38_000, "person", before=35_000, soon=42_000, why="The kiln has become dearer to fire"),
        rules=OfferingRules(120, start_step=120, lead_time=180, horizon_days=60, max_quantity=6),
        summary="Two hours, one kilo of clay, and a bowl with your name under it.",
        description=(
            "Twelve wheels, two teachers. You will centre, collapse, laugh and centre again, and by the end most people"
            " have a bowl they want to keep. We glaze and fire it; it is ready three weeks later, or travels to you"
            " by post.\n\nWear something that may get grey. Short nails help."
        ),
        attributes={"From age": 10, "Language": "Korean, English"},
    ),
    Booking(
        slug="rooftop-yoga",
        name="Yoga above the Rooftops",
        category="movement",
        cover="yoga-class",
        place="yoga-floor",
        cost=Cost(15_000, "person"),
        rules=OfferingRules(60, start_step=60, lead_time=30, horizon_days=30, max_quantity=4),
        summary="An hour of slow flow while the city is still, or again, quiet.",
        description=(
            "Early in the morning on the way to work, in the evening on the way back, later at weekends. Suryeon"
            " teaches so that beginners can follow and regulars do not get bored.\n\nMats are here. Come ten"
            " minutes early; the door closes when we begin."
        ),
        attributes={"Level": "open to all", "Mats": "included"},
    ),
    Booking(
        slug="kimchi-kitchen",
        name="Kimchi and a Pot of Stew",
        category="hands",
        cover="cooking-class",
        place="kitchen",
        cost=Cost(52_000, "person", before=49_000),
        rules=OfferingRules(150, start_step=150, lead_time=1440, horizon_days=60, max_quantity=4),
        summary="Salt, chilli, patience: make a jar to take home, then eat together.",
        description=(
            "Mrs. Go has made kimchi every winter for fifty years and measures nothing. You will learn to taste instead"
            " of weigh, fill a jar of your own, and sit down to 김치찌개 made of last year's.\n\nTell us at the table"
            " what you do not eat; there is always another pot."
        ),
        attributes={"Vegetarian": "on request", "Language": "Korean, with an interpreter"},
        policy="With a fee",
    ),
    Booking(
        slug="bukchon-morning",
        name="Bukchon at First Light",
        category="walks",
        cover="walking-tour",
        place="bukchon-guide",
        cost=Cost(28_000, "person", before=25_000),
        rules=OfferingRules(120, start_step=120, lead_time=720, horizon_days=90, max_quantity=10),
        summary="The old lanes of Seoul, before the cameras wake up.",
        description=(
            "Between eight and ten the hanok village belongs to cats, bakers and us. We walk two unhurried kilometres"
            " from Anguk to Samcheong, look into three courtyards that are not on any map, and end with barley tea"
            " where the guide's aunt lives.\n\nPeople live here: we speak quietly."
        ),
        attributes={"distance": 2, "pace": "easy", "Language": "English, Korean"},
    ),
    Booking(
        slug="fortress-by-night",
        name="The Fortress Wall by Night",
        category="walks",
        cover="night-tour",
        place="wall-guide",
        cost=Cost(32_000, "person", soon=29_000, why="Winter price"),
        rules=OfferingRules(150, start_step=150, lead_time=360, horizon_days=60, max_quantity=6),
        summary="Six hundred years of stone on one side, ten million lights on the other.",
        description=(
            "We climb from Hyehwamun to Naksan when the wall is lit and the city below has begun to glow. There are"
            " steps, there is wind, and there is hot 식혜 at the top.\n\nGood shoes are all you need; lamps come with"
            " us. In heavy rain we call you in the afternoon and you choose another night."
        ),
        attributes={"distance": 3.5, "pace": "steady", "Climb": "110 m"},
        policy="Not refundable",
    ),
    Booking(
        slug="lisbon-seven-hills",
        name="Lisbon: Three of the Seven Hills",
        category="walks",
        cover="walking-tour",
        place="lisbon-guide",
        cost=Cost(45_000, "person"),
        rules=OfferingRules(180, start_step=180, lead_time=720, horizon_days=365, max_quantity=8),
        summary="Our friend Inês shows you her city, tram bells included.",
        description=(
            "The one walk we offer far from home, because the person who leads it is worth the journey: from the river"
            " up to Alfama, over to Graça for the view, down through Mouraria for a ginjinha at the counter.\n\n"
            "All times are Lisbon's. On Friday and Saturday there is an evening walk too."
        ),
        attributes={"distance": 5, "pace": "easy", "Language": "English, Portuguese"},
    ),
    Booking(
        slug="gwangalli-kayak",
        name="Kayak at Gwangalli",
        category="water",
        cover="kayak",
        place="kayaks",
        cost=Cost(9_000, "half_hour", before=8_000, soon=10_000, why="Two new boats"),
        rules=OfferingRules(30, 240, start_step=30, lead_time=30, horizon_days=45, max_quantity=10),
        summary="Half an hour to the bridge and back, or a whole morning of sea.",
        description=(
            "Ten single kayaks lie ready on the sand. Take one or all of them, for as long as you like between half an"
            " hour and four: the price is per boat and half hour. A short lesson, a life vest and a dry bag are"
            " included.\n\nYou should be able to swim. When the flag is red we do not launch, and you pay nothing."
        ),
        attributes={"From age": 14, "Bridge and back": "about 40 minutes"},
    ),
    Booking(
        slug="harbour-lights",
        name="Harbour Lights of Busan",
        category="water",
        cover="harbour-tour",
        place="harbour-boat",
        cost=Cost(29_000, "person"),
        rules=OfferingRules(90, start_step=90, lead_time=60, horizon_days=60, max_quantity=8),
        summary="Ninety minutes among cranes, ferries and the last of the light.",
        description=(
            "The old tug Haerang slips out of Pier 1 at seven and turns slowly under the Busan Harbour Bridge. The"
            " captain tells what the containers carry; the cook passes fishcake soup over the counter.\n\nThere is a"
            " warm cabin, but the best places are on deck."
        ),
        attributes={"On board": "fishcake soup included"},
        policy="Half until two days before",
    ),
    Booking(
        slug="self-check",
        name="Practice Booking",
        category="practice",
        cover="generic",
        place="practice-desk",
        cost=Cost(10_000, "booking"),
        rules=OfferingRules(30, start_step=30, horizon_days=30),
        summary="Half an hour of nothing, to see how booking works.",
        description=(
            "Every half hour, day and night, there is one place here. Book it, pay for it with a test card, ask for the"
            " money back: that is what it is for. Jari books it by itself when the demo starts, to see that it works."
        ),
    ),
)
