"""How an open invoice is charged to CFR codes: whole pence, and always the whole of it."""

from hypothesis import given
from hypothesis import strategies as st

from invoicing.council_journals.rules import CodedAmount, InvoicePart, by_code, held_words, settled_by_line

PENCE = st.integers(0, 5_000_000)
PARTS = st.lists(st.builds(InvoicePart, st.sampled_from(["", "E19", "E22", "E27"]), PENCE, PENCE), min_size=1)


def test_the_table_of_the_rule() -> None:
    found = by_code(15_000, [InvoicePart("E22", 10_000, 2_000), InvoicePart("E19", 3_000, 0)])
    assert found == [CodedAmount("E19", 3_000, 0, 3_000), CodedAmount("E22", 10_000, 2_000, 12_000)]


def test_what_is_partly_paid_is_shared_by_gross_and_keeps_its_vat() -> None:
    # £50.00 of £150.00: a fifth is E19 and four fifths E22, of which a sixth is VAT.
    found = by_code(5_000, [InvoicePart("E22", 10_000, 2_000), InvoicePart("E19", 3_000, 0)])
    assert found == [CodedAmount("E19", 1_000, 0, 1_000), CodedAmount("E22", 3_333, 667, 4_000)]


def test_a_code_whose_line_was_credited_is_not_charged() -> None:
    found = by_code(12_000, [InvoicePart("E22", 10_000, 2_000), InvoicePart("E19", 0, 0)])
    assert [amount.cfr_code for amount in found] == ["E22"]


@given(parts=PARTS, share=st.integers(1, 100))
def test_the_codes_add_up_to_the_penny_and_each_once(parts: list[InvoicePart], share: int) -> None:
    whole = sum(part.net_pence + part.vat_pence for part in parts)
    pence = whole * share // 100
    found = by_code(pence, parts)
    assert sum(amount.gross_pence for amount in found) == pence
    assert all(amount.net_pence + amount.vat_pence == amount.gross_pence > 0 for amount in found)
    assert len({amount.cfr_code for amount in found}) == len(found)
    if share == 100:  # of a whole invoice the net and the VAT are those of the invoice
        assert sum(amount.vat_pence for amount in found) == sum(part.vat_pence for part in parts)
    if pence:
        settled = settled_by_line(pence // 2, [amount.gross_pence for amount in found])
        assert sum(settled) == pence // 2
        assert all(one <= amount.gross_pence for one, amount in zip(settled, found, strict=True))


def test_what_holds_an_invoice_says_what_to_do() -> None:
    assert held_words(cost_centre="FH1", maintained=True, in_query=False) == ""
    assert "Change how it pays" in held_words(cost_centre="FH1", maintained=False, in_query=True)
    assert "Ask the school or the council" in held_words(cost_centre="", maintained=True, in_query=True)
    assert "once the query is closed" in held_words(cost_centre="FH1", maintained=True, in_query=True)
