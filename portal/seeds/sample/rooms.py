"""Rooms and rest: what is booked by time."""

from decimal import Decimal

from portal.domains.catalog import RateFields
from portal.domains.resources import OfferingRules
from portal.seeds.sample.shape import Booking, Cost

AT_WEEKENDS = RateFields(1, weekdays=frozenset({5, 6}), percent=25)
LATE = RateFields(2, since=17 * 60, amount=Decimal(14_000))

ROOMS = (
    Booking(
        slug="rehearsal-room",
        name="Rehearsal Room Nine",
        category="studios",
        cover="studio-room",
        place="rehearsal-room",
        cost=Cost(9_000, "half_hour", before=8_000, soon=9_500, why="New drum kit"),
        rules=OfferingRules(60, 240, buffer_after=15, lead_time=60, horizon_days=60),
        summary="Drums, two good amps and walls thick enough for the second chorus.",
        description=(
            "A room for bands of up to six, in a former shoe workshop in Seongsu. The kit stays set up, the piano is"
            " tuned on Mondays, and the neighbours are a printing press, so nobody minds the bass.\n\n"
            "Choose any length from one to four hours. We keep a quarter of an hour after you to air the room."
        ),
        attributes={
            "For": "up to 6 people",
            "size": 34,
            "step-free": True,
            "Piano": True,
            "Loading": "lift to the door",
        },
    ),
    Booking(
        slug="recording-studio",
        name="Studio Blue, with engineer",
        category="studios",
        cover="recording-studio",
        place="recording-studio",
        cost=Cost(48_000, "hour", before=45_000),
        rules=OfferingRules(
            120, 480, length_step=60, start_step=60, buffer_before=15, buffer_after=30, lead_time=1440, horizon_days=90
        ),
        summary="A live room, a booth, and somebody who hears what you meant.",
        description=(
            "Record a song in an evening or an album over a week of nights: Studio Blue is open until two in the"
            " morning. The price includes an engineer, every microphone in the cupboard, and the mixdown of what you"
            " recorded that day.\n\nArrive on the hour; cables and headphones will be ready."
        ),
        attributes={"For": "up to 8 musicians", "Console": "24 channels", "Engineer": "included"},
        policy="Half until two days before",
    ),
    Booking(
        slug="photo-studio",
        name="Daylight Photo Studio",
        category="studios",
        cover="photo-studio",
        place="photo-studio",
        cost=Cost(16_000, "half_hour", rates=(AT_WEEKENDS, LATE)),
        rules=OfferingRules(60, 180, buffer_after=30, lead_time=120, horizon_days=60),
        summary="A north-facing wall of glass and four rolls of paper.",
        description=(
            "The light is soft from morning to late afternoon; for everything else there are two flash heads and a"
            " reflector on wheels. Backdrops in chalk, sand, moss and persimmon.\n\nSteam iron, clothes rail and strong"
            " coffee are part of the room."
        ),
        attributes={"size": 58, "step-free": False, "Ceiling": "3.6 m", "Backdrops": 4},
    ),
    Booking(
        slug="seminar-room",
        name="Seminar Room Han",
        category="meeting-rooms",
        cover="seminar-room",
        place="seminar-room",
        cost=Cost(18_000, "half_hour", before=17_000, soon=20_000, why="New screen and chairs"),
        rules=OfferingRules(60, 480, buffer_before=15, buffer_after=15, lead_time=240, horizon_days=120),
        summary="Twenty chairs, one long table, and a screen that simply works.",
        description=(
            "On the fifth floor in Jongno, with a view over the tiled roofs. Tables can be a horseshoe, rows or one"
            " long board; tell us when you arrive and we move them with you.\n\nWater, tea and a whiteboard that is"
            " really white are included. A quarter of an hour before and after is yours for setting up and saying"
            " goodbye."
        ),
        attributes={"For": "up to 20 people", "Screen": "86 inches", "size": 42, "step-free": True},
    ),
    Booking(
        slug="deep-rest-60",
        name="Deep Rest, 60 minutes",
        category="rest",
        cover="massage",
        place="yuna",
        cost=Cost(78_000, "booking", before=72_000),
        rules=OfferingRules(60, start_step=30, buffer_after=15, lead_time=120, horizon_days=45),
        summary="An hour for shoulders, neck and everything that sits at a desk.",
        description=(
            "Yuna works slowly and without small talk, unless you like some. Tell her where it hurts; she will find the"
            " rest. The room is warm, the oil smells of nothing at all.\n\nPlease come five minutes early and drink"
            " something first."
        ),
        attributes={"Therapist": "Yuna", "Language": "Korean, English"},
        policy="With a fee",
    ),
    Booking(
        slug="deep-rest-90",
        name="Deep Rest, 90 minutes",
        category="rest",
        cover="massage",
        place="yuna",
        cost=Cost(110_000, "booking"),
        rules=OfferingRules(90, start_step=30, buffer_after=15, lead_time=120, horizon_days=45),
        summary="The same hands, and half an hour more to forget the time.",
        description=(
            "From the soles of the feet to the forehead, without hurry. The last ten minutes belong to a hot towel and"
            " nothing else.\n\nIt is the same Yuna in the same room as the shorter treatment: when one is taken, so is"
            " the other."
        ),
        attributes={"Therapist": "Yuna", "Language": "Korean, English"},
        policy="With a fee",
    ),
    Booking(
        slug="cedar-sauna",
        name="Cedar Sauna for Two",
        category="rest",
        cover="sauna",
        place="sauna-cabins",
        cost=Cost(44_000, "booking", soon=48_000, why="Longer opening in winter"),
        rules=OfferingRules(90, start_step=30, buffer_after=30, lead_time=60, horizon_days=45),
        summary="A cabin of your own, a window to the sea, a bucket of cold water.",
        description=(
            "Three cabins stand in a row above Haeundae. Each has its own stove, shower and a bench outside, where you"
            " steam in the wind. Ninety minutes are two good rounds with a rest between them.\n\nOne booking is one"
            " cabin, for one person or two. Bring a towel, or take one of ours along."
        ),
        attributes={"For": "2 people", "Temperature": "85 °C"},
    ),
)
