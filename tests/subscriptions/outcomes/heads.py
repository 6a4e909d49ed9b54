"""A contract by heads with its people: 2 heads at £1,000.00, then 10 at £500.00, a quarter at the start, the rest when done."""

from datetime import date
from decimal import Decimal

from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import Milestone, OutcomeContract, VolumeReturn
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.terms import BandTerms, ContractTerms, MilestoneTerms, StatementTerms
from subscriptions.outcomes.services.volume import decide_volume, return_volume
from tests.conftest import OUTSIDE, STANDARD
from tests.subscriptions.outcomes.hub_year import DRAWN, HubCast, statement

OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 30)


def heads_contract(
    cast: HubCast,
    *,
    payer: Organisation | None = None,
    agrees: Actor | None = None,
    title: str = "Early career training",
) -> OutcomeContract:
    """Over two statements, to 31 October and to 30 November 2026, of £20,000.00 at most. ``payer`` pays us, and agrees
    it by ``agrees``; without one the school earns."""
    terms = ContractTerms(
        kind="department", side="earns" if payer else "pays", party=payer or cast.school, title=title,
        term=Period(date(2026, 10, 1), date(2027, 1, 1)), value=Money(20_000_00), vat=STANDARD if payer else OUTSIDE,
        account_code="4110" if payer else "7900", stream_code="CC" if payer else "GR", measures=[], items=[],
        statements=[
            StatementTerms(date(2026, 10, 1), OCTOBER, date(2026, 11, 25)),
            StatementTerms(date(2026, 11, 1), NOVEMBER, date(2026, 12, 25)),
        ],
        bands=[BandTerms(2, 1_000_00), BandTerms(10, 500_00)],
        milestones=[MilestoneTerms("started", "Started", Decimal("0.25")), MilestoneTerms("done", "Done", Decimal("0.75"))],
    )  # fmt: skip
    made = draft_contract(terms=terms, on=DRAWN, actor=cast.organiser)
    offer_contract(contract=made, on=DRAWN, actor=cast.organiser)
    return agree_contract(contract=made, on=DRAWN, actor=agrees or cast.lead)


def returned(
    contract: OutcomeContract, cut_off: date, cast: HubCast, billable: int, refundable: int = 0, code: str = "started"
) -> VolumeReturn:
    """Heads returned by the lead on the statement's last day."""
    return return_volume(
        statement=statement(contract, cut_off), milestone=Milestone.objects.get(version__contract=contract, code=code),
        billable=billable, refundable=refundable, on=cut_off, actor=cast.lead,
    )  # fmt: skip


def decided(
    one: VolumeReturn, cast: HubCast, *, accepted: bool = True, reason: str = "", on: date = OCTOBER
) -> VolumeReturn:
    """By the verifier."""
    return decide_volume(returned=one, accepted=accepted, reason=reason, on=on, actor=cast.verifier)
