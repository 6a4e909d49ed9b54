"""A hub that is over: two statements frozen, one to freeze, something taken back on it and something not met."""

from datetime import date, timedelta

from frontend.demonstration.claims import OUTSIDE, SCHOOL
from frontend.demonstration.directory import Directory
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from subscriptions.outcomes.models import OutcomeContract, OutcomeItem, Statement
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.deciding import accept, mark_not_met
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.stating import claw_back, freeze_statement
from subscriptions.outcomes.services.terms import ContractTerms, ItemTerms, MeasureTerms, StatementTerms

TERMS = (("first", "First term"), ("second", "Second term"), ("third", "Third term"))


def add_outcome_statements(directory: Directory, *, today: date) -> str:
    """A year that ended two months ago, claimed, verified and frozen by the demonstration's own people."""
    first = add_months(today.replace(day=1), -14)
    contract = _agreed(directory, first)
    for at, (code, _) in enumerate(TERMS):
        last = add_months(first, 4 * at + 4) - timedelta(days=1)
        _verified(directory, contract, code, last - timedelta(days=9))
        if at == 1:
            _verified(directory, contract, "writing", last - timedelta(days=8))
        if at < 2:
            statement = Statement.objects.get(contract=contract, cut_off=last)
            freeze_statement(
                statement=statement, on=last + timedelta(days=3), actor=directory.signed["finance_officer"]
            )
    claw_back(
        item=OutcomeItem.objects.get(contract=contract, code="writing"), pence=500_00,
        reason="Two of the six schools had counted the year before", on=add_months(first, 10),
        actor=directory.signed["finance_manager"],
    )  # fmt: skip
    missed = OutcomeItem.objects.get(contract=contract, code="boys")
    mark_not_met(
        item=missed, reason="The gap stayed as it was", on=add_months(first, 12) + timedelta(days=2),
        actor=directory.signed["verifier"],
    )  # fmt: skip
    return contract.number


def _agreed(directory: Directory, first: date) -> OutcomeContract:
    term = Period(first, add_months(first, 12))
    measures, items, statements = [], [], []
    for at, (code, name) in enumerate(TERMS):
        days = Period.months_from(add_months(first, 4 * at), 4)
        measures.append(MeasureTerms(code, "output", f"{name}: what was planned is done", days.last_day))
        items.append(ItemTerms(code, f"{name}’s outputs", 2_000_00, days, days.start, days.last_day, code))
        statements.append(StatementTerms(days.start, days.last_day, days.end + timedelta(days=24)))
    for code, name, pence in (("writing", "Writing at the standard", 1_500_00), ("boys", "Boys’ writing", 600_00)):
        measures.append(MeasureTerms(code, "outcome", name, term.last_day))
        items.append(ItemTerms(code, name, pence, term, first, term.last_day, code))
    made = draft_contract(
        terms=ContractTerms(
            kind="hub", side="pays", party=directory.find(SCHOOL), title="Writing hub", term=term, value=Money(8_100_00),
            vat=OUTSIDE, account_code="7900", stream_code="SI", measures=measures, items=items, statements=statements,
        ), on=first - timedelta(days=40), actor=directory.signed["organiser"],
    )  # fmt: skip
    offer_contract(contract=made, on=first - timedelta(days=38), actor=directory.signed["organiser"])
    return agree_contract(contract=made, on=first - timedelta(days=30), actor=directory.signed["head"])


def _verified(directory: Directory, contract: OutcomeContract, code: str, on: date) -> None:
    item = OutcomeItem.objects.get(contract=contract, code=code)
    claim = submit(
        item=item, words="As planned; the notes are with the school.", on=on, actor=directory.signed["hub_lead"]
    )
    accept(submission=claim, on=on + timedelta(days=4), actor=directory.signed["verifier"])
