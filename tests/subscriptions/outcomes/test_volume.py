"""Heads by bands: returned by one, decided by another, priced on freezing, and carried where they come below nought."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.verification import verify
from subscriptions.outcomes.models import Milestone, VolumeReturn
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from subscriptions.outcomes.services.drafting import draft_contract
from subscriptions.outcomes.services.stating import freeze_statement, work_out
from subscriptions.outcomes.services.terms import BandTerms, ContractTerms, MilestoneTerms, StatementTerms
from subscriptions.outcomes.services.volume import ReturnStands, decide_volume, return_volume
from tests.conftest import OUTSIDE
from tests.subscriptions.outcomes.hub_year import DRAWN, hub_cast, owed_pence, statement

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 31), date(2026, 11, 30)


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def contract(cast):
    """2 heads at £1,000.00, then 10 at £500.00; 40% of the price on time for 4 heads less £200.00, over two statements."""
    made = draft_contract(
        terms=ContractTerms(
            kind="department", side="pays", party=cast.school, title="Early career training",
            term=Period(date(2026, 10, 1), date(2027, 1, 1)), value=Money(20_000_00), vat=OUTSIDE, account_code="7900",
            stream_code="GR", measures=[], items=[],
            statements=[
                StatementTerms(date(2026, 10, 1), OCTOBER, date(2026, 11, 25)),
                StatementTerms(date(2026, 11, 1), NOVEMBER, date(2026, 12, 25)),
            ],
            bands=[BandTerms(2, 1_000_00, Decimal("0.4")), BandTerms(10, 500_00, Decimal("0.4"))],
            milestones=[MilestoneTerms("started", "Started", Decimal("0.25")), MilestoneTerms("done", "Done", Decimal("0.75"))],
            heads_target=4, set_up=Money(200_00),
        ), on=DRAWN, actor=cast.organiser,
    )  # fmt: skip
    offer_contract(contract=made, on=DRAWN, actor=cast.organiser)
    return agree_contract(contract=made, on=DRAWN, actor=cast.lead)


def returned(contract, cut_off, cast, billable, refundable=0, code="started"):
    return return_volume(
        statement=statement(contract, cut_off), milestone=Milestone.objects.get(code=code), billable=billable,
        refundable=refundable, on=cut_off, actor=cast.lead,
    )  # fmt: skip


def test_heads_pay_once_another_accepted_them(contract, cast):
    # £1,000 × 2 × 40% + £500 × 2 × 40% − £200 = £1,000.00 on time, half of it on each statement
    assert work_out(statement(contract, OCTOBER)).total == 500_00
    waits = returned(contract, OCTOBER, cast, 3)
    assert work_out(statement(contract, OCTOBER)).total == 500_00
    decide_volume(returned=waits, accepted=True, on=OCTOBER, actor=cast.verifier)
    # 2 × £1,000 × 60% × 25% = £300.00 and 1 × £500 × 60% × 25% = £75.00
    frozen = freeze_statement(statement=statement(contract, OCTOBER), on=date(2026, 11, 2), actor=cast.officer)
    assert [(line.kind, line.pence) for line in frozen.lines.order_by("position")] == [
        ("service", 500_00), ("volume", 300_00), ("volume", 75_00),
    ]  # fmt: skip
    back = returned(contract, NOVEMBER, cast, 0, 3)
    decide_volume(returned=back, accepted=True, on=NOVEMBER, actor=cast.verifier)
    second = freeze_statement(statement=statement(contract, NOVEMBER), on=date(2026, 12, 2), actor=cast.officer)
    assert (second.total_pence, owed_pence(cast.school)) == (125_00, 1_000_00)
    assert [one.invariant.name for one in verify() if one.violations] == []


def test_nobody_decides_on_their_own_return_and_a_frozen_statement_takes_none(contract, cast):
    waits = returned(contract, OCTOBER, cast, 3)
    with pytest.raises(NotAllowed):
        decide_volume(returned=waits, accepted=True, on=OCTOBER, actor=cast.lead)
    with pytest.raises(ReturnStands):
        returned(contract, OCTOBER, cast, 2)
    with pytest.raises(WrongInput):
        returned(contract, OCTOBER, cast, 0, code="done")
    freeze_statement(statement=statement(contract, OCTOBER), on=date(2026, 11, 2), actor=cast.officer)
    with pytest.raises(ReturnStands, match="frozen"):
        decide_volume(returned=waits, accepted=True, on=NOVEMBER, actor=cast.verifier)
    with pytest.raises(IntegrityError), transaction.atomic():
        VolumeReturn.objects.filter(pk=waits.pk).update(
            state="accepted", decided_by=cast.verifier.person_id, decided_on=NOVEMBER,
            decided_organisation=next(iter(cast.verifier.organisations())),
        )  # fmt: skip
    sent_back = decide_volume(
        returned=waits, accepted=False, reason="Return them for November", on=NOVEMBER, actor=cast.verifier
    )
    assert sent_back.state == "rejected"
    with pytest.raises(ReturnStands, match="frozen"):
        returned(contract, OCTOBER, cast, 2)
    assert returned(contract, NOVEMBER, cast, 3).ordinal == 1
