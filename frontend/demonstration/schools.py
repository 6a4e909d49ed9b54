"""The schools of Tidewell: 100 invented ones with the mix of kinds and sizes that an English area has.

One line a school: type and phase (codes of the register of schools), ages, pupils, town, trust, name. ``-`` stands
for none. Two customers beyond the area follow.
"""

from dataclasses import dataclass

FIRST_URN = 900_001
FIRST_UKPRN = 99_000_001


@dataclass(frozen=True)
class SchoolFacts:
    """A school as the register would tell of it."""

    urn: str
    ukprn: str
    number: str
    type_code: str
    phase_code: str
    low_age: int
    high_age: int
    pupils: int
    town: str
    trust: str
    name: str


_AREA = """
1  2 3-11 412 T - Lantern Street Primary School
1  2 3-11 208 T - Saltpans Primary School
1  2 4-11 619 T - Ropewalk Community Primary School
1  2 4-11 315 M - Marrambridge Juniors and Infants
1  2 3-11 233 M - Kelpwick Primary School
1  2 4-11 187 P - Pellow Cross Primary School
1  2 4-7  172 P - Pellow Cross Infant School
1  2 7-11 238 W - Withyfen Junior School
1  2 4-7  176 W - Withyfen Infant School
1  2 3-11 421 N - Netherquay Primary School
1  2 4-11 204 N - Whimbrel Rise Primary School
1  2 4-11 96  S - Sandlowe Sands Primary School
1  2 4-11 58  S - Cockleshaw Primary School
1  2 4-11 311 B - Breckhythe Primary School
1  2 3-11 447 B - Dunlinmere Primary School
1  2 4-11 402 O - Osierholt Primary School
1  2 4-11 143 O - Thriftmoor Primary School
1  2 3-11 629 T - Turnstone Park Primary School
1  2 4-11 209 M - Eelgate Primary School
1  2 4-11 84  W - Fleetwater Village School
1  2 4-11 305 T - Samphire Way Primary School
1  2 4-11 411 N - Chandlers' Wharf Primary School
1  4 11-16 842 T - Tidewell Harbour School
1  4 11-16 913 B - Breckhythe Community High School
2  2 4-11 206 T - St Thérèse of Tidewell Catholic Primary School
2  2 4-11 311 M - Our Lady of the Marram Catholic Primary School
2  2 4-11 198 N - St Wulfmar's Catholic Primary School
2  2 4-11 102 S - Sandlowe St Brannick's Church of England Primary School
2  2 4-11 214 P - Bishop Tidfrith's Church of England Primary School
2  2 4-11 73  O - Osierholt Green Church of England Primary School
2  2 4-11 417 T - Cardinal O'Hallow Catholic Primary School
2  2 3-11 208 B - Breckhythe Seafarers' Church of England Primary School
2  2 4-11 204 T - Beth Shirah Jewish Primary School
2  4 11-18 1021 T - Cardinal O'Hallow Catholic High School
3  2 4-11 131 W - Withyfen St Edwen's Church of England Primary School
3  2 4-11 66  O - Thriftmoor Church of England Primary School
3  2 4-11 208 P - Pellow Cross Church of England Primary School
3  2 4-11 49  S - Gannet Head Church of England Primary School
3  2 4-11 277 N - Netherquay Church of England Primary School
3  2 4-11 112 W - Reedcutters' Church of England Primary School
5  2 3-11 418 M - Avocet Lane Primary School
5  2 4-11 203 B - Skerryvale Primary School
5  2 4-11 356 T - Gulls Way Primary School
5  4 11-18 1204 M - Marrambridge School
7  0 4-19 148 T - The Lighthouse Path School
7  0 2-19 96  M - Willowfleet School
12 0 11-19 72 B - Breck Anchorage School
14 0 5-16 54  T - The Slipway Centre
15 1 2-5  92  T - Little Sandpipers Nursery School
15 1 2-5  78  N - Netherquay Tide Nursery School
15 1 3-5  64  B - Cuttlebone Nursery School
28 2 3-11 398 T mar Fullers Hill Primary Academy
28 2 4-11 212 N mar Tollkeeper Academy
28 2 4-11 418 B bea Beaconsea Primary Academy
28 2 4-11 187 M bea Marshgate Cross Academy
28 2 3-11 409 T com Compass Rose Primary Academy
28 4 11-16 781 N mar Netherquay Academy of the Sea
28 4 11-18 967 T com Compass Rose Academy
34 2 4-11 421 T mar Saltern Row Primary School
34 2 4-11 208 T mar Victoria Quay Primary School
34 2 4-11 313 O mar Osierholt Manor Primary School
34 2 4-11 97  W mar Withy Bank Primary School
34 2 4-11 634 M bea Marrambridge Park Primary School
34 2 4-11 209 P bea Pellow Down Primary School
34 2 4-11 196 P bea Dovecote Lane Primary School
34 2 4-11 417 B bea Breckhythe Lower Quay Primary School
34 2 4-7  268 S bea Sandlowe Bay Infant School
34 2 7-11 341 S bea Sandlowe Bay Junior School
34 2 4-11 203 T com Cooper's Yard Primary School
34 2 4-11 418 N com Northern Lights Primary School, Netherquay
34 2 4-11 152 W com Brindlefen Primary School
34 2 4-11 211 O com Heronsholt Primary School
34 2 4-11 88  O - Plovers' Green Primary School
34 2 4-11 406 T - Tidewell Bridge Primary School
34 2 4-11 214 M - Osprey Bank Primary School
34 2 4-11 311 N - Ferrymen's Primary School
34 4 11-18 1342 B bea Beaconsea High School
34 4 11-16 1108 P bea Pellow Valley School
34 4 11-18 1411 T com Tidewell Grammar School for the Coast
34 4 11-18 1267 O mar Osierholt School
34 4 11-16 893 W - Withyfen College
34 4 11-16 704 S - Sandlowe Cliffs School
33 0 5-16 118 N mar Anchorlight Academy
44 0 3-19 184 P bea Pellow Grange School
35 2 4-11 356 T com Harbour Steps Free School
35 2 4-11 178 M - Marram Dunes Primary School
35 4 11-16 612 T com The Navigator School
36 0 7-16 88  T com Moorings Free School
42 0 11-16 67 M mar The Boatyard School
40 4 14-19 286 T - Tidewell Marine University Technical College
41 4 14-19 173 N - Netherquay Studio for Makers
39 6 16-19 1184 T - Estuary Sixth Form
18 6 16-19 3120 T - Tidewell and Marrambridge College
11 7 3-18 486 T - Tidewell Court School
11 2 3-11 162 M - Marram House Preparatory School
11 2 3-11 118 P - Pellow Montessori House
11 4 11-18 342 B - Breckhythe Hall
11 7 4-16 94  O - The Osier Steiner School
10 0 8-18 41  W - Fenlight School
8  0 5-19 103 S - Sandlowe School for Deaf Children
"""
_BEYOND = """
1  2 3-11 226 H - Harrowmere Wharf Primary School
37 7 3-18 874 H - The Creekside British School, Dubai
"""

TRUSTS = {
    "mar": ("The Mariners Learning Trust", "98001", "T"),
    "bea": ("Beaconsea Schools Trust", "98002", "B"),
    "com": ("Compass Rose Education Trust", "98003", "N"),
}
TYPE_NAMES = {
    "1": "Community school", "2": "Voluntary aided school", "3": "Voluntary controlled school",
    "5": "Foundation school", "7": "Community special school", "8": "Non-maintained special school",
    "10": "Other independent special school", "11": "Other independent school", "12": "Foundation special school",
    "14": "Pupil referral unit", "15": "Local authority nursery school", "18": "Further education",
    "28": "Academy sponsor led", "33": "Academy special sponsor led", "34": "Academy converter",
    "35": "Free schools", "36": "Free schools special", "37": "British schools overseas",
    "39": "Free schools 16 to 19", "40": "University technical college", "41": "Studio schools",
    "42": "Academy alternative provision converter", "44": "Academy special converter",
}  # fmt: skip
PHASE_NAMES = {
    "0": "Not applicable",
    "1": "Nursery",
    "2": "Primary",
    "4": "Secondary",
    "6": "16 plus",
    "7": "All-through",
}


def _read(text: str, first: int) -> list[SchoolFacts]:
    found = []
    for index, line in enumerate(text.strip().splitlines(), start=first):
        type_code, phase, ages, pupils, town, trust, name = line.split(maxsplit=6)
        low, high = ages.split("-")
        found.append(
            SchoolFacts(
                urn=str(FIRST_URN + index),
                ukprn=str(FIRST_UKPRN + index),
                number=f"{2001 + index if phase in '123' else 4001 + index}",
                type_code=type_code,
                phase_code=phase,
                low_age=int(low),
                high_age=int(high),
                pupils=int(pupils),
                town=town,
                trust="" if trust == "-" else trust,
                name=name,
            )
        )
    return found


AREA_SCHOOLS = _read(_AREA, 0)
BEYOND = _read(_BEYOND, len(AREA_SCHOOLS))

# How they like to be invoiced, by name: who pays by a journal in the council's ledger, who demands a purchase order,
# who is invoiced through the trust. Every academy of the Mariners trust is invoiced through it.
COUNCIL_JOURNAL = {
    "Saltpans Primary School", "Pellow Cross Infant School", "Withyfen Junior School", "Kelpwick Primary School",
    "Cockleshaw Primary School", "The Slipway Centre", "Little Sandpipers Nursery School", "Willowfleet School",
    "Gannet Head Church of England Primary School", "Eelgate Primary School",
}  # fmt: skip
NO_COST_CENTRE = "The Slipway Centre"  # so that something is held


def cost_centre_of(facts: SchoolFacts) -> str:
    """Where the council's ledger charges a school that settles by its journal; one of them has not said yet."""
    return "" if facts.name == NO_COST_CENTRE else f"SCH{facts.urn[-4:]}"


PURCHASE_ORDER_REQUIRED = {
    "Tidewell Harbour School", "Marrambridge School", "Estuary Sixth Form", "Compass Rose Academy",
    "Tidewell Grammar School for the Coast", "Ropewalk Community Primary School", "Beaconsea High School",
    "The Navigator School", "Tidewell Marine University Technical College", "Cardinal O'Hallow Catholic High School",
}  # fmt: skip
INVOICED_THROUGH_TRUST = {"mar"}
MONTHLY_TOGETHER = {"com"}  # one invoice a month for all academies of the trust
BY_ORDER = {"Saltpans Primary School"}  # one invoice for each order
