"""What the files say is what was approved: read back by others' eyes, and broken ones are noticed."""

from datetime import date, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from invoicing.paying_out.rules import pain001, plain_csv, standard18
from invoicing.paying_out.rules.orders import Account, CannotWrite, Payment, PaymentOrder
from tests.invoicing.paying_out import bacs_reader

# The schema of ISO 20022 itself, as the package sepaxml carries it; sterling and sort codes are its own to allow.
SCHEMA = etree.XMLSchema(etree.parse(str(files("sepaxml") / "schemas" / "pain.001.001.09.xsd")))
PAYER = Account("Tidewell Schools Partnership", "204511", "55779911")


def order(*pence: int, name: str = "Ridgeway Learning", pay_on: date = date(2026, 10, 30)) -> PaymentOrder:
    payee = Account(name, "601613", "31926819")
    payments = tuple(Payment(payee, each, "PAY-000003", "Payment PAY-000003") for each in pence)
    return PaymentOrder("PAY-000003-1", datetime(2026, 10, 28, 9, 30), pay_on, PAYER, payments, "654321")


@pytest.mark.parametrize("a_day_each", [False, True])
@pytest.mark.parametrize(
    ("amounts", "day"), [((95_625, 1), date(2026, 10, 30)), ((99_999_999_999 - 5, 5), date(2028, 2, 29))]
)
def test_standard_18_is_read_back_by_an_independent_reader(
    amounts: tuple[int, ...], day: date, a_day_each: bool
) -> None:
    found = bacs_reader.read(standard18.write(order(*amounts, pay_on=day), a_day_each=a_day_each))
    assert [one.pence for one in found.credits] == list(amounts)
    assert found.contra_pence == sum(amounts)
    assert (found.user, found.day) == ("654321", f"{day:%y%j}")
    assert found.credits[0] == bacs_reader.Credit("601613", "31926819", amounts[0], "PAY-000003", "RIDGEWAY LEARNING")


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=30), st.text(min_size=1, max_size=40))
def test_any_payments_and_any_name_are_read_back(amounts: list[int], name: str) -> None:
    made = order(*amounts, name=name)
    assert [one.pence for one in bacs_reader.read(standard18.write(made)).credits] == amounts
    assert SCHEMA.validate(etree.fromstring(pain001.write(made))), SCHEMA.error_log


def test_the_reader_notices_what_is_wrong() -> None:
    good = standard18.write(order(500, 700))
    for old, new in ((b"00000000500", b"00000000501"), (b"CONTRA", b"CONTRO"), (b"\r\nEOF1", b" \r\nEOF1")):
        with pytest.raises(bacs_reader.NotBacs):
            bacs_reader.read(good.replace(old, new))


def test_a_bacs_file_without_a_user_number_or_payments_is_refused() -> None:
    with pytest.raises(CannotWrite):
        standard18.write(PaymentOrder("P", datetime(2026, 1, 1), date(2026, 1, 2), PAYER, order(1).payments))
    for empty in (standard18.write, pain001.write, plain_csv.write):
        with pytest.raises(CannotWrite):
            empty(order())
    with pytest.raises(CannotWrite):
        standard18.write(order(10**11))


def test_pain_001_is_valid_and_says_the_same_sums() -> None:
    document = etree.fromstring(pain001.write(order(95_625, 1, name="Café <Priory> & Co")))
    SCHEMA.assertValid(document)
    names = {"p": pain001.NAMESPACE}
    assert document.findtext(".//p:GrpHdr/p:CtrlSum", namespaces=names) == "956.26"
    assert document.findtext(".//p:PmtInf/p:NbOfTxs", namespaces=names) == "2"
    assert [one.text for one in document.findall(".//p:InstdAmt", names)] == ["956.25", "0.01"]
    assert document.findtext(".//p:Cdtr/p:Nm", namespaces=names) == "Cafe Priory Co"


def test_the_schema_refuses_what_is_not_a_payment() -> None:
    text = pain001.write(order(500)).decode()
    for old, new in (("<PmtMtd>TRF", "<PmtMtd>ABC"), ("5.00</InstdAmt>", "-5.00</InstdAmt>"), ("CdtrAgt>", "Agent>")):
        assert not SCHEMA.validate(etree.fromstring(text.replace(old, new).encode()))


def test_plain_csv_runs_no_formula() -> None:
    lines = plain_csv.write(order(95_625, name="=HYPERLINK(1)")).decode().splitlines()
    assert lines[1] == "2026-10-30,'=HYPERLINK(1),60-16-13,31926819,956.25,PAY-000003"
