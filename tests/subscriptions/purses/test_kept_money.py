"""What a purse keeps for orders cannot be taken off its account by any way: the database refuses, and says for what."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from invoicing.models import Allocation, UnallocatedItem
from invoicing.receivables.keeping import MoneyKept
from invoicing.second_person.limits import set_limit
from invoicing.second_person.models import Action, PreparedAction
from invoicing.services import (
    allocate,
    approve,
    carry,
    credit_in_full,
    prepare_refund,
    refund,
    reverse_receipt,
    undo_allocation,
)
from marketplace.core.actors import Role
from marketplace.core.errors import WrongInput
from subscriptions.models import Purse, PurseDraw
from subscriptions.purses.drawing import PurseTooSmall
from subscriptions.purses.queries import standings_of, statement_of
from subscriptions.services import draw, pay_in, release_draw
from tests.invoicing.books import bill, receive, run_sql
from tests.shop import person
from tests.subscriptions.purses.tampering import ON, filled, two_schools

pytestmark = pytest.mark.django_db
SAYS = "Purse harbour keeps £60.00 for ORD-1"


@pytest.fixture
def purse(partnership, actor):
    """£100.00, of which £60.00 are kept for an order: £40.00 are free."""
    schools = two_schools("Harbour")
    made = filled("harbour", schools, 100_00)
    keep(schools[1], "ORD-1", 60_00)
    for action in (Action.REFUND, Action.CARRY):
        set_limit(action=action, pence=1_000_00, valid_from=ON, actor=actor)
    made.refresh_from_db()
    return made


def keep(member, order, pence):
    return draw(
        code="harbour", organisation=member, source_key=f"order:{order}", label=f"{order}: A course", pence=pence,
        charge_keys=[f"{order}:1"], on=ON,
    )  # fmt: skip


def money_of(purse):
    return UnallocatedItem.objects.get(organisation=purse.account)


def left(purse):
    return standings_of([Purse.objects.get(pk=purse.pk)])[0].left_pence


def test_no_more_is_refunded_than_is_free(purse, actor):
    given = {"source": money_of(purse), "reason": "Asked back", "on": ON, "actor": actor}
    with pytest.raises(MoneyKept, match=rf"{SAYS}. Only £59.99 would be left on its account, so nothing was changed."):
        refund(pence=40_01, **given)
    assert left(purse) == 40_00
    refund(pence=40_00, **given)
    assert left(purse) == 0
    call_command("verify_ledger")


def test_no_more_is_carried_away_than_is_free(purse, actor):
    given = {"source": money_of(purse), "to": purse.lead, "reason": "Wrong account", "on": ON, "actor": actor}
    with pytest.raises(MoneyKept, match=SAYS):
        carry(pence=100_00, **given)
    carry(pence=40_00, **given)
    assert left(purse) == 0
    call_command("verify_ledger")


def test_no_more_is_set_against_an_invoice_than_is_free(purse, charges, actor):
    charges(purse.lead, 90_00)
    [invoice] = bill(ON, actor)
    item = invoice.items.get()
    with pytest.raises(MoneyKept, match=SAYS):
        allocate(source=money_of(purse), to=item, pence=41_00, on=ON, actor=actor)
    assert not Allocation.objects.exists()
    item.refresh_from_db()
    assert item.outstanding_pence == item.pence
    allocate(source=money_of(purse), to=item, pence=40_00, on=ON, actor=actor)
    call_command("verify_ledger")


def test_a_receipt_on_its_account_is_not_taken_back_while_orders_need_it(purse, actor):
    straight = receive(purse.account, 30_00, key="straight", on=ON)
    member = purse.members.exclude(organisation=purse.lead).get().organisation
    keep(member, "ORD-2", 50_00)
    with pytest.raises(MoneyKept, match=r"keeps £110.00 for ORD-1, ORD-2"):
        reverse_receipt(item=straight, on=ON, reason="Bounced", actor=actor)
    release_draw(source_key="order:ORD-2", on=ON)
    reverse_receipt(item=straight, on=ON, reason="Bounced", actor=actor)
    assert left(purse) == 40_00
    call_command("verify_ledger")


def test_what_was_prepared_before_it_was_kept_is_refused_as_it_is_approved(purse, partnership, actor):
    officer = person(partnership, actor, name="Priya Officer", role=Role.FINANCE_OFFICER)
    manager = person(partnership, actor, name="Marek Manager", role=Role.FINANCE_MANAGER)
    prepared = prepare_refund(source=money_of(purse), pence=50_00, reason="Asked back", actor=officer)
    with pytest.raises(MoneyKept, match=SAYS):
        approve(prepared=prepared, on=ON, at=datetime(2026, 9, 2, 9, tzinfo=UTC), actor=manager)
    prepared.refresh_from_db()
    assert prepared.state == PreparedAction.State.WAITING


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoicing_unallocateditem SET remaining_pence = 5999 WHERE organisation_id = {account}",
        "UPDATE invoicing_unallocateditem SET organisation_id = {lead} WHERE organisation_id = {account}",
        "UPDATE subscriptions_purse SET reserved_pence = 10001",
    ],
)
def test_no_statement_takes_or_keeps_more_than_is_there(purse, statement):
    with pytest.raises(IntegrityError, match=r"Purse harbour keeps £"), transaction.atomic():
        run_sql(statement.format(account=purse.account_id, lead=purse.lead_id))
    assert left(purse) == 40_00


def test_the_money_of_others_and_what_comes_in_are_nobodys_concern(purse, actor):
    money = receive(purse.lead, 20_00, key="own", on=ON)
    refund(source=money, pence=20_00, reason="Paid twice", on=ON, actor=actor)
    receive(purse.account, 1_00, key="more", on=ON)
    assert left(purse) == 41_00


def test_an_order_keeps_no_more_than_finance_left(purse, actor):
    refund(source=money_of(purse), pence=30_00, reason="Asked back", on=ON, actor=actor)
    with pytest.raises(PurseTooSmall, match=r"Only £10.00 is left"):
        keep(purse.lead, "ORD-2", 20_00)
    assert PurseDraw.objects.count() == 1


def test_the_statement_ends_with_what_is_left_whatever_finance_took_by_hand(purse, charges, actor):
    given = {"source": money_of(purse), "on": ON, "actor": actor}
    refund(pence=5_00, reason="Asked back", **given)
    carry(pence=7_00, to=purse.lead, reason="Wrong account", **given)
    charges(purse.lead, 10_00)
    [invoice] = bill(ON, actor)
    made = allocate(to=invoice.items.get(), pence=8_00, **given)
    said = [(one.who, one.text, one.pence) for one in statement_of(purse)]
    assert said == [
        (purse.lead.name, "Paid in", 100_00), ("Harbour Member", "ORD-1: A course", -60_00), ("Our finance team", "Paid back", -5_00),
        ("Our finance team", f"Carried to {purse.lead.name}", -7_00), ("Our finance team", "Set against other invoices", -8_00),
    ]  # fmt: skip
    assert statement_of(purse)[-1].left_pence == left(purse) == 20_00
    undo_allocation(allocation=made, on=ON, reason="Wrong invoice", actor=actor)
    assert statement_of(purse)[-1].left_pence == left(purse) == 28_00


def test_what_was_credited_is_not_paid_in(purse, charges, actor):
    charges(purse.lead, 10_00)
    [invoice] = bill(ON, actor)
    note = credit_in_full(invoice=invoice, reason="Wrong", on=ON, actor=actor)
    credited = UnallocatedItem.objects.get(document=note)
    with pytest.raises(WrongInput, match="What was credited is no payment"):
        pay_in(purse=purse, source=credited, pence=1_00, on=ON, actor=actor)
    assert left(purse) == 40_00
