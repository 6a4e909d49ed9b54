"""A short walk of the machine of receivables, and its controls: with one line of a verb broken, the walk fails.

The long one is ``tests/torture/test_stateful_torture.py``.
"""

from contextlib import nullcontext

import pytest
from django.db import IntegrityError
from django.db.models import F

from invoicing.documents.models import VatGroupCredit
from invoicing.receivables import allocation, credit_notes, reducing, refunds
from invoicing.receivables.grouping import ChargeFacts
from invoicing.receivables.models import Charge, ReceivableItem, UnallocatedItem
from invoicing.recognition import releasing
from marketplace.core.money import vat_on
from tests.invoicing.stateful.base import World
from tests.invoicing.stateful.machine import walk
from tests.invoicing.stateful.worlds import trading_world

pytestmark = pytest.mark.django_db
NAMED = ["charge", "bill", "pay", "credit", "refund", "query", "move_between_parties"]


@pytest.fixture
def world(partnership, oakfield, council, actor) -> World:
    return trading_world(partnership, oakfield, council, actor)


def test_every_invariant_holds_after_every_step_of_a_short_walk(world):
    tally = walk(world=world, number=4, least=200, length=40, each=NAMED)
    print("\n".join(tally.lines()))
    assert tally.steps >= 200
    assert tally.checks >= tally.steps
    assert [name for name in NAMED if not tally.effect[name]] == []


def _take_anything(source, item, pence):  # type: ignore[no-untyped-def]
    """As ``_take``, without asking whether so much is there."""
    UnallocatedItem.objects.filter(pk=source.pk).update(remaining_pence=F("remaining_pence") - pence)
    ReceivableItem.objects.filter(pk=item.pk).update(outstanding_pence=F("outstanding_pence") - pence)


def _vat_of_each_note(group, net):  # type: ignore[no-untyped-def]
    """VAT of one credit note by itself: a penny here and there, and too much in the end."""
    credit = VatGroupCredit.objects.filter(pk=group.pk).first()
    before = (credit.credited_net_pence, credit.credited_vat_pence) if credit else (0, 0)
    return (vat_on(net, group.rate), *before)


def _orders_together(self):  # type: ignore[no-untyped-def]
    """Everything of a customer on one invoice, whatever its terms say."""
    return (self.supplier_id, self.invoice_to_id, "", self.vat.category == "O", "", self.instalments, str(self.bill_on))


def _released_without_a_trace(parts, entries):  # type: ignore[no-untyped-def]
    """Income is posted, and what was deferred still waits."""


def _left_by_reductions(source_key):  # type: ignore[no-untyped-def]
    """What no reduction took, whatever was credited by hand."""
    return Charge.objects.get(source_key=source_key).due_pence


BROKEN = {
    "money is taken without a condition": (allocation, "_take", _take_anything, ["allocate"], "within_amount"),
    "VAT is rounded for each credit note": (
        credit_notes, "_group_vat", _vat_of_each_note, ["credit"], "VAT|of another sum|credited_vat",
    ),
    "terms do not part invoices": (
        ChargeFacts, "group", property(_orders_together), ["charge", "bill", "change_terms"], "holds together",
    ),
    "income is released and stays deferred": (
        releasing, "mark_released", _released_without_a_trace, ["release_income", "use_or_verify"], "defer|release",
    ),
    "VAT that waits is not taken back": (credit_notes, "take_back_waiting", lambda **_: (), ["credit"], "VAT that waits"),
    "one person alone is enough": (
        refunds, "require_alone", lambda **_: None, ["pay", "refund", "move_between_parties"], "NeedsSecondPerson",
    ),
    "what nobody paid is given back": (
        allocation, "kept_backed", lambda _: nullcontext(), ["credit", "undo_allocation"], "CreditNotBacked|credits-backed",
    ),
    "what was given up is credited as if it had been paid": (
        credit_notes, "kept_backed", lambda _: nullcontext(), ["credit", "write_off"], "CreditNotBacked|credits-backed",
    ),
    "a debt given up settles another invoice": (
        allocation, "_check_own", lambda *_: None, ["bill", "write_off", "undo_allocation", "allocate"], "WrongInput",
    ),
    "what was credited is reduced again": (
        reducing, "left_of", _left_by_reductions, ["credit", "reduce"], "ReductionTooLarge",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_control_the_walk_fails_where(world, monkeypatch, name):
    holder, attribute, broken, rules, words = BROKEN[name]
    monkeypatch.setattr(holder, attribute, broken)
    with pytest.raises((AssertionError, IntegrityError), match=words):
        walk(world=world, number=4, least=400, length=25, only=rules, shrink=False)
