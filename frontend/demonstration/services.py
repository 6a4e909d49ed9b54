"""The services, subscriptions and resources of the demonstration."""

from frontend.demonstration.offers import (
    ELIGIBLE,
    FOUR_WEEKS,
    PRINTED,
    TUITION,
    OfferFacts,
    Rule,
    by_class,
    by_unit,
    for_all,
)

PARTNERSHIP, HUB, UNIVERSITY = "partnership", "meridian-hub", "wellshire-university"
SYSTEMS, INCLUSION, ARTS = "brightledger", "seaglass", "tidewell-arts"

_SMALL = ["nursery", "primary", "special", "alternative provision"]
_LARGE = ["secondary", "all-through", "post-16"]
_THREE_YEARS: Rule = {"term_years": {"3": "5%"}}


def _by_phase(small: str, large: str, **more: object) -> Rule:
    return {
        "first": [
            {"when": {"phase": _LARGE}, "rate": large, "per": "pupils"},
            {"rate": small, "per": "pupils"},
        ],
        **more,
    }


def _yearly(code: str, title: str, provider: str, themes: list[str], prices: dict[str, Rule], cfr: str, summary: str,
            **more: object) -> OfferFacts:  # fmt: skip
    return OfferFacts(code, title, summary, provider, themes, prices, cfr, term_months=12, **more)  # type: ignore[arg-type]


YEARLY: list[OfferFacts] = [
    _yearly(
        "hr-advice", "Human resources advice", PARTNERSHIP, ["Human resources"],
        for_all({"sum": [{"flat": "400", "label": "Base charge"}, {"rate": "9.50", "per": "staff"}]}), "E28a",
        "A named adviser for contracts, absence, performance and disputes, by telephone and on site.",
    ),
    _yearly(
        "payroll", "Payroll and pensions", PARTNERSHIP, ["Human resources", "Finance"],
        for_all({"rate": "62.40", "per": "posts", "unit": "post", "floor": "640"}), "E28a",
        "Monthly pay, statutory returns and both pension schemes, with a check before every run.",
    ),
    _yearly(
        "finance-support", "Finance support for maintained schools", PARTNERSHIP, ["Finance"],
        for_all({"first": [
            {"when": {"phase": _LARGE}, "flat": "5150", "label": "Secondary schools"},
            {"bands": [{"max": 50, "price": "1610"}, {"max": 150, "price": "2040"}, {"max": 300, "price": "2925"},
                       {"price": "3480"}], "by": "pupils"}]}), "E28a",
        "Budget setting, monitoring visits and the year-end return.",
    ),
    _yearly(
        "ict-support", "ICT support with a weekly visit", SYSTEMS, ["Digital"],
        for_all(_by_phase("6.35", "5.07", floor="480", less=_THREE_YEARS)), "E20G",
        "A technician in school each week and a help desk from seven to seven.",
    ),
    _yearly(
        "broadband", "Broadband, filtering and monitoring", SYSTEMS, ["Digital", "Safeguarding"],
        for_all({"sum": [{"flat": "466.14", "label": "Line"}, {"rate": "1.14", "per": "pupils"}],
                 "cap": "4900", "less": _THREE_YEARS}), "E20A",
        "A fibre line with filtering that meets the safeguarding standards.",
    ),
    _yearly(
        "finance-system", "Brightledger finance system", SYSTEMS, ["Finance", "Digital"],
        for_all({"bands": [{"max": 200, "price": "780"}, {"max": 600, "price": "1140"}, {"max": 1200, "price": "1695"},
                           {"price": "2350"}], "by": "pupils"}), "E20D",
        "Orders, invoices and reports in one place, with the codes of both returns.",
    ),
    _yearly(
        "data-protection", "Data protection officer", PARTNERSHIP, ["Data"],
        by_class({"flat": "595"}, {"flat": "720"}), "E28a",
        "Your officer in law: audits, breaches, requests, and training for staff.",
    ),
    _yearly(
        "data-analysis", "Pupil data reports", PARTNERSHIP, ["Data", "School improvement"],
        by_class({"rate": "1.45", "per": "pupils", "floor": "210", "cap": "1450"},
                 {"rate": "1.90", "per": "pupils", "floor": "260", "cap": "1900"}), "E28a",
        "Attainment, attendance and context on six pages, twice a year, with a call to read them together.",
    ),
    _yearly(
        "clerking", "Clerking of governors' meetings", PARTNERSHIP, ["Governance"],
        for_all({"packages": {"9": "2434", "6": "1656", "3": "828", "1": "276"}, "per": "meetings"}), "E28a",
        "A trained governance professional: agenda, advice at the table, minutes within ten days.",
    ),
    _yearly(
        "governor-services", "Governor services", PARTNERSHIP, ["Governance"],
        for_all({"first": [
            {"when": {"phase": _LARGE}, "flat": "1290", "label": "Secondary schools"},
            {"bands": [{"max": 100, "price": "805"}, {"price": "1290"}], "by": "pupils"}]}), "E09",
        "Every governor's training, model policies and a telephone number for chairs.",
        supply="training", vat="E", reason=ELIGIBLE,
    ),
    _yearly(
        "health-and-safety", "Health and safety: competent person", PARTNERSHIP, ["Health and safety", "Premises"],
        for_all({"sum": [{"flat": "285", "label": "Base charge"}, {"rate": "1.10", "per": "pupils"}], "cap": "1350"}),
        "E28a", "An audit each year, advice all year, and help when somebody gets hurt.",
    ),
    _yearly(
        "premises-advice", "Premises and compliance", PARTNERSHIP, ["Premises"],
        for_all({"sum": [{"flat": "350", "label": "Base charge"}, {"rate": "2.05", "per": "pupils"}],
                 "floor": "540", "cap": "2600"}), "E12",
        "Surveys, statutory testing, contractors on call and a plan for the next five years.",
    ),
    _yearly(
        "catering-advice", "Catering contract advice", PARTNERSHIP, ["Catering"],
        for_all({"flat": "465"}), "E25",
        "Menus checked against the standards, contracts tendered, kitchens visited twice a year.",
    ),
    _yearly(
        "school-improvement-partner", "School improvement partner", PARTNERSHIP, ["School improvement", "Leadership"],
        by_class({"rate": "5", "per": "pupils", "floor": "750", "cap": "4200"},
                 {"rate": "6.50", "per": "pupils", "floor": "980", "cap": "5500"}), "E27",
        "A former head at your side: three visits, a report to governors, and the telephone in between.",
        supply="consultancy",
    ),
    _yearly(
        "early-career-body", "Appropriate body for early career teachers", HUB, ["Early career teachers"],
        for_all({"each": "teachers", "unit": "teacher", "of": {"flat": "250", "label": "A year of induction"}}), "E09",
        "Registration, quality assurance and the two assessments of each teacher's year.",
        supply="training", vat="E", reason=ELIGIBLE,
    ),
    _yearly(
        "instrument-lessons", "Whole-class instrument lessons", ARTS, ["Music"],
        for_all({"each": "classes", "unit": "class", "units": "classes",
                 "of": {"flat": "1480", "label": "Thirty lessons, instruments included"}}), "E27",
        "A term, two or three of strings, brass or ukulele for everybody in the class.",
        supply="training", vat="E", reason=TUITION, phases=["primary", "special"], cancellation=FOUR_WEEKS,
    ),
    _yearly(
        "reading-scheme", "Tideline online reading library", UNIVERSITY, ["Reading and writing", "Digital"],
        for_all({"bands": [{"max": 120, "price": "245"}, {"max": 300, "price": "395"}, {"price": "560"}],
                 "by": "pupils"}), "E20C",
        "Four hundred graded books on any screen, read aloud where it helps.", phases=["primary"],
    ),
]  # fmt: skip

SINGLE: list[OfferFacts] = [
    OfferFacts(
        "adviser-day", "School improvement adviser: a day", "A review, a visit or a day beside your team. Write-up included.",
        PARTNERSHIP, ["School improvement"], by_unit("day", "days", member="495", other="567"), "E27", supply="consultancy", vat="",
    ),
    OfferFacts(
        "curriculum-review", "Curriculum review by a subject specialist",
        "Two days in school with a report that governors can read.", UNIVERSITY, ["Curriculum", "School improvement"],
        by_unit("day", "days", member="450", other="550"), "E27", supply="consultancy",
    ),
    OfferFacts(
        "psychology-session", "Educational psychology: a session of three hours",
        "Consultation, observation or assessment by a registered psychologist.", INCLUSION, ["SEND", "Wellbeing"],
        by_unit("session", "sessions", member="250", other="275"), "E27",
    ),
    OfferFacts(
        "specialist-teacher", "Specialist teacher: half a day", "Observation and a plan that the class can use on Monday.",
        INCLUSION, ["SEND"], by_unit("half day", "half days", member="210", other="245"), "E27", supply="consultancy",
    ),
    OfferFacts(
        "inset-day", "Training day at your school", "We come to you: behaviour, curriculum, writing or safeguarding for all.",
        HUB, ["Curriculum", "Safeguarding"], by_unit("day", "days", member="780", other="895"), "E09",
        supply="training", vat="", cancellation=FOUR_WEEKS,
    ),
    OfferFacts(
        "website-check", "Website compliance check", "What must be published, whether it is, and what to mend first.",
        SYSTEMS, ["Digital", "Data"], by_class({"flat": "165"}, {"flat": "195"}), "E28a",
    ),
    OfferFacts(
        "legionella-test", "Water hygiene testing", "Sampling, certificates and a log book, each visit.", PARTNERSHIP,
        ["Premises", "Health and safety"], by_unit("visit", "visits", member="138", other="152"), "E12",
    ),
    OfferFacts(
        "laptop-setup", "Laptops set up and enrolled", "Delivered, tagged, named and ready for the first lesson.", SYSTEMS,
        ["Digital"], for_all({"bands": [{"max": 10, "rate": "34"}, {"max": 50, "rate": "27.50"}, {"rate": "21"}],
                              "by": "quantity", "how": "marginal", "unit": "laptop"}), "E20G",
    ),
    OfferFacts(
        "phonics-books", "Tideline phonics: class set of printed books", "Sixty decodable books in a box, one for each step.",
        UNIVERSITY, ["Reading and writing"], by_unit("set", "sets", member="189.50", other="214"), "E19",
        supply="printed", vat="", phases=["primary", "special"],
    ),
    OfferFacts(
        "governors-handbook", "The governors' handbook, printed", "The year's guidance in one volume, with a diary.",
        PARTNERSHIP, ["Governance"], by_unit("copy", "copies", member="14.95", other="17.50"), "E19",
        supply="goods", vat="Z", reason=PRINTED,
    ),
    OfferFacts(
        "maths-manipulatives", "Mathematics equipment: class kit", "Rods, counters, frames and balances for thirty.",
        HUB, ["Mathematics"], by_unit("kit", "kits", member="156", other="172"), "E19", supply="goods",
    ),
    OfferFacts(
        "artist-week", "Artist in residence: a week", "A printmaker, potter or storyteller works with every class.", ARTS,
        ["Music", "Curriculum"], by_unit("week", "weeks", member="1450", other="1650"), "E27", supply="training",
        vat="E", reason=TUITION, cancellation=FOUR_WEEKS,
    ),
]  # fmt: skip
SERVICES = YEARLY + SINGLE
