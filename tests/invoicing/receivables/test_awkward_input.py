"""Input at the edges: nothing, less than nothing, parts of pennies, odd days, odd names, very many lines."""

import time
from datetime import date
from decimal import Decimal

import pytest

from invoicing.documents.models import Document
from invoicing.receivables.models import Charge
from invoicing.services import credit_in_full
from invoicing.vat.treatment import VatTreatment
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START
from tests.invoicing.books import FIRST, balances, bill, nothing_written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.mark.parametrize("text", ["45.001", "0.0001", "1,2.00", "abc", "", "4 5x", "1e3", "NaN"])
def test_an_amount_that_is_not_pounds_and_pence_is_refused(text):
    with pytest.raises(WrongInput, match=r"must be pounds and pence, like 1234.50"):
        Money.parse(text)


@pytest.mark.parametrize("wrong", [45.0, Decimal("45.1"), "45"])
def test_money_is_never_a_float_nor_a_part_of_a_penny(wrong):
    with pytest.raises(TypeError, match="whole pence"):
        Money(wrong)


def test_a_penny_has_its_vat_rounded_once(oakfield, charges):
    for pence, vat in ((1, 0), (2, 0), (3, 1), (7, 1), (8, 2)):  # 0.2p, 0.4p, 0.6p, 1.4p, 1.6p
        charges(oakfield, pence, purchase_order=str(pence))
        assert bill()[0].vat_pence == vat


def test_half_a_penny_of_vat_is_rounded_up(oakfield, charges):
    charges(oakfield, 10, vat=VatTreatment("S", Decimal("0.05")))
    assert bill()[0].vat_pence == 1


def test_a_billion_pounds_goes_through(oakfield, charges, actor):
    charges(oakfield, 100_000_000_000)
    [invoice] = bill()
    assert (invoice.vat_pence, invoice.gross_pence) == (20_000_000_000, 120_000_000_000)
    credit_in_full(invoice=invoice, reason="A slip", on=FIRST, actor=actor)
    assert balances() == {}


def test_29_february_is_a_day_like_any_other(oakfield, charges):
    charges(oakfield, 1_000, on=date(2028, 2, 29))
    assert bill(date(2028, 2, 28)) == []
    [invoice] = bill(date(2028, 2, 29))
    assert (invoice.issued_on, invoice.due_on) == (date(2028, 2, 29), date(2028, 3, 30))


def test_ten_thousand_lines_stand_on_one_invoice_and_add_up(oakfield, charges, actor):
    first = charges(oakfield, 3_333, key="many:0")
    values = {f.attname: getattr(first, f.attname) for f in Charge._meta.fields if f.name not in ("id", "source_key")}
    Charge.objects.bulk_create(
        [Charge(**values | {"source_key": f"many:{i}", "net_pence": 1 + i % 997}) for i in range(1, 10_000)]
    )
    began = time.monotonic()
    [invoice] = bill()
    seconds = time.monotonic() - began
    # i = 1 to 9,999 is ten rounds of 0 to 996 (less the first 0) and 0 to 29: 10 × 496,506 + 435, plus 9,999 × 1.
    net = 3_333 + 10 * 496_506 + 435 + 9_999
    assert (invoice.lines.count(), invoice.net_pence) == (10_000, net)
    assert invoice.vat_pence == (net * 20 + 50) // 100
    assert sum(invoice.lines.values_list("vat_pence", flat=True)) == invoice.vat_pence
    note = credit_in_full(invoice=invoice, reason="Far too long", on=FIRST, actor=actor)
    assert (note.lines.count(), note.gross_pence) == (10_000, invoice.gross_pence)
    assert balances() == {}
    assert seconds < 20, f"{seconds:.1f} s for one invoice"


@pytest.mark.parametrize(
    "name", ["Sunny 🌻 Bank Primary", "中文学校 Academy", "Ysgol Tŷ Hafan", "École d’Été", "O'Neill; DROP"]
)
def test_any_script_stands_in_names_and_descriptions(partnership, charges, actor, name):
    school = add_organisation(
        kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=actor, address=Address(town=name)
    )
    charges(school, 1_000, description=f"Day at {name}")
    [invoice] = bill()
    assert (invoice.buyer["name"], invoice.lines.get().description) == (name, f"Day at {name}")
    assert name in invoice.entry.narrative
    assert Document.objects.get(buyer__name=name) == invoice


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b", "\x7f", "\u202e", "\ud800"])
def test_control_characters_are_refused(oakfield, charges, actor, bad):
    with nothing_written():
        with pytest.raises(WrongInput, match="control characters"):
            charges(oakfield, 1_000, description=f"Day{bad}out")
        with pytest.raises(WrongInput, match="control characters"):
            charges(oakfield, 1_000, purchase_order=f"PO{bad}1")


@pytest.mark.parametrize("bad", ["\x00", "\x1b"])
def test_control_characters_in_the_small_print_are_refused_too(oakfield, charges, bad):
    with nothing_written():
        for place in ("label", "analysis_code", "cfr_code", "aar_code"):
            with pytest.raises(WrongInput, match="control characters"):
                charges(oakfield, 1_000, **{place: f"x{bad}"})
        with pytest.raises(WrongInput, match="control characters"):
            charges(oakfield, 1_000, steps=["List price £10.00", f"Less{bad}"])


def test_a_description_is_one_clean_line_of_at_most_240_characters(oakfield, charges):
    assert charges(oakfield, 1, description="  A\tday \n out ").description == "A day out"
    with nothing_written(), pytest.raises(WrongInput, match="240 characters or fewer"):
        charges(oakfield, 1, description="x" * 241)
    with nothing_written(), pytest.raises(WrongInput, match="Enter description"):
        charges(oakfield, 1, description=" \n ")


def test_an_unknown_account_or_one_that_takes_no_income_is_refused(oakfield, charges):
    for code in ("9999", "1100", ""):  # 1100 is a control account: it would stop the invoice batch
        with nothing_written(), pytest.raises(WrongInput, match=f"no ledger account {code}"):
            charges(oakfield, 1_000, account_code=code)
    with nothing_written(), pytest.raises(WrongInput, match="no income stream ZZ"):
        charges(oakfield, 1_000, stream_code="ZZ")
