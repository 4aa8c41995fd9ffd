"""Resources: what is booked, how many of it there are, when it is open, and which product is offered on it.

Owns resources, resource_units, opening_hours, closures with their series, decisions about holidays, and offerings with
their parts. Promises: hours and closures are told on the clock of the place and kept as they are on days when clocks
change; a unit with bookings to come does not go; an edit never overwrites one it has not seen.
"""

from portal.domains.resources.closure_models import ClosureSeries
from portal.domains.resources.models import Closure, Offering, Resource
from portal.domains.resources.offerings import OfferingRules, offer, stop_offering
from portal.domains.resources.openings import close_days, close_times, reopen, set_dated_hours, set_hours
from portal.domains.resources.parts import AROUND, Candidate, Part, PartRules, offering_in_parts, parts_of, set_parts
from portal.domains.resources.places import (
    ResourceFields,
    create_resource,
    edit_resource,
    restore_resource,
    withdraw_resource,
)
from portal.domains.resources.public_holidays import (
    Holiday,
    adopt_holidays,
    countries,
    public_holidays,
    regions,
    undecided,
)
from portal.domains.resources.queries import (
    ClosedTime,
    Offered,
    Place,
    all_hours_of,
    closures_of,
    dated_hours_of,
    find_resource,
    get_resource,
    hours_of,
    list_resources,
    offered,
    offered_question,
    offering_of,
    offering_version,
    offerings_on,
    places,
    places_question,
)
from portal.domains.resources.recurrences import EVERY, NTH
from portal.domains.resources.rules import (
    Hours,
    from_wall,
    instant,
    neighbours,
    opening_spans,
    possible_starts,
    readings,
    stored_hours,
)
from portal.domains.resources.series import (
    SeriesFields,
    close_again_and_again,
    end_series,
    keep_series,
    series_of,
    spans_of,
)

__all__ = [
    "AROUND",
    "Candidate",
    "ClosedTime",
    "Closure",
    "ClosureSeries",
    "EVERY",
    "Holiday",
    "Hours",
    "NTH",
    "Offered",
    "Offering",
    "OfferingRules",
    "Part",
    "PartRules",
    "Place",
    "Resource",
    "ResourceFields",
    "SeriesFields",
    "adopt_holidays",
    "all_hours_of",
    "close_again_and_again",
    "close_days",
    "close_times",
    "closures_of",
    "countries",
    "create_resource",
    "dated_hours_of",
    "edit_resource",
    "end_series",
    "find_resource",
    "from_wall",
    "get_resource",
    "hours_of",
    "instant",
    "keep_series",
    "list_resources",
    "neighbours",
    "offer",
    "offered",
    "offered_question",
    "offering_in_parts",
    "offering_of",
    "offering_version",
    "offerings_on",
    "opening_spans",
    "parts_of",
    "places",
    "places_question",
    "possible_starts",
    "public_holidays",
    "readings",
    "regions",
    "reopen",
    "restore_resource",
    "series_of",
    "set_dated_hours",
    "set_hours",
    "set_parts",
    "spans_of",
    "stop_offering",
    "stored_hours",
    "undecided",
    "withdraw_resource",
]
