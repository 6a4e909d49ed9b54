"""VAT per category and rate of the whole document, half up, shared to lines by largest remainder."""

from datetime import date
from decimal import Decimal

import pytest

from invoicing.documents.models import Document
from invoicing.services import credit_in_full
from invoicing.vat.treatment import VatTreatment, vat_rate_on
from marketplace.core.errors import WrongInput
from tests.conftest import EXEMPT, OUTSIDE, STANDARD, ZERO
from tests.invoicing.books import FIRST, bill

REDUCED = VatTreatment("S", Decimal("0.05"))
BREAKFAST = VatTreatment("E", Decimal(0), "Education supplied by a school")


def groups(document: Document) -> list[tuple[str, str, int, int]]:
    return [
        (g.category, str(g.rate.normalize()), g.net_pence, g.vat_pence)
        for g in document.vat_groups.order_by("category", "rate")
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("ledger_holds")
class TestIssued:
    def test_standard_reduced_zero_and_exempt_stand_in_groups_of_their_own(self, oakfield, charges, actor):
        for pence, vat in ((3_333, STANDARD), (1_010, REDUCED), (2_500, ZERO), (14_000, EXEMPT), (3_334, STANDARD)):
            charges(oakfield, pence, vat=vat)
        [invoice] = bill()
        # 66.67 at 20% = 13.334; 10.10 at 5% = 0.505, half up
        expected = [("E", "0", 14_000, 0), ("S", "0.05", 1_010, 51), ("S", "0.2", 6_667, 1_333), ("Z", "0", 2_500, 0)]
        assert groups(invoice) == expected
        assert (invoice.net_pence, invoice.vat_pence, invoice.gross_pence) == (24_177, 1_384, 25_561)
        note = credit_in_full(invoice=invoice, reason="All", on=FIRST, actor=actor)
        assert groups(note) == expected

    def test_vat_is_rounded_for_the_group_not_for_each_line(self, oakfield, charges):
        for _ in range(5):
            charges(oakfield, 3)  # 0.6p of VAT each: by line 5p, by group 3p
        [invoice] = bill()
        assert invoice.vat_pence == 3
        assert list(invoice.lines.order_by("position").values_list("vat_pence", flat=True)) == [1, 1, 1, 0, 0]

    def test_each_reason_is_printed_with_its_group(self, oakfield, charges):
        charges(oakfield, 100, vat=EXEMPT)
        charges(oakfield, 100, vat=BREAKFAST)
        [invoice] = bill()
        assert invoice.vat_groups.get().reason == "Education supplied by a school; Training by an eligible body"
        reasons = invoice.lines.order_by("position").values_list("vat_reason", flat=True)
        assert list(reasons) == ["Training by an eligible body", "Education supplied by a school"]

    def test_outside_the_scope_has_no_vat_and_no_company(self, oakfield, charges):
        charges(oakfield, 100, vat=OUTSIDE)
        charges(oakfield, 100)
        assert sorted(groups(invoice) for invoice in bill()) == [[("O", "0", 100, 0)], [("S", "0.2", 100, 20)]]


@pytest.mark.parametrize(
    ("category", "rate", "reason", "words"),
    [
        ("X", "0", "x", "must be one of"),
        ("S", "0", "", "does not go with a rate of 0"),
        ("E", "0.2", "x", "does not go with a rate of 20"),
        ("S", "-0.2", "", "does not go with"),
        ("Z", "0", "", "needs a reason"),
        ("E", "0", "", "needs a reason"),
        ("O", "0", "", "needs a reason"),
    ],
)
def test_a_treatment_that_makes_no_sense_is_refused(category, rate, reason, words):
    with pytest.raises(WrongInput, match=words):
        VatTreatment(category, Decimal(rate), reason)


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        ("2008-11-30", "0.175"), ("2008-12-01", "0.15"), ("2009-12-31", "0.15"), ("2010-01-01", "0.175"),
        ("2011-01-03", "0.175"), ("2011-01-04", "0.20"), ("2028-02-29", "0.20"),
    ],
)  # fmt: skip
def test_the_standard_rate_is_that_of_the_day(day, rate):
    assert vat_rate_on("S", date.fromisoformat(day)) == Decimal(rate)
    assert vat_rate_on("E", date.fromisoformat(day)) == 0
