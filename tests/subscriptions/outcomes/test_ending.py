"""Contracts that end: early by who may, with what was verified still paid, or by themselves once all is settled."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from invoicing.models import Charge, Reduction
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.core.money import Money
from subscriptions.outcomes.models import Clawback, OutcomeItem, Statement
from subscriptions.outcomes.services.changes import Changes
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.contracting import ContractStands
from subscriptions.outcomes.services.deciding import accept
from subscriptions.outcomes.services.ending import end_contracts_over, preview_end, terminate_contract
from subscriptions.outcomes.services.stating import claw_back, freeze_due
from subscriptions.outcomes.services.varying import propose_variation
from tests.subscriptions.outcomes.quarters import agreed_contract, cast_of

pytestmark = pytest.mark.django_db
LAST = date(2025, 8, 15)
"""In the middle of the second quarter: 46 of its 92 days."""
ON = date(2025, 8, 1)


@pytest.fixture
def cast(partnership, council, actor):
    return cast_of(partnership, council, actor)


@pytest.fixture
def contract(cast):
    return agreed_contract(cast, years=1, quarter_pence=9_200_00, at_risk_pence=460_00)


def end(contract, cast, *, ended_on=LAST, on=ON, actor=None):
    return terminate_contract(
        contract=contract, ended_on=ended_on, reason="The council's needs changed", on=on, actor=actor or cast.manager
    )


def item(contract, code):
    return OutcomeItem.objects.get(contract=contract, code=code)


def test_what_is_left_is_cancelled_cut_or_stays(contract, cast):
    freeze_due(on=date(2025, 7, 1), actor=cast.manager)
    shown = {one.item.code: (one.fate, one.pence) for one in preview_end(contract=contract, ended_on=LAST)}
    ended = end(contract, cast)
    assert (ended.state, ended.ended_on, ended.end_reason) == ("terminated", LAST, "The council's needs changed")
    assert (item(contract, "q1-base").state, item(contract, "q1-risk").state) == ("payable", "planned")
    cut = item(contract, "q2-base")
    assert (cut.state, cut.earned_pence, cut.earned) == ("eligible", 4_370_00, 4_370)
    assert shown["q2-base"] == ("cut", 4_370_00)
    for code in ("q2-risk", "q3-base", "q3-risk", "q4-base", "q4-risk"):
        assert (item(contract, code).state, shown[code]) == ("cancelled", ("cancelled", 0))
        assert item(contract, code).reason == "The contract ended early: The council's needs changed"
    states = dict(contract.statements.values_list("ordinal", "state"))
    assert states == {1: "frozen", 2: "cancelled", 3: "cancelled", 4: "cancelled", 5: "open"}
    closing = contract.statements.get(ordinal=5)
    assert (closing.closing, closing.service_from, cut.statement_id) == (True, date(2025, 7, 1), closing.pk)


def test_what_is_claimed_and_verified_is_paid_by_the_closing_statement(contract, cast):
    """The first quarter's indicator may still be claimed after the end; its amount goes on the closing statement."""
    freeze_due(on=date(2025, 7, 1), actor=cast.manager)
    end(contract, cast, on=date(2025, 7, 5), ended_on=date(2025, 7, 15))
    claim = submit(item=item(contract, "q1-risk"), words="Met", on=date(2025, 7, 20), actor=cast.organiser)
    assert item(contract, "q1-risk").earned_pence == 0
    accept(submission=claim, on=date(2025, 7, 21), actor=cast.commissioner)
    closing = Statement.objects.get(contract=contract, closing=True)
    assert item(contract, "q1-risk").statement_id == closing.pk
    freeze_due(on=closing.cut_off + timedelta(days=1), actor=cast.manager)
    closing.refresh_from_db()
    # 15 of 92 days of £8,740.00, and £460.00.
    assert (closing.state, closing.total_pence) == ("frozen", 1_425_00 + 460_00)
    assert Charge.objects.get(source_key=closing.source_key).net_pence == 1_885_00
    call_command("verify_ledger")


def test_what_was_verified_for_a_later_statement_moves_to_the_closing_one(contract, cast):
    freeze_due(on=date(2025, 7, 1), actor=cast.manager)
    claim = submit(item=item(contract, "q1-risk"), words="Met", on=date(2025, 7, 2), actor=cast.organiser)
    accept(submission=claim, on=date(2025, 7, 3), actor=cast.commissioner)
    second = contract.statements.get(ordinal=2)
    assert item(contract, "q1-risk").statement_id == second.pk
    end(contract, cast)
    closing = Statement.objects.get(contract=contract, closing=True)
    [move] = item(contract, "q1-risk").moves.all()
    assert (move.from_statement_id, move.to_statement_id) == (second.pk, closing.pk)
    assert item(contract, "q1-risk").statement_id == closing.pk


def test_a_proposed_variation_falls_away(contract, cast):
    version = propose_variation(
        contract=contract, valid_from=date(2025, 10, 1), value=Money(36_800_00), changes=Changes(left_out=["q4-risk"]),
        reason="Less", on=ON, actor=cast.organiser,
    )  # fmt: skip
    end(contract, cast)
    version.refresh_from_db()
    assert version.state == "withdrawn"


def test_only_a_finance_manager_ends_a_contract_early(contract, cast):
    for actor in (cast.organiser, cast.commissioner):
        with pytest.raises(NotAllowed, match="Ask a finance manager to do it"):
            end(contract, cast, actor=actor)
    contract.refresh_from_db()
    assert contract.state == "active"


@pytest.mark.parametrize("day", [date(2025, 3, 31), date(2026, 3, 31), date(2026, 4, 1)])
def test_the_last_day_lies_in_the_term_and_before_its_end(contract, cast, day):
    with pytest.raises(WrongInput, match="The last day must be on or after 1 April 2025 and before 31 March 2026"):
        end(contract, cast, ended_on=day)


def test_a_frozen_statement_is_not_cut(contract, cast):
    freeze_due(on=date(2025, 7, 1), actor=cast.manager)
    with pytest.raises(WrongInput, match="The statement to 30 June 2025 is frozen"):
        end(contract, cast, ended_on=date(2025, 6, 29))
    assert not Statement.objects.filter(contract=contract, closing=True).exists()


def test_it_ends_once(contract, cast):
    end(contract, cast)
    with pytest.raises(ContractStands, match="is ended early, so it cannot be ended"):
        end(contract, cast)
    assert Event.objects.filter(kind="outcome_contract.terminated").count() == 1


def test_what_no_statement_is_left_to_take_back_is_credited_once(contract, cast, actor):
    """The first quarter was billed and proves wrong after the closing statement: the council gets a credit."""
    freeze_due(on=date(2025, 7, 1), actor=cast.manager)
    end(contract, cast, ended_on=date(2025, 7, 15), on=date(2025, 7, 14))
    closing = Statement.objects.get(contract=contract, closing=True)
    freeze_due(on=closing.cut_off + timedelta(days=1), actor=cast.manager)
    claw_back(item=item(contract, "q1-base"), pence=740_00, reason="Days not given", on=ON, actor=cast.manager)
    on = closing.cut_off + timedelta(days=2)
    assert (end_contracts_over(on=on, actor=actor), end_contracts_over(on=on, actor=actor)) == (1, 0)
    [clawback] = Clawback.objects.all()
    assert (clawback.taken_pence, clawback.charged_pence) == (0, 740_00)
    [reduction] = Reduction.objects.filter(source_key__startswith=f"outcome-clawback:{clawback.pk}:")
    assert (reduction.pence, reduction.charge.source_key) == (
        740_00,
        f"outcome-statement:{contract.statements.get(ordinal=1).pk}",
    )
    call_command("verify_ledger")


def test_a_contract_ends_by_itself_only_once_nothing_waits(contract, cast, actor):
    over = date(2026, 4, 1)
    assert end_contracts_over(on=over, actor=actor) == 0, "its last statement is open"
    freeze_due(on=over, actor=cast.manager)
    claim = submit(item=item(contract, "q4-risk"), words="Met", on=over, actor=cast.organiser)
    assert end_contracts_over(on=over, actor=actor) == 0, "a claim waits"
    accept(submission=claim, on=over, actor=cast.commissioner)
    assert end_contracts_over(on=over, actor=actor) == 0, "its amount is not on a frozen statement"
    freeze_due(on=date(2026, 4, 2), actor=cast.manager)
    assert end_contracts_over(on=date(2026, 4, 2), actor=actor) == 1
    contract.refresh_from_db()
    assert (contract.state, contract.ended_on) == ("ended", date(2026, 3, 31))
    assert item(contract, "q1-risk").reason == "Not claimed by the contract's end"
    call_command("verify_ledger")
