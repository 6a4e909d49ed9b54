"""Statements frozen once: exact amounts of a hub lead's year and of a council's contract, and what is refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from invoicing.payables.models import Payable
from invoicing.receivables.models import Charge
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.core.verification import verify
from subscriptions.outcomes.models import OutcomeItem, Statement, StatementLine, StatementMove
from subscriptions.outcomes.services.claiming import submit
from subscriptions.outcomes.services.deciding import accept, mark_not_met, reject
from subscriptions.outcomes.services.items import ItemStands
from subscriptions.outcomes.services.stating import (
    ClawbackTooLarge,
    StatementStands,
    claw_back,
    freeze_due,
    freeze_statement,
    mark_paid_due,
    move_item,
    work_out,
)
from subscriptions.outcomes.services.varying import approve_variation, propose_variation
from tests.shop import person
from tests.subscriptions.outcomes.hub_year import (
    claimed,
    hub_cast,
    hub_contract,
    item,
    open_pence,
    owed_pence,
    statement,
    verified,
)
from tests.subscriptions.outcomes.quarters import agreed_contract, cast_of, cut_from_year_three

pytestmark = pytest.mark.django_db
DECEMBER, APRIL, AUGUST = date(2026, 12, 31), date(2027, 4, 30), date(2027, 8, 31)


@pytest.fixture
def cast(partnership, oakfield, actor):
    return hub_cast(partnership, oakfield, actor)


@pytest.fixture
def contract(cast):
    return hub_contract(cast)


def freeze(contract, cut_off, on, cast):
    return freeze_statement(statement=statement(contract, cut_off), on=on, actor=cast.officer)


def books_hold():
    broken = {one.invariant.name: one.violations for one in verify() if one.violations}
    assert broken == {}


def year_one(contract, cast):
    """Scenario 1's first year up to the day before August's statement is frozen; what each earlier one came to."""
    assert open_pence(contract) == 0
    waits = claimed(contract, "autumn-1", date(2026, 12, 10), cast)
    assert open_pence(contract) == 0
    accept(submission=waits, on=date(2026, 12, 14), actor=cast.verifier)
    december = freeze(contract, DECEMBER, date(2027, 1, 2), cast)
    waits = claimed(contract, "spring-1", date(2027, 4, 28), cast)
    assert open_pence(contract) == 0
    april = freeze(contract, APRIL, date(2027, 5, 2), cast)
    reject(submission=waits, reason="Two registers are missing", on=date(2027, 5, 22), actor=cast.verifier)
    assert open_pence(contract) == 0
    verified(contract, "spring-1", date(2027, 6, 9), cast)
    verified(contract, "outcome-50-1", date(2027, 7, 12), cast)
    verified(contract, "outcome-20-1", date(2027, 7, 12), cast)
    waits = claimed(contract, "outcome-30-1", date(2027, 7, 12), cast)
    mark_not_met(
        item=item(contract, "outcome-30-1"), reason="Fewer than half", on=date(2027, 7, 13), actor=cast.verifier
    )
    waits.refresh_from_db()
    assert waits.state == "rejected"
    verified(contract, "summer-1", date(2027, 8, 27), cast)
    return december, april


def test_a_hub_leads_year_pays_what_was_verified_to_the_penny(contract, cast):
    december, april = year_one(contract, cast)
    assert (december.total_pence, april.total_pence, owed_pence(cast.school)) == (2_800_00, 0, 2_800_00)
    assert open_pence(contract) == 8_120_00
    august = freeze(contract, AUGUST, date(2027, 9, 2), cast)
    assert august.total_pence == 8_120_00
    assert list(august.lines.order_by("position").values_list("item__code", "pence")) == [
        ("spring-1", 2_800_00), ("summer-1", 2_800_00), ("outcome-50-1", 1_800_00), ("outcome-20-1", 720_00),
    ]  # fmt: skip
    contract.refresh_from_db()
    assert (contract.settled_pence, owed_pence(cast.school)) == (10_920_00, 10_920_00)
    assert august.pay_on == date(2027, 9, 24)
    # In October the outcome of weight 20 proves wrong.
    claw_back(
        item=item(contract, "outcome-20-1"), pence=720_00, reason="The scores were of another year",
        on=date(2027, 10, 11), actor=cast.manager,
    )  # fmt: skip
    assert owed_pence(cast.school) == 10_920_00
    verified(contract, "autumn-2", date(2027, 12, 10), cast)
    second = freeze(contract, date(2027, 12, 31), date(2028, 1, 3), cast)
    assert [(line.kind, line.pence) for line in second.lines.order_by("position")] == [
        ("item", 2_800_00), ("clawback", -720_00),
    ]  # fmt: skip
    assert (second.total_pence, owed_pence(cast.school)) == (2_080_00, 13_000_00)
    taken = item(contract, "outcome-20-1")
    assert (taken.state, taken.settled_pence, taken.earned_pence) == ("clawed_back", 0, 720_00)
    assert Payable.objects.filter(source_key__startswith="outcome-statement:").count() == 3
    books_hold()


def test_gated_wholly_on_outcomes_nothing_is_paid_until_july(cast):
    contract = hub_contract(cast, outputs=Decimal(0))
    for cut_off, on in ((DECEMBER, date(2027, 1, 2)), (APRIL, date(2027, 5, 4))):
        assert freeze(contract, cut_off, on, cast).total_pence == 0
    verified(contract, "outcome-50-1", date(2027, 7, 12), cast)
    verified(contract, "outcome-20-1", date(2027, 7, 12), cast)
    assert freeze(contract, AUGUST, date(2027, 9, 2), cast).total_pence == 8_400_00
    assert not Payable.objects.filter(source_key="").exists()
    books_hold()


def test_a_second_set_with_retention_and_odd_pence(cast):
    """£333.33 a month, 60% on outputs, 5% retained until the end of the year."""
    contract = hub_contract(
        cast, years=1, month_pence=333_33, outputs=Decimal("0.6"), retention=Decimal("0.05"),
        retention_due_on=date(2027, 8, 31),
    )  # fmt: skip
    verified(contract, "autumn-1", date(2026, 12, 10), cast)  # £799.99: 79,999.2 pence, as the contract is drawn up
    december = freeze(contract, DECEMBER, date(2027, 1, 2), cast)
    assert (december.total_pence, december.retained_pence) == (759_99, 40_00)
    verified(contract, "outcome-30-1", date(2027, 3, 1), cast)  # £479.99
    april = freeze(contract, APRIL, date(2027, 5, 2), cast)
    assert (april.total_pence, april.retained_pence) == (455_99, 24_00)
    contract.refresh_from_db()
    assert (contract.settled_pence, contract.retained_pence) == (1_215_98, 64_00)
    august = freeze(contract, AUGUST, date(2027, 9, 2), cast)
    assert [(line.kind, line.pence) for line in august.lines.all()] == [("released", 64_00)]
    contract.refresh_from_db()
    assert (contract.settled_pence, contract.retained_pence) == (799_99 + 479_99, 0)
    books_hold()


def council_years(cast, contract, officer, manager, *, missed):
    """Freezes quarter by quarter, each indicator verified in the month after but the ones missed."""
    for quarter in range(12):
        if quarter == 7:
            version = propose_variation(
                contract=contract, valid_from=date(2027, 4, 1), value=Money(800_000_00),
                changes=cut_from_year_three(), reason="The council's budget", on=date(2026, 12, 1), actor=cast.organiser,
            )  # fmt: skip
            approve_variation(version=version, on=date(2026, 12, 3), actor=manager)
            approve_variation(version=version, on=date(2026, 12, 5), actor=cast.commissioner)
        cut_off = Statement.objects.filter(contract=contract).order_by("cut_off")[quarter].cut_off
        after = cut_off + timedelta(days=10)
        freeze_statement(statement=statement(contract, cut_off), on=cut_off + timedelta(days=2), actor=officer)
        code = f"q{quarter + 1}-risk" + ("-v2" if quarter >= 8 else "")
        waits = submit(item=item(contract, code), words="Shown", on=after, actor=cast.organiser)
        if quarter in missed:
            mark_not_met(item=item(contract, code), reason="Missed", on=after, actor=cast.commissioner)
        else:
            accept(submission=waits, on=after, actor=cast.commissioner)
    for last in Statement.objects.filter(contract=contract, state="open"):  # added for the last quarter's indicator
        freeze_statement(statement=last, on=date(2028, 6, 1), actor=officer)


@pytest.mark.parametrize(("missed", "net", "gross"), [({5}, 796_250_00, 955_500_00), ({0, 11}, 793_750_00, 952_500_00)])
def test_a_council_contract_cut_by_a_third_bills_what_was_verified(partnership, council, actor, missed, net, gross):
    cast = cast_of(partnership, council, actor)
    officer = person(partnership, actor, name="Fay Officer", role=Role.FINANCE_OFFICER, on=date(2026, 1, 1))
    contract = agreed_contract(cast)
    council_years(cast, contract, officer, cast.manager, missed=missed)
    charged = Charge.objects.filter(source_key__startswith="outcome-statement:")
    assert charged.aggregate(sum=Sum("net_pence"))["sum"] == net
    assert sum(one.net_pence + int(one.net_pence * one.vat_rate) for one in charged) == gross
    contract.refresh_from_db()
    assert contract.settled_pence == net
    assert {one.reduced_pence for one in charged} == {0}
    books_hold()


def test_a_statement_is_frozen_once_after_its_last_day_and_in_order(contract, cast):
    verified(contract, "autumn-1", date(2026, 12, 10), cast)
    with pytest.raises(StatementStands, match="runs until"):
        freeze(contract, DECEMBER, DECEMBER, cast)
    with pytest.raises(StatementStands, match="first"):
        freeze(contract, APRIL, date(2027, 5, 2), cast)
    with pytest.raises(NotAllowed):
        freeze_statement(statement=statement(contract, DECEMBER), on=date(2027, 1, 2), actor=cast.organiser)
    freeze(contract, DECEMBER, date(2027, 1, 2), cast)
    with pytest.raises(StatementStands, match="already"):
        freeze(contract, DECEMBER, date(2027, 1, 2), cast)
    assert (owed_pence(cast.school), Payable.objects.count(), StatementLine.objects.count()) == (2_800_00, 1, 1)
    assert freeze_due(on=date(2027, 1, 2), actor=cast.officer) == 0


def test_frozen_together_is_frozen_one_by_one(cast):
    """Three contracts, a statement that pays, one of nought, and claw-backs in between."""
    both = []
    for _ in range(2):
        made = hub_contract(cast)
        verified(made, "autumn-1", date(2026, 12, 10), cast)
        both.append(made)
    together, apart = both
    for cut_off, on in ((DECEMBER, date(2027, 9, 2)), (APRIL, date(2027, 9, 2)), (AUGUST, date(2027, 9, 2))):
        freeze(apart, cut_off, on, cast)
    assert freeze_due(on=date(2027, 9, 2), actor=cast.officer) == 3

    def told(contract):
        rows = StatementLine.objects.filter(statement__contract=contract).order_by("statement__cut_off", "position")
        payables = Payable.objects.filter(description__contains="statement to", source_key__in=[
            f"outcome-statement:{one.pk}" for one in Statement.objects.filter(contract=contract)
        ])  # fmt: skip
        return (
            list(rows.values_list("kind", "item__code", "label", "exact", "pence")),
            list(payables.values_list("net_pence", "owed_pence", "state", "service_from", "service_to", "account")),
            list(Statement.objects.filter(contract=contract).order_by("cut_off").values_list("state", "total_pence")),
        )

    assert told(together) == told(apart)
    books_hold()


def test_freezing_ten_contracts_asks_no_more_than_freezing_one(cast, django_assert_num_queries):
    def queries(contracts):
        for _ in range(contracts):
            verified(hub_contract(cast, years=1), "autumn-1", date(2026, 12, 10), cast)
        with connection.execute_wrapper(count):
            counted.clear()
            freeze_due(on=date(2027, 1, 2), actor=cast.officer)
        return len(counted)

    counted = []

    def count(execute, sql, params, many, context):
        counted.append(sql)
        return execute(sql, params, many, context)

    assert queries(1) == queries(10)


def test_an_amount_is_moved_with_its_reason_and_then_pays_there(contract, cast):
    verified(contract, "autumn-1", date(2026, 12, 10), cast)
    moved = move_item(
        item=item(contract, "autumn-1"), to=statement(contract, APRIL), reason="Their year end is in March",
        on=date(2026, 12, 15), actor=cast.officer,
    )  # fmt: skip
    assert moved.statement.cut_off == APRIL
    assert freeze(contract, DECEMBER, date(2027, 1, 2), cast).total_pence == 0
    assert work_out(statement(contract, APRIL)).total == 2_800_00
    with pytest.raises(StatementStands, match="not open"):
        move_item(
            item=item(contract, "autumn-1"), to=statement(contract, DECEMBER), reason="Back", on=date(2027, 1, 3),
            actor=cast.officer,
        )  # fmt: skip
    with pytest.raises(ItemStands):
        move_item(
            item=item(contract, "spring-1"), to=statement(contract, AUGUST), reason="Not verified", on=date(2027, 1, 3),
            actor=cast.officer,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        move_item(
            item=item(contract, "autumn-1"), to=statement(contract, AUGUST), reason="No", on=date(2027, 1, 3),
            actor=cast.organiser,
        )  # fmt: skip
    assert StatementMove.objects.get().reason == "Their year end is in March"
    assert Event.objects.filter(kind="outcome_item.moved").count() == 1


def test_no_more_is_taken_back_than_was_paid_and_the_rest_waits(contract, cast):
    verified(contract, "autumn-1", date(2026, 12, 10), cast)
    eligible = item(contract, "autumn-1")
    with pytest.raises(ItemStands):
        claw_back(item=eligible, pence=1, reason="Too soon", on=date(2026, 12, 20), actor=cast.manager)
    freeze(contract, DECEMBER, date(2027, 1, 2), cast)
    taking = {"reason": "Half of it was not held", "on": date(2027, 1, 10), "actor": cast.manager}
    with pytest.raises(ClawbackTooLarge):
        claw_back(item=eligible, pence=2_800_01, **taking)
    with pytest.raises(NotAllowed):
        claw_back(item=eligible, pence=1, **{**taking, "actor": cast.officer})
    first = claw_back(item=eligible, pence=2_000_00, **taking)
    with pytest.raises(ClawbackTooLarge):
        claw_back(item=eligible, pence=800_01, **taking)
    verified(contract, "outcome-20-1", date(2027, 2, 1), cast)  # £720.00
    april = freeze(contract, APRIL, date(2027, 5, 2), cast)
    first.refresh_from_db()
    assert (april.total_pence, first.taken_pence) == (0, 720_00)
    assert not Payable.objects.filter(source_key=f"outcome-statement:{april.pk}").exists()
    verified(contract, "outcome-50-1", date(2027, 7, 1), cast)  # £1,800.00
    august = freeze(contract, AUGUST, date(2027, 9, 2), cast)
    first.refresh_from_db()
    assert (august.total_pence, first.taken_pence) == (1_800_00 - 1_280_00, 2_000_00)
    paid = item(contract, "autumn-1")
    assert (paid.state, paid.settled_pence) == ("payable", 800_00)
    books_hold()


def test_a_statement_of_nought_is_paid_on_its_day_and_another_when_its_payable_is(contract, cast):
    freeze(contract, DECEMBER, date(2027, 1, 2), cast)
    assert mark_paid_due(on=date(2027, 1, 24), actor=cast.officer) == 0
    assert mark_paid_due(on=date(2027, 1, 25), actor=cast.officer) == 1
    assert statement(contract, DECEMBER).state == "paid"
    verified(contract, "spring-1", date(2027, 4, 20), cast)
    freeze(contract, APRIL, date(2027, 5, 2), cast)
    assert mark_paid_due(on=date(2027, 6, 25), actor=cast.officer) == 0
    assert item(contract, "spring-1").state == "payable"


REFUSED = {
    "a frozen statement's total": "UPDATE subscriptions_statement SET total_pence = 1 WHERE state = 'frozen'",
    "a frozen statement's days": "UPDATE subscriptions_statement SET pay_on = pay_on + 1 WHERE state = 'frozen'",
    "a line": "UPDATE subscriptions_statementline SET pence = 1",
    "a line more": "INSERT INTO subscriptions_statementline (statement_id, position, kind, label, exact, pence) SELECT"
    " id, 99, 'volume', 'More', 1, 100 FROM subscriptions_statement WHERE state = 'frozen'",
    "a paid item's amount": "UPDATE subscriptions_outcomeitem SET settled_pence = 1 WHERE state = 'payable'",
    "a paid item's verification": "UPDATE subscriptions_outcomeitem SET verified_by_submission_id = NULL WHERE state = 'payable'",
    "an item that nobody verified": "UPDATE subscriptions_outcomeitem SET state = 'eligible' WHERE code = 'spring-1'",
    "what an agreed item pays": "UPDATE subscriptions_outcomeitem SET pence = pence + 1 WHERE code = 'spring-1'",
    "a contract's sum": "UPDATE subscriptions_outcomecontract SET settled_pence = settled_pence + 1",
    "the claim that was paid": "UPDATE subscriptions_submission SET state = 'undone', reason = 'x' WHERE state = 'accepted'",
    "a claw-back of more than was paid": "INSERT INTO subscriptions_clawback (item_id, ordinal, pence, taken_pence,"
    " charged_pence, reason, decided_on) SELECT id, 1, earned_pence + 1, 0, 0, 'x', '2027-01-03'"
    " FROM subscriptions_outcomeitem WHERE state = 'payable'",
    "a statement": "DELETE FROM subscriptions_statement",
}  # fmt: skip


@pytest.mark.parametrize("sql", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses_to_change(contract, cast, sql):
    verified(contract, "autumn-1", date(2026, 12, 10), cast)
    freeze(contract, DECEMBER, date(2027, 1, 2), cast)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert OutcomeItem.objects.filter(state="payable", settled_pence=2_800_00).count() == 1
