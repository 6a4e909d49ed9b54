"""A second hub of Saltpans in its first year: one return verified, one to verify, one sent back, one coming; a deputy."""

from datetime import date, timedelta
from decimal import Decimal

from catalogue.models import CourseRun
from frontend.demonstration.directory import Directory
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.core.working_days import working_days_before
from marketplace.organisations.queries import partnership
from marketplace.trading.models import Register
from marketplace.trading.services.counting import count_for_contract
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.queries import items_of
from subscriptions.outcomes.services.claiming import add_evidence, submit
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.deciding import accept, reject
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.evidence import Shown
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms

SCHOOL = "Saltpans Primary School"
OUTSIDE = VatTreatment("O", Decimal(0), "Grant: not a supply")
BACK = "The register of the second meeting is unsigned. Send it again with the signatures."


def add_claims(directory: Directory, *, today: date, actor: Actor) -> str:
    """Agreed three months ago; claimed and decided over the last weeks by the demonstration's own people."""
    lead, verifier = directory.signed["hub_lead"], directory.signed["verifier"]
    contract = _agreed(directory, today)
    count_for_contract(contract=contract, actor=actor)
    items = {one.code: one for one in items_of(contract)}
    sent = working_days_before(today, 12)
    show = Shown("Registers of the first month", "register", link="https://saltpans.example/registers")
    add_evidence(item=items["training"], shown=show, on=sent, actor=lead)
    claim = submit(item=items["training"], claimed=Decimal(38), words="Two of 40 were ill.", on=sent, actor=lead)
    accept(submission=claim, on=working_days_before(today, 9), actor=verifier)
    for code, label, days in (("meetings", "Minutes of both meetings", 8), ("visits", "Notes of the visits", 4)):
        on = working_days_before(today, days)
        facts = {"Schools": "6", "Hours": "18.5"} if code == "visits" else {}
        link = "" if facts else "https://saltpans.example/minutes"
        add_evidence(item=items[code], shown=Shown(label, "report", link=link, facts=facts), on=on, actor=lead)
        made = submit(item=items[code], words="Every school was part of it.", on=on, actor=lead)
        if code == "meetings":
            reject(submission=made, reason=BACK, on=working_days_before(today, 5), actor=verifier)
    return contract.number


def _agreed(directory: Directory, today: date) -> OutcomeContract:
    organiser, head = directory.signed["organiser"], directory.signed["head"]
    first = add_months(today.replace(day=1), -3)
    term = Period(first, add_months(first, 12))
    made = draft_contract(
        terms=ContractTerms(
            kind="hub", side="pays", party=directory.find(SCHOOL), title="Maths hub", term=term, value=Money(12_000_00),
            vat=OUTSIDE, account_code="7900", stream_code="SI", measures=_measures(today, term),
            items=_items(today, term), statements=_statements(term), analysis_code=_counted_code(term),
        ), on=first - timedelta(days=30), actor=organiser,
    )  # fmt: skip
    offer_contract(contract=made, on=first - timedelta(days=28), actor=organiser)
    return agree_contract(contract=made, on=first - timedelta(days=20), actor=head)


def _measures(today: date, term: Period) -> list[MeasureTerms]:
    soon, later = today + timedelta(days=10), term.end - timedelta(days=31)
    return [
        MeasureTerms(
            "training", "output", "Teachers who came to training", soon, unit="people", target=Decimal(40),
            definition="Each teacher once, whoever came to at least one of the hub's dates", partial="proportional",
            evidence_types=("register",), counts="attended",
        ),
        MeasureTerms("meetings", "output", "Two network meetings held", soon, evidence_types=("report",)),
        MeasureTerms("visits", "output", "Each school visited once", soon, evidence_types=("report",)),
        MeasureTerms(
            "attainment", "outcome", "Pupils at the expected standard in maths", later, unit="per cent",
            baseline=Decimal(61), target=Decimal(70), tolerance=Decimal("0.5"), partial="steps",
            steps=((Decimal("0.5"), Decimal("0.5")),),
        ),
        MeasureTerms("handover", "output", "What the schools can go on with alone", later, evidence_types=("report",)),
    ]  # fmt: skip


def _items(today: date, term: Period) -> list[ItemTerms]:
    soon, later = today + timedelta(days=10), term.end - timedelta(days=31)
    begin = working_days_before(today, 20)
    opens = [
        ("training", "Training of the first term", 3_000_00), ("meetings", "Network meetings", 1_500_00),
        ("visits", "Visits to schools", 1_500_00),
    ]  # fmt: skip
    coming = [("attainment", "Attainment in maths", 3_600_00), ("handover", "Handing over", 1_200_00)]
    found = [ItemTerms(code, name, pence, term, begin, soon, code) for code, name, pence in opens]
    found += [
        ItemTerms(code, name, pence, term, later - timedelta(days=60), later, code) for code, name, pence in coming
    ]
    return [*found, ItemTerms("base", "Release of the lead", 1_200_00, term, term.start, term.last_day)]


def _statements(term: Period) -> list[StatementTerms]:
    """By half-years, the first after this month."""
    half = add_months(term.start, 6)
    return [
        StatementTerms(term.start, half - timedelta(days=1), half + timedelta(days=24)),
        StatementTerms(half, term.last_day, term.end + timedelta(days=24)),
    ]


def _counted_code(term: Period) -> str:
    """A course of the partnership's of which a register was closed since the term began, so that something is counted."""
    over = CourseRun.objects.filter(
        offer__provider__organisation=partnership(), starts_at__date__gte=term.start,
        registers__state=Register.State.CLOSED,
    )  # fmt: skip
    return over.order_by("pk").values_list("offer__code", flat=True).first() or ""
