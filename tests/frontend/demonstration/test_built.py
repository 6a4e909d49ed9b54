"""What the demonstration promises, counted in the database after it was built once for this module."""

import json
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db.models import Count, F, Sum
from django.test import Client
from django.urls import reverse

from catalogue.models import CourseRun, Offer
from frontend.demonstration import partners, people
from frontend.demonstration.build import Built, OtherData, build, build_real
from frontend.demonstration.courses import FEW_LEFT, FULL
from frontend.demonstration.orders import DUE_TODAY, MIXED_ORDER, MIXED_SCHOOL, SIGNED_IN
from frontend.demonstration.schools import COUNCIL_JOURNAL, PURCHASE_ORDER_REQUIRED
from invoicing.banking.models import BankAccount, BankLine, BankMatch, BankStatement
from invoicing.banking.queries import lines_to_match, position_of, proposals_for, unidentified_lines
from invoicing.ledger.months import MonthClose
from invoicing.models import Charge, Document, LedgerAccount, ReceivableItem, UnallocatedItem
from invoicing.services import propose
from marketplace.core.actors import platform
from marketplace.core.periods import add_months
from marketplace.organisations.models import CustomerTerms, Organisation, School
from marketplace.organisations.models.schools import BillingClass
from marketplace.trading.models import Booking, Order
from subscriptions.tiers.models import Membership

pytestmark = pytest.mark.django_db  # each test is taken back to what the module built

DOCUMENTS, CREDIT_NOTES, OFFERS = 200, 10, 40


def counts() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models() if model._meta.managed}


def test_every_kind_of_customer_is_there(world: Built) -> None:
    area = School.objects.filter(authority__code="990")
    assert area.count() == 100 and School.objects.count() == 102
    assert set(area.values_list("billing_class", flat=True)) == set(BillingClass.values) - {BillingClass.OVERSEAS}
    assert Organisation.objects.filter(kind="trust").count() == 3
    assert set(Membership.objects.values_list("price_class", flat=True)) == {1, 2}
    assert School.objects.exclude(organisation__memberships__isnull=False).exists()  # non-members
    needs_order = CustomerTerms.objects.filter(purchase_order_rule="required").values_list(
        "organisation__name", flat=True
    )
    assert set(needs_order) == PURCHASE_ORDER_REQUIRED
    journal = CustomerTerms.objects.filter(settlement="council_journal").values_list("organisation__name", flat=True)
    assert set(journal) == COUNCIL_JOURNAL
    assert CustomerTerms.objects.filter(invoice_to__kind="trust").count() >= 5
    assert Order.objects.filter(organisation__kind="authority").exists()


def test_the_catalogue_is_published_with_dates_behind_and_ahead(world: Built) -> None:
    assert Offer.objects.filter(state="published").count() >= OFFERS
    assert 4 <= Organisation.objects.filter(provider__isnull=False).count() <= 9
    assert CourseRun.objects.filter(starts_at__date__lt=world.on).count() >= 20
    assert CourseRun.objects.filter(starts_at__date__gt=world.on).count() >= 20
    assert Offer.objects.filter(vat_category="E").exclude(vat_reason="").count() >= 10


def test_a_year_of_documents_was_issued_and_some_were_credited(world: Built) -> None:
    kinds = dict(Document.objects.filter(state="issued").values_list("kind").annotate(count=Count("pk")))
    assert sum(kinds.values()) >= DOCUMENTS
    assert kinds["credit_note"] >= CREDIT_NOTES
    assert Booking.objects.filter(state="cancelled").count() >= 3
    assert Document.objects.filter(state="issued", issued_on__gte=world.on).count() == 0


def test_one_invoice_mixes_standard_zero_and_exempt(world: Built) -> None:
    invoice = Document.objects.get(purchase_order=MIXED_ORDER, kind="invoice")
    assert invoice.customer.name == MIXED_SCHOOL
    assert sorted(invoice.vat_groups.values_list("category", flat=True)) == ["E", "S", "Z"]
    standard = invoice.vat_groups.get(category="S")
    # Two adviser days at £495.00 (member) or £567.00: 20% of the group alone.
    assert standard.net_pence in (99_000, 113_400) and invoice.vat_pence == standard.net_pence // 5


def test_twenty_items_are_due_today_and_others_are_held_with_a_reason(world: Built) -> None:
    due = Charge.objects.filter(state="pending", bill_on=world.on)
    retained = due.filter(source_key__startswith="engagement:", source_key__endswith=":prepaid").count()
    assert (due.count() - retained, retained) == (DUE_TODAY, 1)
    proposal = propose(on=world.on)
    late = Charge.objects.filter(state="pending", bill_on__lt=world.on, held_reason="", label__gt="")
    fees = late.filter(source_key__regex=r"^booking:\d+:(not-attended|cancelled-fee)").count()
    visits = late.filter(source_key__startswith="engagement:").count()
    monthly = [one.charge_id for one in proposal.later]  # a trust's wait for the last day of the month
    purse = late.filter(bill_on=world.on - timedelta(days=1)).exclude(pk__in=monthly).count()
    since = fees + visits + purse + retained
    assert fees and visits and purse and sum(len(one.lines) for one in proposal.invoices) == DUE_TODAY + since
    reasons = {held.reason for held in proposal.held}
    assert "Purchase order missing" in reasons and len(reasons) == 2
    assert len(proposal.held) >= 5


def test_most_invoices_are_paid_and_some_are_open_overdue_or_paid_in_part(world: Built) -> None:
    items = ReceivableItem.objects.all()
    assert items.filter(outstanding_pence=0).count() > 0.6 * items.count()
    assert items.filter(outstanding_pence=F("pence"), due_on__gte=world.on).count() >= 10
    assert items.filter(outstanding_pence__gt=0, due_on__lt=world.on).count() >= 5
    assert items.filter(outstanding_pence__gt=0, outstanding_pence__lt=F("pence")).count() >= 1
    on_account = UnallocatedItem.objects.filter(kind="receipt", remaining_pence__gt=0)
    assert on_account.count() >= 2


def test_the_bank_ties_from_statement_to_statement_and_leaves_something_to_match(world: Built) -> None:
    account = BankAccount.objects.get(pk=partners.BANK_CODE)
    statements = list(BankStatement.objects.order_by("last_on"))
    assert len(statements) >= 11
    assert all(b.opening_pence == a.closing_pence for a, b in pairwise(statements))
    position = position_of(platform("test"), account)
    assert position.difference == 0 and position.closing == statements[-1].closing_pence
    waiting = lines_to_match(platform("test"), account)
    assert 4 <= waiting.count() <= 40 and set(waiting.values_list("statement", flat=True)) == {statements[-1].pk}
    assert any(proposals_for(line) for line in waiting) and any(not proposals_for(line) for line in waiting)
    kinds = dict(BankMatch.objects.filter(state="confirmed").values_list("kind").annotate(count=Count("pk")))
    assert kinds["receipt"] > 100 and kinds["other"] >= 10
    assert not unidentified_lines(platform("test")).exists()


def test_places_are_booked_ahead_some_without_names_and_one_course_is_full(world: Built) -> None:
    ahead = Booking.objects.filter(run__starts_at__date__gt=world.on, state="booked")
    assert ahead.count() >= 50 and ahead.filter(delegate_name="").count() >= 5

    def left(code: str) -> int:
        runs = CourseRun.objects.filter(offer__code=code, starts_at__date__gt=world.on)
        return runs.order_by("starts_at")[0].places_left

    assert (left(FEW_LEFT), left(FULL)) == (2, 0)


@pytest.mark.parametrize("name", SIGNED_IN)
def test_whoever_buys_finds_something_of_every_kind(world: Built, name: str) -> None:
    items = ReceivableItem.objects.filter(organisation__name=name, outstanding_pence__gt=0)
    assert items.filter(due_on__lt=world.on).exists() and items.filter(due_on__gte=world.on).exists()
    ahead = Booking.objects.filter(order_line__order__organisation__name=name, run__starts_at__date__gt=world.on)
    assert ahead.filter(delegate_name="", state="booked").exists()


def test_the_books_hold(world: Built) -> None:
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    assert "checks hold" in out.getvalue()
    assert Charge.objects.filter(state="billed").aggregate(sum=Sum("net_pence"))["sum"] > 10_000_000  # over £100,000


@pytest.mark.parametrize("key", people.SIGN_INS)
def test_everybody_named_can_sign_in(world: Built, key: str) -> None:
    client = Client()
    given = {"login": people.SIGN_INS[key].email, "password": people.PASSWORD}
    response = client.post(reverse("account_login"), given)
    assert response.status_code == 302 and "_auth_user_id" in client.session


def test_another_password_signs_nobody_in(world: Built) -> None:
    client = Client()
    given = {"login": people.SIGN_INS["finance_manager"].email, "password": "something-else-2026"}
    assert client.post(reverse("account_login"), given).status_code == 200
    assert "_auth_user_id" not in client.session


def test_building_again_changes_nothing_on_any_later_day(world: Built) -> None:
    before, series = counts(), list(Document.objects.order_by("pk").values_list("number", flat=True))
    out = StringIO()
    call_command("demo", "--no-serve", "--on", "2031-05-06", stdout=out)
    assert "was built before" in out.getvalue() and people.PASSWORD in out.getvalue()
    assert all(sign_in.email in out.getvalue() for sign_in in people.SIGN_INS.values())
    assert counts() == before
    assert list(Document.objects.order_by("pk").values_list("number", flat=True)) == series
    assert build(name="Another", on=world.on, actor=platform("test")) == Built("fictional", world.on, now=False)


def test_real_schools_are_never_mixed_with_the_fictional_ones(world: Built) -> None:
    before = counts()
    with pytest.raises(OtherData, match="holds the demonstration of the fictional area"):
        build_real(name="X", on=world.on, file=Path("unread.csv"), codes=["202"], actor=platform("test"))
    assert counts() == before


def test_the_sample_bank_file_pays_open_invoices_and_is_matched_once(world: Built, tmp_path: Path) -> None:
    file, open_before = tmp_path / "lloyds.csv", _open_pence()
    call_command("demo_statement", "--bank", "lloyds", "--output", str(file), stdout=StringIO())
    first, second = _import(file), _import(file)
    assert first["refused"] == 0 and first["new"] == first["accepted"] >= 10
    assert first["matched"] >= 8
    assert (second["new"], second["matched"]) == (0, 0)
    assert _open_pence() < open_before
    assert BankLine.objects.filter(account=partners.BANK_CODE).count() >= 150
    call_command("verify_ledger", stdout=StringIO())


def _import(file: Path) -> dict[str, int]:
    out = StringIO()
    call_command(
        "import_statement", str(file), "--account", partners.BANK_CODE, "--confirm-at", "0.95", "--json", stdout=out
    )
    found: dict[str, int] = json.loads(out.getvalue())
    return found


def _open_pence() -> int:
    return int(ReceivableItem.objects.aggregate(sum=Sum("outstanding_pence"))["sum"] or 0)


def test_the_command_refuses_what_makes_no_sense(world: Built) -> None:
    for arguments, words in ((["--port", "0"], "--port must be"), (["--la", "202"], "Name it: --gias FILE")):
        with pytest.raises(CommandError, match=words):
            call_command("demo", "--no-serve", *arguments, stdout=StringIO())


def test_the_bank_account_is_the_ledgers(world: Built) -> None:
    assert LedgerAccount.objects.get(bank_account__code=partners.BANK_CODE).code == partners.BANK_LEDGER_ACCOUNT


def test_the_month_three_ago_is_closed_by_two_people(world: Built) -> None:
    [close] = MonthClose.objects.filter(state="closed")
    assert close.month == add_months(world.on.replace(day=1), -3)
    assert close.asked_by != close.closed_by
    assert sum(balance.pence for balance in close.balances.all()) == 0 < close.balances.count()
