"""The people of the demonstration: a sign-in for every role that has something to do, and a buyer without one at every other customer."""

from dataclasses import dataclass

from frontend.demonstration.places import AUTHORITY_NAME, choose, slug
from marketplace.core.actors import Role

# Of the demonstration only, printed when it is built: a production site never makes these people.
PASSWORD = "demonstration-2026!"  # noqa: S105

PARTNERSHIP = ""  # stands for the partnership itself, whatever it is called
SMALL_LIMIT_PENCE = 25_000
BUYER_LIMIT_PENCE = 500_000


@dataclass(frozen=True)
class SignIn:
    """Somebody who can sign in: ``role`` in words, ``organisation`` by name (empty: the partnership)."""

    email: str
    name: str
    role: str
    organisation: str
    roles: tuple[Role, ...]
    limit_pence: int | None = None


SIGN_INS: dict[str, SignIn] = {
    "buyer": SignIn(
        "office@lantern-street.example", "Dawn Okafor", "Buyer at a maintained primary school",
        "Lantern Street Primary School", (Role.BUYER,), BUYER_LIMIT_PENCE,
    ),
    "approver": SignIn(
        "business@marrambridge.example", "Tomasz Wrona", "Buyer and approver at a secondary school",
        "Marrambridge School", (Role.BUYER, Role.APPROVER),
    ),
    "head": SignIn(
        "head@saltpans.example", "Ruth Adeyemi", "Head teacher", "Saltpans Primary School", (Role.BUYER, Role.APPROVER),
    ),
    "trust_finance": SignIn(
        "finance@beaconsea.example", "Colette Brandão", "Finance lead of a trust", "Beaconsea Schools Trust",
        (Role.TRUST_FINANCE,),
    ),
    "small_limit": SignIn(
        "admin@osprey-bank.example", "Jamie Pell", "Buyer with a spending limit of £250.00", "Osprey Bank Primary School",
        (Role.BUYER,), SMALL_LIMIT_PENCE,
    ),
    "delegate": SignIn(
        "teacher@lantern-street.example", "Zofia Penhale", "Teacher with places of her own",
        "Lantern Street Primary School", (Role.DELEGATE,),
    ),
    "provider": SignIn(
        "courses@meridian-hub.example", "Nadia Rahman", "Provider", "Meridian Teaching School Hub", (Role.PROVIDER,),
    ),
    "ridgeway": SignIn(
        "bookings@ridgeway-learning.example", "Joana Petty", "Provider of consultants", "Ridgeway Learning",
        (Role.PROVIDER,),
    ),
    "consultant": SignIn(
        "dana@ridgeway-learning.example", "Dana Whitlock", "Consultant", "Ridgeway Learning", (Role.CONSULTANT,),
    ),
    "panel": SignIn(
        "panel@partnership.example", "Lorna Fitch", "Member of the accreditation panel", PARTNERSHIP, (Role.PANEL,),
    ),
    "hub_lead": SignIn(
        "reading@saltpans.example", "Imogen Tate", "Lead of a hub", "Saltpans Primary School", (Role.HUB_LEAD,),
    ),
    "verifier": SignIn(
        "outcomes@marrambridge.example", "Noah Kettering", "Verifier of returns", "Marrambridge School", (Role.VERIFIER,),
    ),
    "commissioner": SignIn(
        "education@council.example", "Gareth Llewelyn", "Commissioner at the council", AUTHORITY_NAME,
        (Role.COMMISSIONER,),
    ),
    "council_payments": SignIn(
        "payments@council.example", "Moira Tench", "Payments officer at the council", AUTHORITY_NAME,
        (Role.COUNCIL_PAYMENTS,),
    ),
    "finance_officer": SignIn(
        "priya@partnership.example", "Priya Nair", "Finance officer", PARTNERSHIP, (Role.FINANCE_OFFICER,),
    ),
    "finance_manager": SignIn(
        "marcus@partnership.example", "Marcus Thiele", "Finance manager", PARTNERSHIP, (Role.FINANCE_MANAGER,),
    ),
    "organiser": SignIn(
        "hana@partnership.example", "Hana Sørensen", "Course organiser", PARTNERSHIP, (Role.ORGANISER,),
    ),
    "auditor": SignIn("auditor@partnership.example", "Oliver Quist", "Auditor", PARTNERSHIP, (Role.AUDITOR,)),
    "administrator": SignIn(
        "admin@partnership.example", "Bea Castellan", "Administrator", PARTNERSHIP, (Role.ADMINISTRATOR,),
    ),
}  # fmt: skip
# With real schools nobody stands for a school but one invented buyer, and the partnership's own people sign in.
_REAL_AREA = ("buyer", "finance_officer", "finance_manager", "organiser", "auditor", "administrator")


def real_sign_ins(school: str) -> dict[str, SignIn]:
    """The sign-ins where real schools were loaded: the buyer stands at the school of that name."""
    found = {key: SIGN_INS[key] for key in _REAL_AREA}
    buyer = found["buyer"]
    found["buyer"] = SignIn("buyer@school.example", buyer.name, "Buyer at a school", school, buyer.roles)
    return found


_FIRST = (
    "Amina", "Bríd", "Callum", "Deepa", "Elspeth", "Farouk", "Grace", "Hugo", "Ines", "Joel", "Kezia", "Liam", "Maya",
    "Noor", "Owen", "Pia", "Rafael", "Sian", "Théo", "Uma", "Viktor", "Wanda", "Yusuf", "Zofia",
)  # fmt: skip
_LAST = (
    "Abara", "Birch", "Castellanos", "Dunmore", "Eastwick", "Farrow", "Gill", "Haddon", "Ilves", "Jansen", "Kaur",
    "Lambe", "Mensah", "Novak", "O'Connell", "Penhale", "Qureshi", "Rowe", "Szabó", "Tregear", "Udo", "Vance", "Wyatt",
    "Yeo",
)  # fmt: skip


def name_for(key: str) -> str:
    """An invented person's name, always the same for the same words."""
    return f"{choose(_FIRST, f'first {key}')} {choose(_LAST, f'last {key}')}"


def office_of(organisation: str) -> str:
    """The shared address of an organisation's office."""
    return f"office@{slug(organisation)[:60].strip('-')}.example"
