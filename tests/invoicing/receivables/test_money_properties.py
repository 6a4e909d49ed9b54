"""What holds for any lines, rates and order of events: found by search, not by example."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.documents.drafts import DraftLine, with_vat
from invoicing.documents.models import Document
from invoicing.ledger.reports import trial_balance
from invoicing.receivables.left_to_credit import left_to_credit
from invoicing.services import credit_in_full, credit_invoice, propose, reduce, run_billing
from invoicing.vat.treatment import VatTreatment
from marketplace.core.money import vat_on
from marketplace.core.verification import verify
from tests.conftest import EXEMPT, OUTSIDE, STANDARD, ZERO
from tests.invoicing.books import FIRST, LAST_DAY, balances, bill, rolled_back

REDUCED = VatTreatment("S", Decimal("0.05"))
ODD = VatTreatment("S", Decimal("0.175"))
TREATMENTS = st.sampled_from([STANDARD, REDUCED, ODD, ZERO, EXEMPT, OUTSIDE])
PENCE = st.integers(1, 10_000_000)
LINES = st.lists(st.tuples(PENCE, TREATMENTS), min_size=1, max_size=8)

in_database = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def books_hold() -> None:
    broken = [(finding.invariant.name, finding.violations) for finding in verify() if finding.violations]
    assert broken == []
    assert sum(line.pence for line in trial_balance(on=LAST_DAY)) == 0


def draft_line(pence: int, vat: VatTreatment) -> DraftLine:
    return DraftLine(
        description="x", consumer_id=1, consumer_name="x", quantity=Decimal(1), unit_price_pence=pence,
        net_pence=pence, vat=vat, account="4200", stream="BS",
    )  # fmt: skip


@settings(max_examples=300, derandomize=True)
@given(lines=LINES)
def test_a_document_is_the_sum_of_its_lines(lines):
    taxed, groups = with_vat([draft_line(*line) for line in lines])
    for group in groups:
        own = [line for line in taxed if line.key == (group.category, group.rate)]
        assert sum(line.net_pence for line in own) == group.net_pence
        assert sum(line.vat_pence for line in own) == group.vat_pence == vat_on(group.net_pence, group.rate)
        # no line's share is a whole penny away from its exact part of the group's VAT
        for line in own:
            assert abs(line.vat_pence - Decimal(group.vat_pence) * line.net_pence / group.net_pence) < 1
    assert sum(group.net_pence for group in groups) == sum(pence for pence, _ in lines)


@pytest.mark.django_db
@in_database
@given(lines=LINES)
def test_debits_are_credits_and_charge_plus_full_credit_is_nothing(oakfield, charges, actor, lines):
    with rolled_back():
        for pence, vat in lines:
            charges(oakfield, pence, vat=vat)
        invoices = bill()
        assert sum(invoice.net_pence for invoice in invoices) == sum(pence for pence, _ in lines)
        assert balances()["1100"] == sum(invoice.gross_pence for invoice in invoices)
        for invoice in invoices:
            credit_in_full(invoice=invoice, reason="All", on=FIRST, actor=actor)
        assert balances() == {}
        books_hold()


@pytest.mark.django_db
@in_database
@given(lines=LINES)
def test_a_billing_run_twice_is_once(oakfield, council, charges, actor, lines):
    with rolled_back():
        for index, (pence, vat) in enumerate(lines):
            charges((oakfield, council)[index % 2], pence, vat=vat)
        preview = propose(on=FIRST)
        first = run_billing(on=FIRST, actor=actor)
        assert (first.net_pence, first.vat_pence) == (preview.net_pence, preview.vat_pence)
        after = balances()
        assert run_billing(on=FIRST, actor=actor).numbers == []
        assert (balances(), Document.objects.count()) == (after, len(first.numbers))
        books_hold()


@pytest.mark.django_db
@in_database
@given(lines=LINES, data=st.data())
def test_credits_one_by_one_add_up_to_the_invoices_vat(oakfield, charges, actor, lines, data):
    with rolled_back():
        for pence, vat in lines:
            charges(oakfield, pence, vat=vat)
        for invoice in bill():
            notes = []
            while left := {pk: pence for pk, pence in left_to_credit(invoice).items() if pence}:
                pk = data.draw(st.sampled_from(sorted(left)))
                part = data.draw(st.one_of(st.just(left[pk]), st.integers(1, left[pk])))
                if len(notes) > 10:
                    part = left[pk]
                notes.append(credit_invoice(invoice=invoice, amounts={pk: part}, reason="Part", on=FIRST, actor=actor))
            assert sum(note.net_pence for note in notes) == invoice.net_pence
            assert sum(note.vat_pence for note in notes) == invoice.vat_pence
            assert all(note.vat_pence >= 0 for note in notes)
            assert invoice.items.get().outstanding_pence == 0
        assert balances() == {}
        books_hold()


@pytest.mark.django_db
@in_database
@given(pence=st.integers(2, 1_000_000), data=st.data())
def test_a_reduction_before_invoicing_comes_to_the_same_as_one_after(oakfield, charges, actor, pence, data):
    from invoicing.services import issue_credits_due

    less = data.draw(st.integers(1, pence - 1))
    with rolled_back():
        charges(oakfield, pence, key="before")
        reduce(source_key="r", of="before", pence=less, reason="Less", on=FIRST, actor=actor)
        bill()
        before = balances()
    with rolled_back():
        charges(oakfield, pence, key="after")
        bill()
        reduce(source_key="r", of="after", pence=less, reason="Less", on=FIRST, actor=actor)
        issue_credits_due(charge_source_keys=["after"], on=FIRST, actor=actor)
        after = balances()
        books_hold()
    assert after["4200"] == before["4200"]
    # VAT is rounded once per document, so an invoice with its credit may differ by a penny from one smaller invoice.
    assert abs(after.get("2200", 0) - before.get("2200", 0)) <= 1
