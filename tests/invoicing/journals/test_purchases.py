"""Overhead purchases: what is posted, what VAT comes back, what is owed and paid."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from invoicing.journals.queries import input_vat, purchases_for
from invoicing.journals.rules.input_vat import TAGS, recovered, share_recovered
from invoicing.journals.services.deciding import SamePerson
from invoicing.journals.services.paying import PaymentTooLarge, PaymentUndone
from invoicing.journals.services.purchases import (
    EnteredAlready,
    NoRecoveryRate,
    PurchasePaid,
    PurchaseRefused,
    RecoveryRateUsed,
)
from invoicing.ledger.models import LedgerAccount
from invoicing.services import (
    approve_purchase,
    cancel_purchase,
    change_purchase,
    pay_purchase,
    prepare_purchase,
    send_back_purchase,
    set_recovery_rate,
    undo_purchase_payment,
)
from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from tests.conftest import finance
from tests.invoicing.books import balances
from tests.invoicing.journals.beyond_sales import TODAY, bought, finance_person, purchase

pytestmark = pytest.mark.django_db
APRIL = date(2026, 4, 1)


@pytest.fixture
def rate(morgan):
    """63% of residual VAT comes back from 1 April 2026."""
    return set_recovery_rate(valid_from=APRIL, rate=Decimal("0.63"), actor=morgan)


def approved(by, to, supplier, *lines, **more):
    made = purchase(by, supplier, *lines, **more)
    return approve_purchase(purchase=made, version=made.version, actor=to)


def pay(made, pence, by):
    bank = LedgerAccount.objects.get(pk="1000")
    return pay_purchase(
        purchase=made, pence=pence, paid_on=date(2026, 9, 20), reference="BACS", bank_account=bank, actor=by
    )


def test_cost_and_vat_are_posted_as_the_tags_say(priya, morgan, landlord, rate):
    """£2,000.00 + £400.00 VAT for both kinds of sales: 63% of 400.00 is £252.00, £148.00 is a cost of the rent.

    £50.00 + £10.00 for taxable sales: all of it; £30.00 + £6.00 for exempt ones and £20.00 + £4.00 outside business: none.
    """
    made = approved(
        priya, morgan, landlord,
        bought("Rent", 200_000, "residual"), bought("Printer paper", 5_000, "taxable", account="7900"),
        bought("Course room", 3_000, "exempt"), bought("Charity stall", 2_000, "non_business", account="7900"),
    )  # fmt: skip
    assert (made.number, made.net_pence, made.vat_pence, made.outstanding_pence) == (
        "PUR-000001",
        210_000,
        42_000,
        252_000,
    )
    assert balances() == {"7200": 218_400, "7900": 7_400, "2210": 26_200, "2400": -252_000}
    lost = made.entry.movements.filter(analysis_code="Input VAT not recovered")
    assert sorted(lost.values_list("pence", flat=True)) == [400, 600, 14_800]
    call_command("verify_ledger")


def test_nothing_is_posted_until_another_person_approves(partnership, actor, landlord, rate):
    manager = finance_person(partnership, "Mina Rao", Role.FINANCE_MANAGER, actor)
    made = purchase(manager, landlord)
    with pytest.raises(SamePerson):
        approve_purchase(purchase=made, version=1, actor=manager)
    assert balances() == {}
    assert made.outstanding_pence == 0


def test_a_suppliers_invoice_is_entered_once(priya, landlord, rate):
    purchase(priya, landlord)
    with pytest.raises(EnteredAlready, match="HR-2207 of Harbour Row Estates was entered already, as PUR-000001"):
        purchase(priya, landlord)


def test_vat_for_both_kinds_of_sales_needs_the_rate_of_the_day(priya, landlord):
    with pytest.raises(NoRecoveryRate, match="There is no VAT recovery rate for 3 September 2026"):
        purchase(priya, landlord)
    assert purchase(priya, landlord, bought("Rates", 10_000, "residual", rate=Decimal(0))).number == "PUR-000001"


def test_vat_that_is_not_of_its_rate_is_refused_but_a_suppliers_rounding_is_taken(priya, landlord, rate):
    line = bought("Rent", 9_999, "taxable")
    with pytest.raises(PurchaseRefused) as refused:
        purchase(priya, landlord, line._replace(vat_pence=2_500))
    assert refused.value.detail == [
        "Line 1: VAT of £25.00 is not 20% of £99.99, which is £20.00. Check the rate and the amount"
    ]
    assert purchase(priya, landlord, line._replace(vat_pence=1_999)).vat_pence == 1_999


def test_an_account_that_is_no_cost_and_our_own_invoice_are_refused(priya, partnership, landlord, rate):
    with pytest.raises(PurchaseRefused) as refused:
        purchase(priya, landlord, bought("Rent", 100, "taxable", account="1100"))
    assert "account 1100 is not an account of costs" in refused.value.detail[0]
    with pytest.raises(WrongInput, match="does not buy from itself"):
        purchase(priya, partnership)
    with pytest.raises(PurchaseRefused) as refused:
        prepare_purchase(
            supplier=landlord, supplier_number="1", dated_on=date(2026, 10, 2), due_on=date(2026, 10, 1),
            lines=[bought("Rent", 100, "taxable")], today=TODAY, actor=priya,
        )  # fmt: skip
    assert refused.value.detail == [
        "Due date must be on or after the invoice's date", "Invoice date must be today or in the past",
    ]  # fmt: skip


def test_what_was_sent_back_is_changed_and_approved(priya, morgan, landlord, rate):
    made = purchase(priya, landlord)
    send_back_purchase(purchase=made, reason="The rent is £1,900.00", version=1, actor=morgan)
    changed = change_purchase(
        purchase=made, supplier_number="HR-2207", dated_on=date(2026, 9, 3), due_on=date(2026, 10, 3),
        lines=[bought("Rent", 190_000, "residual")], today=TODAY, actor=priya,
    )  # fmt: skip
    assert (changed.state, changed.version, changed.gross_pence) == ("submitted", 2, 228_000)
    approve_purchase(purchase=changed, version=2, actor=morgan)
    assert balances()["2400"] == -228_000


def test_payments_are_never_more_than_owed_and_can_be_undone(priya, morgan, landlord, rate):
    made = approved(priya, morgan, landlord)
    first = pay(made, 200_000, priya)
    with pytest.raises(PaymentTooLarge, match=r"Only £400\.00 is still owed on PUR-000001, not £400\.01"):
        pay(made, 40_001, priya)
    pay(made, 40_000, priya)
    made.refresh_from_db()
    assert (made.outstanding_pence, balances().get("2400"), balances()["1000"]) == (0, None, -240_000)
    undo_purchase_payment(payment=first, on=TODAY, reason="Returned by the bank", actor=priya)
    with pytest.raises(PaymentUndone):
        undo_purchase_payment(payment=first, on=TODAY, reason="Again", actor=priya)
    made.refresh_from_db()
    assert (made.outstanding_pence, balances()["2400"]) == (200_000, -200_000)
    call_command("verify_ledger")


def test_a_cancelled_purchase_is_reversed_and_its_number_is_free_again(priya, morgan, landlord, rate):
    made = approved(priya, morgan, landlord)
    part = pay(made, 100, priya)
    with pytest.raises(PurchasePaid, match="Undo the payment first"):
        cancel_purchase(purchase=made, reason="Entered twice", on=TODAY, actor=morgan)
    undo_purchase_payment(payment=part, on=TODAY, reason="Wrong", actor=priya)
    with pytest.raises(NotAllowed):
        cancel_purchase(purchase=made, reason="Entered twice", on=TODAY, actor=priya)
    cancel_purchase(purchase=made, reason="Entered twice", on=TODAY, actor=morgan)
    assert balances() == {}
    assert purchase(priya, landlord).number == "PUR-000002"
    call_command("verify_ledger")


def test_vat_by_tag_is_summed_over_half_open_dates(priya, morgan, landlord, rate):
    approved(priya, morgan, landlord, bought("Rent", 200_000, "residual"), bought("Paper", 5_000, "taxable"))
    purchase(priya, landlord, bought("Not approved", 1_000, "taxable"), number="HR-2208")
    rows = {row.tag: row for row in input_vat(priya, start=date(2026, 7, 1), end=date(2026, 10, 1))}
    assert [(r.net_pence, r.vat_pence, r.recovered_pence) for r in (rows["residual"], rows["taxable"])] == [
        (200_000, 40_000, 25_200), (5_000, 1_000, 1_000),
    ]  # fmt: skip
    assert rows["exempt"].count == 0
    assert sum(r.count for r in input_vat(priya, start=date(2026, 7, 1), end=date(2026, 9, 3))) == 0


def test_a_rate_that_was_used_stays_and_a_new_one_begins_later(priya, morgan, landlord, rate):
    purchase(priya, landlord)
    with pytest.raises(RecoveryRateUsed, match="PUR-000001 of 3 September 2026"):
        set_recovery_rate(valid_from=date(2026, 9, 1), rate=Decimal("0.7"), actor=morgan)
    set_recovery_rate(valid_from=date(2026, 9, 4), rate=Decimal("0.7"), actor=morgan)
    rate.refresh_from_db()
    assert rate.valid_to == date(2026, 9, 4)
    with pytest.raises(NotAllowed):
        set_recovery_rate(valid_from=date(2027, 4, 1), rate=Decimal("0.5"), actor=priya)


def test_what_is_posted_cannot_be_changed_in_the_database(priya, morgan, landlord, rate):
    made = approved(priya, morgan, landlord)
    for change in ({"gross_pence": 1, "net_pence": 1, "vat_pence": 0}, {"supplier_number": "X"}, {"opening": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            type(made).objects.filter(pk=made.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        made.lines.update(recovered_pence=0)


def test_outsiders_are_told_nothing(oakfield, edith, priya, landlord, rate):
    purchase(priya, landlord)
    assert purchases_for(edith).count() == 1
    with pytest.raises(NotFound):
        purchases_for(finance(oakfield, Role.BUYER))


@given(vat=st.integers(0, 10**9), tag=st.sampled_from(TAGS), rate=st.integers(0, 10_000))
def test_what_comes_back_is_within_the_vat_and_the_share(vat, tag, rate):
    share = share_recovered(tag, Decimal(rate) / 10_000)
    back = recovered(vat, share)
    assert 0 <= back <= vat
    assert abs(Decimal(back) - vat * share) <= Decimal("0.5")
    assert back == vat if tag == "taxable" else True
    assert back == 0 if tag in ("exempt", "non_business") else True
