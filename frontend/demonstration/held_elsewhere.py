"""What schools hold from others: nine schools of a trust clean at nine prices, and one school has notice to give soon."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from frontend.demonstration.directory import Directory
from marketplace.core.actors import Actor
from marketplace.core.periods import Period, add_months
from subscriptions.register.models import OutsideContract
from subscriptions.services import ContractTerms, add_document, add_outside_contract, announce_notices

BUYER_SCHOOL = "Lantern Street Primary School"
RELATED_SCHOOL, DECLARED_SCHOOL = "Marshgate Cross Academy", "Pellow Down Primary School"
_STANDARD, _NONE = ("S", Decimal("0.20")), ("E", Decimal(0))
# School, supplier, pence a year: what cleaning costs in nine schools of one trust, and catering in three.
_CLEANING = [
    ("Beaconsea Primary Academy", "Brightwater Cleaning", 2_140_000),
    ("Marshgate Cross Academy", "Gleam and Sons", 1_310_000),
    ("Marrambridge Park Primary School", "Brightwater Cleaning", 2_980_000),
    ("Pellow Down Primary School", "Tidy Tide", 1_090_000),
    ("Dovecote Lane Primary School", "Gleam and Sons", 1_245_000),
    ("Breckhythe Lower Quay Primary School", "Tidy Tide", 1_870_000),
    ("Sandlowe Bay Infant School", "Brightwater Cleaning", 1_520_000),
    ("Sandlowe Bay Junior School", "Brightwater Cleaning", 1_655_000),
    ("Pellow Valley School", "Northgate Facilities", 6_420_000),
]
_CATERING = [
    ("Beaconsea Primary Academy", "Harbour Kitchens", 3_480_000),
    ("Marrambridge Park Primary School", "Harbour Kitchens", 5_760_000),
    ("Breckhythe Lower Quay Primary School", "Samphire Catering", 3_120_000),
]
_TERMS_TEXT = (
    "Demonstration: a fictional contract.\n\nCleaning of {school} by {supplier}.\n"
    "Daily, after 4pm, in term time; a deep clean in August. Three months' notice to the end of a term.\n"
)


@dataclass(frozen=True)
class _Held:
    """A contract of the buyer's school; it began so many months ago and runs for so many."""

    title: str
    supplier: str
    code: str
    pence: int
    vat: tuple[str, Decimal]
    began: int
    months: int
    weeks: int
    renewal: str = "automatic"
    quotes: int = 0


_OF_BUYER = [
    _Held("Photocopiers", "Inkwell Office Systems", "E22", 384_000, _STANDARD, 20, 36, 13, quotes=3),
    _Held("Grounds maintenance", "Greenbank Gardens", "E13", 612_500, _STANDARD, 7, 12, 8),
    _Held("Supply teacher insurance", "Staysure Mutual", "E10", 940_000, _NONE, 4, 12, 4, renewal="ask", quotes=3),
    _Held("Fire alarm servicing", "Sentinel Fire", "E12", 68_000, _STANDARD, 26, 24, 0, renewal="none"),
]


def add_held_elsewhere(directory: Directory, *, today: date, actor: Actor) -> None:
    """The contracts with their documents, a declaration that is there and one that is missing, and a reminder sent."""
    lead, buyer = directory.signed["trust_finance"], directory.signed["buyer"]
    starts = add_months(today.replace(day=1), -8)
    for title, code, rows in (("Cleaning", "E14", _CLEANING), ("Catering", "E25", _CATERING)):
        for school, supplier, pence in rows:
            made = _add(
                directory, school, _Held(title, supplier, code, pence, _STANDARD, 8, 36, 13), starts, today, lead
            )
            if title == "Cleaning":
                _document(made, "Contract", _TERMS_TEXT.format(school=school, supplier=supplier), today, lead)
    _related(directory, starts, today, lead)
    for held in _OF_BUYER:
        made = _add(directory, BUYER_SCHOOL, held, add_months(today.replace(day=1), -held.began), today, buyer)
        if held.title == "Photocopiers":
            _document(made, "Lease of two copiers", "Demonstration: a fictional lease.\n", today, buyer)
            _document(
                made, "Lease of two copiers", "Demonstration: a fictional lease, with a third copier.\n", today, buyer
            )
    _near_its_notice(directory, today, buyer)
    announce_notices(on=today, actor=actor)


def _near_its_notice(directory: Directory, today: date, buyer: Actor) -> None:
    """One whose last day for notice comes in three weeks."""
    ends = today + timedelta(weeks=12, days=20)
    terms = ContractTerms(
        supplier="Brightwater Cleaning", title="Cleaning", cfr_code="E14", year_pence=1_420_000,
        term=Period(add_months(ends, -24), ends), vat_category="S", vat_rate=_STANDARD[1], notice_weeks=12,
        renewal=OutsideContract.Renewal.AUTOMATIC, quotes=3,
    )  # fmt: skip
    made = add_outside_contract(organisation=directory.find(BUYER_SCHOOL), terms=terms, on=today, actor=buyer)
    _document(made, "Contract", _TERMS_TEXT.format(school=BUYER_SCHOOL, supplier=terms.supplier), today, buyer)


def _related(directory: Directory, starts: date, today: date, lead: Actor) -> None:
    """Two with a trustee's interest: one is declared."""
    for school in (RELATED_SCHOOL, DECLARED_SCHOOL):
        held = _Held("Minibus hire", "Causeway Coaches", "E28a", 460_000, _STANDARD, 8, 24, 4)
        made = _add(directory, school, held, starts, today, lead, related_role="Trustee of the trust")
        if school == DECLARED_SCHOOL:
            _document(made, "Declaration", "Demonstration: a fictional declaration.\n", today, lead, "declaration")


def _add(
    directory: Directory, school: str, held: _Held, starts: date, today: date, by: Actor, *, related_role: str = ""
) -> OutsideContract:
    terms = ContractTerms(
        supplier=held.supplier, title=held.title, cfr_code=held.code, year_pence=held.pence,
        term=Period.months_from(starts, held.months), vat_category=held.vat[0], vat_rate=held.vat[1],
        notice_weeks=held.weeks, renewal=held.renewal, quotes=held.quotes, related_role=related_role,
        related=OutsideContract.Related.INTEREST if related_role else OutsideContract.Related.NONE,
    )  # fmt: skip
    return add_outside_contract(organisation=directory.find(school), terms=terms, on=today, actor=by)


def _document(one: OutsideContract, title: str, text: str, today: date, by: Actor, kind: str = "contract") -> None:
    name = f"{title.lower().replace(' ', '-')}.txt"
    add_document(contract=one, kind=kind, title=title, upload=text.encode(), name=name, on=today, actor=by)
