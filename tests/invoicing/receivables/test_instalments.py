"""Invoices paid in instalments: each payment has its tax point (SI 1995/2518, reg. 90(2))."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from invoicing.documents.drafts import DraftGroup
from invoicing.documents.instalment_plan import payments, plan, vat_reached, waiting_vat
from invoicing.documents.models import Document
from invoicing.documents.tax_points import reach_tax_points
from invoicing.ledger.chart import VAT_ON_FUTURE_INSTALMENTS, VAT_OUTPUT
from invoicing.ledger.verification import LEGS
from invoicing.services import allocate, credit_invoice, run_billing, undo_allocation
from marketplace.core.errors import WrongInput
from marketplace.core.periods import Period, add_months
from tests.conftest import EXEMPT
from tests.invoicing.books import receive, run_sql

APRIL = date(2026, 4, 1)
YEAR = Period.months_from(APRIL, 12)
STANDARD_GROUP = DraftGroup("S", Decimal("0.20"), "", 100_000, 20_000)


def balance(account: str) -> int:
    """Pence on the credit side of an account."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(-sum(pence), 0) FROM ({LEGS}) legs WHERE account = %s", [account])
        return int(cursor.fetchone()[0])


class TestThePlan:
    def test_left_over_pennies_go_to_the_first_payments(self):
        parts = plan([STANDARD_GROUP], count=12, first_due=date(2026, 5, 31))
        assert [part.net_pence for part in parts] == [8_334] * 4 + [8_333] * 8
        assert [part.vat_pence for part in parts] == [1_667] * 8 + [1_666] * 4
        assert parts[1].due_on == date(2026, 6, 30)
        assert parts[-1].due_on == date(2027, 4, 30)

    @given(
        st.integers(1, 10**9), st.integers(0, 10**9), st.integers(1, 12), st.dates(date(2020, 1, 1), date(2090, 1, 1))
    )
    def test_the_payments_add_up_to_the_groups(self, net, exempt, count, first):
        groups = [DraftGroup("S", Decimal("0.20"), "", net, round(net * 0.2) if net < 10**6 else net // 5)]
        groups += [DraftGroup("E", Decimal(0), "Training", exempt, 0)] if exempt else []
        parts = plan(groups, count=count, first_due=first)
        assert sum(pence for _, pence in payments(parts)) == sum(g.net_pence + g.vat_pence for g in groups)
        dues = [due for due, _ in payments(parts)]
        assert dues == sorted(set(dues))
        assert dict(waiting_vat(parts, on=date.max)) == {}

    @pytest.mark.parametrize("count", [0, 13])
    def test_a_year_has_twelve(self, count):
        with pytest.raises(ValueError, match="1 to 12"):
            plan([STANDARD_GROUP], count=count, first_due=APRIL)

    @given(st.integers(0, 10**6), st.integers(1, 10**7), st.data())
    def test_vat_falls_due_with_what_is_paid_and_never_goes_back(self, vat, gross, data):
        paid = data.draw(st.integers(0, gross))
        more = data.draw(st.integers(paid, gross))
        first, second = (vat_reached(vat_pence=vat, paid_pence=pence, gross_pence=gross) for pence in (paid, more))
        assert 0 <= first <= second <= vat
        assert vat_reached(vat_pence=vat, paid_pence=gross, gross_pence=gross) == vat


@pytest.mark.django_db
@pytest.mark.usefixtures("ledger_holds")
class TestAnInvoiceInInstalments:
    @pytest.fixture
    def invoice(self, oakfield, charges, actor) -> Document:
        """£1,000.00 + £200.00 VAT and £120.00 exempt, in twelve payments from 1 May: 110.01 first, 109.99 last."""
        for pence, vat in ((100_000, {}), (12_000, {"vat": EXEMPT})):
            charges(oakfield, pence, on=APRIL, service=YEAR, instalments=12, **vat)
        [number] = run_billing(on=APRIL, actor=actor).numbers
        return Document.objects.get(number=number)

    def test_its_vat_waits_for_each_due_date(self, invoice, actor):
        items = list(invoice.items.order_by("due_on"))
        assert [item.due_on for item in items] == [add_months(date(2026, 5, 1), month) for month in range(12)]
        # Net 83.34 four times, then 83.33; VAT 16.67 eight times, then 16.66; exempt 10.00 each.
        assert [item.pence for item in items] == [11_001] * 4 + [11_000] * 4 + [10_999] * 4
        assert (balance(VAT_OUTPUT), balance(VAT_ON_FUTURE_INSTALMENTS)) == (0, 20_000)
        assert reach_tax_points(on=date(2026, 4, 30), actor=actor).count == 0
        report = reach_tax_points(on=date(2026, 6, 1), actor=actor)
        assert (report.count, report.vat_pence) == (2, 3_334)
        assert (balance(VAT_OUTPUT), balance(VAT_ON_FUTURE_INSTALMENTS)) == (3_334, 16_666)
        assert reach_tax_points(on=date(2026, 6, 1), actor=actor).count == 0
        assert reach_tax_points(on=date(2027, 4, 1), actor=actor).vat_pence == 16_666
        assert (balance(VAT_OUTPUT), balance(VAT_ON_FUTURE_INSTALMENTS)) == (20_000, 0)

    def test_a_payment_before_the_due_date_is_its_tax_point(self, invoice, oakfield, actor):
        first, second, *_ = invoice.items.order_by("due_on")
        early = APRIL + timedelta(days=9)
        receipt = receive(oakfield, 30_000, key="early", on=early)
        allocate(source=receipt, to=first, pence=first.pence, on=early, actor=actor)
        assert balance(VAT_OUTPUT) == 1_667
        allocate(source=receipt, to=second, pence=5_500, on=early, actor=actor)
        # Half of the second (5,500 of 11,001): 16.67 × 5,500 / 11,001 = 8.334 → 8.33.
        assert balance(VAT_OUTPUT) == 1_667 + 833
        half = allocate(source=receipt, to=second, pence=5_501, on=early, actor=actor)
        assert balance(VAT_OUTPUT) == 2 * 1_667
        undo_allocation(allocation=half, on=early, reason="Another invoice's", actor=actor)
        assert reach_tax_points(on=date(2026, 7, 1), actor=actor).vat_pence == 1_667

    def test_a_credit_takes_the_last_payments_and_their_waiting_vat_first(self, invoice, actor):
        line = invoice.lines.get(vat_category="S")
        credit_invoice(invoice=invoice, amounts={line.pk: 25_000}, reason="Ends early", on=APRIL, actor=actor)
        assert (balance(VAT_OUTPUT), balance(VAT_ON_FUTURE_INSTALMENTS)) == (0, 15_000)
        # 300.00 off from the end: 109.99 twice, then 80.02 of the tenth payment.
        assert [item.outstanding_pence for item in invoice.items.order_by("-due_on")][:4] == [0, 0, 2_997, 10_999]
        # VAT 50.00 off from the end: 16.66 three times and 0.02 of the ninth; nine remain with 150.00.
        assert reach_tax_points(on=date(2027, 4, 1), actor=actor).vat_pence == 15_000

    def test_a_credit_after_the_tax_points_takes_vat_that_fell_due(self, invoice, actor):
        reach_tax_points(on=date(2027, 4, 1), actor=actor)
        line = invoice.lines.get(vat_category="S")
        credit_invoice(invoice=invoice, amounts={line.pk: 100_000}, reason="Not given", on=APRIL, actor=actor)
        assert (balance(VAT_OUTPUT), balance(VAT_ON_FUTURE_INSTALMENTS)) == (0, 0)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE invoicing_instalment SET due_on = due_on + 1",
            "UPDATE invoicing_instalment SET vat_pence = vat_pence + 1",
            "UPDATE invoicing_instalment SET reached_vat_pence = vat_pence + 1",
            "DELETE FROM invoicing_instalment",
            "TRUNCATE invoicing_instalment",
            "INSERT INTO invoicing_instalment (document_id, position, due_on, category, rate, net_pence, vat_pence)"
            " SELECT document_id, 13, due_on, category, rate, 1, 0 FROM invoicing_instalment LIMIT 1",
        ],
    )
    def test_the_database_refuses_another_plan(self, invoice, statement):
        assert invoice.instalments.count() == 24
        with pytest.raises(IntegrityError), transaction.atomic():
            run_sql(statement)


@pytest.mark.django_db
def test_only_a_service_over_time_is_paid_in_instalments(oakfield, charges):
    with pytest.raises(WrongInput, match="Only a service over time"):
        charges(oakfield, 1_000, instalments=3)
    with pytest.raises(WrongInput, match="1 to 12"):
        charges(oakfield, 1_000, instalments=13, service=YEAR)
