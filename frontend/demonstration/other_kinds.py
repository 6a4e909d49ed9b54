"""Offers of the demonstration that are neither courses nor yearly services: consultancy, resources, group deals."""

from frontend.demonstration.offers import FOUR_WEEKS, PRINTED, OfferFacts, by_class, by_unit, for_all

PARTNERSHIP, HUB, UNIVERSITY = "partnership", "meridian-hub", "wellshire-university"
SYSTEMS, INCLUSION, ARTS = "brightledger", "seaglass", "tidewell-arts"

OTHER_KINDS: list[OfferFacts] = [
    OfferFacts(
        "reading-consultant", "Reading consultant: a day in school",
        "Lessons watched, data read and a plan agreed with the reading lead before the day ends.", HUB,
        ["Reading and writing", "School improvement"], by_unit("day", "days", member="475", other="560"), "E27",
        supply="consultancy", vat="", kind="consultancy", cancellation=FOUR_WEEKS,
    ),
    OfferFacts(
        "send-review", "SEND review by a specialist leader", "A day of looking and half a day of writing, with pupils' voices.",
        INCLUSION, ["SEND", "School improvement"], by_class({"flat": "690"}, {"flat": "780"}), "E27",
        supply="consultancy", vat="", kind="consultancy", cancellation=FOUR_WEEKS,
    ),
    OfferFacts(
        "governance-review", "External review of governance",
        "Documents, a meeting watched and eight conversations; a report that the board can act on.", PARTNERSHIP,
        ["Governance"], by_class({"flat": "1250"}, {"flat": "1480"}), "E27", supply="consultancy", vat="",
        kind="consultancy", cancellation=FOUR_WEEKS,
    ),
    OfferFacts(
        "timetable-consultant", "Timetabling consultant: a day", "Options, staffing and a curriculum model that fits the budget.",
        UNIVERSITY, ["Curriculum", "Finance"], by_unit("day", "days", member="520", other="610"), "E27",
        supply="consultancy", vat="", kind="consultancy", phases=["secondary"],
    ),
    OfferFacts(
        "vocabulary-cards", "Tier two vocabulary cards, printed", "Two hundred words with pictures, sentences and roots.", HUB,
        ["Reading and writing", "Curriculum"], by_unit("set", "sets", member="28.50", other="34"), "E19",
        supply="printed", vat="", kind="resource",
    ),
    OfferFacts(
        "times-tables-wall", "Times tables wall chart, printed", "One square metre, laminated, with the hard facts in colour.",
        HUB, ["Mathematics"], by_unit("chart", "charts", member="9.80", other="11.50"), "E19", supply="goods",
        kind="resource", phases=["primary"],
    ),
    OfferFacts(
        "local-history-pack", "Tidewell then and now: a local history pack",
        "Maps, photographs and forty documents in a box, with six enquiries.", UNIVERSITY, ["Humanities"],
        by_unit("pack", "packs", member="64", other="72"), "E19", supply="printed", vat="Z", reason=PRINTED,
        kind="resource", phases=["primary", "secondary"],
    ),
    OfferFacts(
        "exercise-books-deal", "Exercise books at the group's price", "Ordered together in May, delivered to each school in July.",
        PARTNERSHIP, ["Supplies"], by_unit("box of 100", "boxes of 100", member="31.20", other="38.40"), "E19",
        supply="goods", kind="deal",
    ),
    OfferFacts(
        "photocopier-deal", "Photocopier paper at the group's price", "A pallet price for single boxes, any week of the term.",
        PARTNERSHIP, ["Supplies"], by_unit("box", "boxes", member="14.60", other="18.25"), "E19", supply="goods",
        kind="deal",
    ),
    OfferFacts(
        "waste-deal", "Waste collection: the area's agreement", "One rate for all schools in the area, weighed at each lift.",
        PARTNERSHIP, ["Premises", "Supplies"], for_all({"rate": "11.40", "per": "quantity", "unit": "lift", "units": "lifts"}),
        "E14", kind="deal",
    ),
]  # fmt: skip
