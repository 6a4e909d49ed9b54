"""The courses of the demonstration, with their dates counted in days from today."""

from frontend.demonstration.offers import (
    EIGHT_DAYS,
    FIFTEEN_DAYS,
    FOUR_WEEKS,
    OfferFacts,
    course,
    per_place,
)

PARTNERSHIP, HUB, UNIVERSITY = "partnership", "meridian-hub", "wellshire-university"
SYSTEMS, INCLUSION, ARTS = "brightledger", "seaglass", "tidewell-arts"
FEW_LEFT, FULL = "lead-safeguarding", "sencos-first-year"  # whose next dates are nearly and wholly taken

COURSES: list[OfferFacts] = [
    course(
        "lead-safeguarding", "Designated safeguarding lead: the two-year refresher", PARTNERSHIP,
        ["Safeguarding", "Leadership"], per_place("140", "160", "185", second_less="20%"),
        "-310 day F L 24 | -220 day F Q 24 | -130 day F L 24 | -45 day F L 24 | 24 day F L 16 | 87 day F Q 24",
        "A day for leads and deputies: thresholds, records, difficult conversations and this year's changes.",
        description="Brings leads and deputies up to date with statutory guidance.\n\n"
        "You will work through four cases from referral to closure, test your record-keeping against a checklist and "
        "leave with a plan for the year.\n\nBring a laptop. Lunch is included.",
    ),
    course(
        "new-to-safeguarding", "Safeguarding for new leaders", PARTNERSHIP, ["Safeguarding", "Leadership"],
        per_place("140", "160", "180"),
        "-280 day F L 20 | -150 day F Q 20 | 31 day F L 20 | 110 day F L 20",
        "What a leader must know and do in the first term, with an action plan to take home.",
    ),
    course(
        "safer-recruitment", "Safer recruitment", PARTNERSHIP, ["Safeguarding", "Human resources"],
        per_place("75", "85", "95"), "-260 morning O - 40 | -95 morning O - 40 | 17 morning O - 40 | 73 morning O - 40",
        "Adverts, checks, interviews and the single central record: the half day that every panel needs.",
        cancellation=EIGHT_DAYS,
    ),
    course(
        "sencos-first-year", "New SENCOs: the first year", INCLUSION, ["SEND"], per_place("420", "460", "520"),
        "-275 day F Q 18 x3/35 | 38 day F Q 8 x3/35 | 129 day F Q 18 x3/35",
        "Three days over a year for those who have just taken on the role.", cancellation=FIFTEEN_DAYS,
    ),
    course(
        "speech-in-early-years", "Talking together: speech and language in early years", INCLUSION,
        ["Early years", "SEND"], per_place("65", "70", "85"),
        "-205 twilight O - 50 | -60 twilight O - 50 | 27 twilight O - 50",
        "Screens, games and routines that help two to five year olds to talk.", phases=["nursery", "primary"],
        cancellation=EIGHT_DAYS,
    ),
    course(
        "autism-in-class", "Autism in the mainstream classroom", INCLUSION, ["SEND", "Curriculum"],
        per_place("120", "135", "155"), "-190 day H L 30 | 52 day H L 30",
        "Sensory needs, predictable days and adjustments that cost nothing.", cancellation=FIFTEEN_DAYS,
    ),
    course(
        "early-career-induction", "Early career teachers: induction conference", HUB, ["Early career teachers"],
        per_place("95", "95", "120"), "-88 day F B 80 | 245 day F B 80",
        "Meet your cohort, your mentors and the year ahead.", cancellation=FIFTEEN_DAYS,
    ),
    course(
        "mentoring-new-teachers", "Mentoring new teachers well", HUB, ["Early career teachers", "Leadership"],
        per_place("60", "65", "80"), "-230 twilight O - 60 | -75 twilight O - 60 | 20 twilight O - 60",
        "Observation and feedback that a new teacher can use tomorrow.", cancellation=EIGHT_DAYS,
    ),
    course(
        "middle-leaders", "Leading from the middle", HUB, ["Leadership"], per_place("295", "330", "380"),
        "-240 day F U 25 x2/21 | 45 day F U 25 x2/21 | 150 day F U 25 x2/21",
        "For subject and phase leaders: plan, persuade, check and support. Two days and a visit.",
        cancellation=FOUR_WEEKS,
    ),
    course(
        "aspiring-heads", "Aspiring heads", UNIVERSITY, ["Leadership"], per_place("650", "700", "780"),
        "-170 day F U 16 x4/21 | 80 day F U 16 x4/21",
        "Four days with heads who have just done it: vision, budget, governors, and the first hundred days.",
        cancellation=FOUR_WEEKS,
    ),
    course(
        "phonics-leaders", "Phonics: leading it across the school", HUB, ["Reading and writing"],
        per_place("110", "120", "145"), "-215 day F L 30 | -100 day F Q 30 | 59 day F L 30",
        "Keep fidelity, find who is falling behind in week two, and train the whole team.", phases=["primary"],
    ),
    course(
        "reluctant-writers", "Reluctant writers in key stage 2", UNIVERSITY, ["Reading and writing", "Curriculum"],
        per_place("85", "95", "110"), "-180 afternoon O - 45 | 34 afternoon O - 45",
        "Talk, models and real readers: three classroom studies and what came of them.", phases=["primary"],
        cancellation=EIGHT_DAYS,
    ),
    course(
        "maths-mastery", "Mastery in mathematics: mixed-age classes", HUB, ["Mathematics", "Curriculum"],
        per_place("125", "140", "165"), "-160 day F Q 28 | 66 day F Q 28",
        "Sequences, representations and timetables for classes that span two years.", phases=["primary"],
    ),
    course(
        "gcse-maths-intervention", "GCSE mathematics: the last two terms", UNIVERSITY, ["Mathematics"],
        per_place("150", "165", "190"), "-300 day F U 24 | 48 day F U 24",
        "Which topics repay revision, and how to teach them again without boring anybody.", phases=["secondary"],
        cancellation=FIFTEEN_DAYS,
    ),
    course(
        "early-years-update", "Early years: what has changed this year", PARTNERSHIP, ["Early years"],
        per_place("55", "60", "75"), "-245 twilight H L 60 | -70 twilight H L 60 | 41 twilight H L 60",
        "The framework, funding and inspection in ninety minutes.", phases=["nursery", "primary"],
    ),
    course(
        "induction-for-governors", "Induction for governors and trustees", PARTNERSHIP, ["Governance"],
        per_place("45", "50", "60"), "-225 evening O - 50 | -120 evening O - 50 | -20 evening O - 50 | 29 evening O - 50",
        "Your three core functions, and questions that you may always ask.",
    ),
    course(
        "chairs-briefing", "Chairs' termly briefing", PARTNERSHIP, ["Governance", "Leadership"],
        per_place("40", "45", "55"), "-255 evening O - 80 | -135 evening O - 80 | -33 evening O - 80 | 62 evening O - 80",
        "What the next agenda needs, with time for questions to our officers.",
    ),
    course(
        "school-business-network", "School business leaders' network", PARTNERSHIP, ["Finance", "Human resources"],
        per_place("50", "55", "65"), "-235 morning F L 45 | -115 morning F L 45 | -25 morning F L 45 | 55 morning F L 45",
        "A morning each term: budget, people, premises, and each other's answers.",
    ),
    course(
        "paediatric-first-aid", "Paediatric first aid: two-day certificate", PARTNERSHIP, ["Health and safety"],
        per_place("115", "115", "135"), "-250 day F Q 14 x2/1 | -140 day F Q 14 x2/1 | -52 day F Q 14 x2/1 | 22 day F Q 14 x2/1"
        " | 94 day F Q 14 x2/1",
        "The certificate that ratios in early years ask for. Valid for three years.",
    ),
    course(
        "fire-wardens", "Fire wardens", PARTNERSHIP, ["Health and safety", "Premises"], per_place("48", "52", "60"),
        "-105 morning O - 60 | 36 morning O - 60",
        "Drills, doors, registers and extinguishers. Online, with a test at the end.", cancellation=EIGHT_DAYS,
    ),
    course(
        "mental-health-lead", "Senior mental health lead", UNIVERSITY, ["Wellbeing", "Leadership"],
        per_place("360", "395", "450"), "-200 day H U 24 x3/28 | 76 day H U 24 x3/28",
        "Build a whole-school approach in three days and two half days online.", cancellation=FOUR_WEEKS,
    ),
    course(
        "singing-in-every-class", "Singing in every class", ARTS, ["Music", "Curriculum"],
        per_place("70", "75", "90"), "-145 afternoon F L 35 | 50 afternoon F L 35",
        "Thirty songs, no piano needed, for teachers who think they cannot sing.", phases=["primary"],
    ),
    course(
        "finance-system-users", "Brightledger: month end without tears", SYSTEMS, ["Finance", "Digital"],
        per_place("95", "95", "95"), "-165 morning O - 30 | -40 morning O - 30 | 26 morning O - 30",
        "For those who post, reconcile and report in the system. Part of the supply of the software.",
        vat="S", reason="", cfr="E20D", cancellation=EIGHT_DAYS,
    ),
]  # fmt: skip
