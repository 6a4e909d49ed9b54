"""A hub paid by heads: one statement frozen, on the next one milestone to verify and one sent back."""

from datetime import date, timedelta
from decimal import Decimal

from frontend.demonstration.claims import OUTSIDE, SCHOOL
from frontend.demonstration.directory import Directory
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.core.working_days import working_days_before
from subscriptions.outcomes.models import Milestone, OutcomeContract, Statement, VolumeReturn
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.stating import freeze_statement
from subscriptions.outcomes.services.terms import BandTerms, ContractTerms, MilestoneTerms, StatementTerms
from subscriptions.outcomes.services.volume import decide_volume, return_volume

BACK = "Four of the 20 left before the last day. Return those who completed."


def add_heads(directory: Directory, *, today: date) -> str:
    """Agreed before it began five months ago; returned and decided by the demonstration's own people."""
    first = add_months(today.replace(day=1), -5)
    contract = _agreed(directory, first)
    [past, now] = Statement.objects.filter(contract=contract).order_by("cut_off")[:2]
    verifier = directory.signed["verifier"]
    begun = _returned(directory, past, "started", 36, past.cut_off - timedelta(days=8))
    decide_volume(returned=begun, accepted=True, on=past.cut_off - timedelta(days=4), actor=verifier)
    freeze_statement(
        statement=past, on=past.cut_off + timedelta(days=3), actor=directory.signed["finance_officer"]
    )  # fmt: skip
    _returned(directory, now, "started", 12, working_days_before(today, 3))
    back = _returned(directory, now, "completed", 20, working_days_before(today, 6))
    decide_volume(
        returned=back, accepted=False, reason=BACK, on=working_days_before(today, 4), actor=verifier
    )  # fmt: skip
    return contract.number


def _returned(directory: Directory, statement: Statement, code: str, heads: int, on: date) -> VolumeReturn:
    milestone = Milestone.objects.get(version__contract=statement.contract_id, code=code)
    return return_volume(
        statement=statement, milestone=milestone, billable=heads, on=on, actor=directory.signed["hub_lead"]
    )


def _agreed(directory: Directory, first: date) -> OutcomeContract:
    """30 at £120.00, then 60 at £90.00: half when a mentor starts, half when they complete."""
    organiser, term = directory.signed["organiser"], Period(first, add_months(first, 12))
    quarters = [Period.months_from(add_months(first, at), 3) for at in (0, 3, 6, 9)]
    made = draft_contract(
        terms=ContractTerms(
            kind="hub", side="pays", party=directory.find(SCHOOL), title="Mentors of new teachers", term=term,
            value=Money(9_000_00), vat=OUTSIDE, account_code="7900", stream_code="SI", measures=[], items=[],
            statements=[StatementTerms(one.start, one.last_day, one.end + timedelta(days=24)) for one in quarters],
            bands=[BandTerms(30, 120_00), BandTerms(60, 90_00)],
            milestones=[
                MilestoneTerms("started", "Started training", Decimal("0.5")),
                MilestoneTerms("completed", "Completed training", Decimal("0.5")),
            ],
        ), on=first - timedelta(days=40), actor=organiser,
    )  # fmt: skip
    offer_contract(contract=made, on=first - timedelta(days=38), actor=organiser)
    return agree_contract(contract=made, on=first - timedelta(days=30), actor=directory.signed["head"])
