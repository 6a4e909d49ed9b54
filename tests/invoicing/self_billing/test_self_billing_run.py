"""Self-billing: one invoice a provider in its own series, its VAT posted, each amount once, credits named."""

from datetime import date

import pytest
from django.core.management import call_command

from invoicing.documents.einvoice.checking import check_ubl
from invoicing.documents.files import pdf_of, ubl_of
from invoicing.journals.queries import PROVIDERS, input_vat
from invoicing.provider_invoices.agreement_models import SelfBillingAgreement
from invoicing.provider_invoices.agreements import AgreementOverlaps, agreement_on, end_self_billing
from invoicing.provider_invoices.models import InvoicedMove, ProviderInvoice
from invoicing.provider_invoices.renewing import remind_endings
from invoicing.queries import documents_for
from invoicing.self_billing.billing import propose_self_billing, self_bill
from invoicing.services import reduce_payable, set_vat_facts
from marketplace.core.actors import ANONYMOUS
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.services.schools import add_authority
from tests.invoicing.books import balances, nothing_written, refused, run_sql
from tests.invoicing.council_journals.maintained import school
from tests.invoicing.self_billing.ridgeway import BEGINS, EXEMPT, NONE, ON, STANDARD, add_firm, agreed, earned

pytestmark = pytest.mark.django_db
LATER = date(2026, 10, 31)


def papers(provider):
    return list(ProviderInvoice.objects.filter(provider=provider).order_by("pk"))


def input_vat_of_providers(actor, start, end):
    """Documents, net, VAT and what comes back, as the return's page has them."""
    [row] = [row for row in input_vat(actor, start=start, end=end) if row.tag == PROVIDERS]
    return (row.count, row.net_pence, row.vat_pence, row.recovered_pence)


def test_one_invoice_a_provider_with_its_vat_posted_and_its_amounts_once(ridgeway, actor):
    agreed(ridgeway)
    earned(ridgeway, 3_333, key="a")
    earned(ridgeway, 3_333, key="b")
    earned(ridgeway, 3_333, key="c")
    earned(ridgeway, 10_000, key="d", vat=EXEMPT)
    before = balances()
    report = self_bill(on=ON, actor=actor)
    assert report.invoices == [f"SB-{ridgeway.number}-000001"] and report.credits == [] and report.held == []
    [invoice] = papers(ridgeway)
    assert (invoice.kind, invoice.state, invoice.number) == ("self_billed", "agreed", report.invoices[0])
    assert (invoice.net_pence, invoice.vat_pence, invoice.gross_pence) == (19_999, 2_000, 21_999)
    assert (invoice.outstanding_pence, invoice.due_on) == (21_999, date(2026, 10, 23))
    assert list(invoice.lines.order_by("position").values_list("vat_pence", flat=True)) == [667, 667, 666, 0]
    assert balances() == before | {"2210": 2_000, "2400": -21_999}
    assert InvoicedMove.objects.count() == 4
    assert input_vat_of_providers(actor, date(2026, 9, 1), LATER) == (1, 19_999, 2_000, 2_000)
    assert Event.objects.get(kind="self_billed.issued").organisation_ids == [ridgeway.pk]
    with nothing_written():
        again = self_bill(on=LATER, actor=actor)
    assert (again.invoices, again.credits, again.held) == ([], [], [])
    call_command("verify_ledger")


def test_the_paper_bears_the_words_of_the_notice_and_the_e_invoice_holds(ridgeway, actor):
    agreed(ridgeway)
    earned(ridgeway, 45_000, key="a")
    self_bill(on=ON, actor=actor)
    [invoice] = papers(ridgeway)
    ubl = ubl_of(invoice.document, demonstration=False, pay_to=None)
    assert check_ubl(ubl) == []
    text = ubl.decode()
    assert ">389<" in text and "GB123456782" in text
    assert "Self billing – The VAT shown is your output tax due to HM Revenue &amp; Customs" in text
    assert pdf_of(invoice.document, demonstration=False, pay_to=None).startswith(b"%PDF")
    assert not documents_for(actor).exists(), "it is no sale"


def test_an_unregistered_provider_charges_no_vat_and_shows_no_number(priory, actor):
    agreed(priory)
    earned(priory, 30_000, key="a", vat=STANDARD)
    self_bill(on=ON, actor=actor)
    [invoice] = papers(priory)
    assert (invoice.net_pence, invoice.vat_pence, invoice.vat_entry_id) == (30_000, 0, None)
    assert invoice.lines.get().vat_category == "O" and invoice.document.seller["vat_number"] == ""
    ubl = ubl_of(invoice.document, demonstration=False, pay_to=None)
    assert check_ubl(ubl) == [] and b"output tax" not in ubl
    call_command("verify_ledger")


def test_what_lies_outside_the_scope_stands_on_an_invoice_of_its_own(ridgeway, actor):
    agreed(ridgeway)
    earned(ridgeway, 10_000, key="a")
    earned(ridgeway, 5_000, key="b", vat=NONE)
    assert len(self_bill(on=ON, actor=actor).invoices) == 2
    assert [one.gross_pence for one in papers(ridgeway)] == [12_000, 5_000]
    call_command("verify_ledger")


def test_a_maintained_school_sells_under_its_councils_number(council, actor):
    authority = add_authority(organisation=council, code="902", actor=actor)
    fernhill = school(authority, "Fernhill School", "901301", actor)
    set_vat_facts(
        organisation=council, valid_from=date(2020, 1, 1), registered=True, vat_number="GB 987 6543 21",
        eligible_body=True, private_school=False, abroad=False, evidence="HMRC register", actor=actor,
    )  # fmt: skip
    agreement = agreed(fernhill)
    assert (agreement.vat_number, agreement.vat_holder) == ("GB 987 6543 21", council.name)
    earned(fernhill, 20_000, key="a")
    self_bill(on=ON, actor=actor)
    [invoice] = papers(fernhill)
    assert invoice.document.seller["vat_number"] == "GB 987 6543 21"
    assert invoice.document.seller["name"] == fernhill.name and invoice.vat_pence == 4_000
    assert check_ubl(ubl_of(invoice.document, demonstration=False, pay_to=None)) == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda firm: None, "no self-billing agreement, so it invoices us itself"),
        (lambda firm: agreed(firm, begins=date(2025, 9, 1)), "ended on 1 September 2026"),
        (lambda firm: agreed(firm, begins=date(2026, 12, 1)), "begins on 1 December 2026 only"),
    ],
    ids=["none", "lapsed", "not begun"],
)
def test_without_a_running_agreement_nothing_is_written_and_it_is_said_why(make, words, ridgeway, actor):
    make(ridgeway)
    earned(ridgeway, 10_000, key="a")
    with nothing_written():
        report = self_bill(on=ON, actor=actor)
    [held] = report.held
    assert (held.provider_id, held.pence) == (ridgeway.pk, 10_000) and words in held.reason
    assert propose_self_billing(on=ON).held == report.held


def test_a_changed_vat_number_needs_a_new_agreement(ridgeway, actor):
    first = agreed(ridgeway)
    earned(ridgeway, 10_000, key="a")
    set_vat_facts(
        organisation=ridgeway, valid_from=date(2026, 9, 15), registered=True, vat_number="GB 111 2223 33",
        eligible_body=False, private_school=False, abroad=False, evidence="Letter", actor=actor,
    )  # fmt: skip
    with nothing_written():
        [held] = self_bill(on=ON, actor=actor).held
    assert "VAT facts changed since" in held.reason and "GB 111 2223 33" in held.reason
    end_self_billing(agreement=first, on=ON, reason="New VAT number", actor=actor)
    agreed(ridgeway, begins=ON)
    self_bill(on=ON, actor=actor)
    assert papers(ridgeway)[0].document.seller["vat_number"] == "GB 111 2223 33"


def test_what_is_owed_less_before_paper_is_netted_and_after_it_is_credited_by_name(ridgeway, actor):
    agreed(ridgeway)
    first = earned(ridgeway, 10_000, key="a")
    reduce_payable(source_key="less:1", of="a", pence=1_001, reason="Shorter", on=ON, actor=actor)
    self_bill(on=ON, actor=actor)
    [invoice] = papers(ridgeway)
    assert (invoice.net_pence, invoice.vat_pence, invoice.lines.get().moves.count()) == (8_999, 1_800, 2)
    before = balances()["2400"]
    reduce_payable(source_key="less:2", of="a", pence=3_001, reason="Refunded", on=LATER, actor=actor)
    reduced = self_bill(on=LATER, actor=actor)
    assert reduced.credits == [f"SC-{ridgeway.number}-000001"] and reduced.invoices == []
    reduce_payable(source_key="less:3", of="a", pence=5_998, reason="Refunded", on=LATER, actor=actor)
    self_bill(on=LATER, actor=actor)
    _, one, two = papers(ridgeway)
    assert (one.kind, one.credits, one.net_pence, one.vat_pence) == ("self_billed_credit", invoice, 3_001, 600)
    assert (two.net_pence, two.vat_pence) == (5_998, 1_200), "the credits' VAT adds up to the invoice's"
    assert one.document.credits == invoice.document and one.outstanding_pence == 3_601
    assert balances().get("2400", 0) == before + 10_799 and balances().get("2210", 0) == 0
    assert input_vat_of_providers(actor, LATER, date(2026, 11, 1)) == (2, -8_999, -1_800, -1_800)
    ubl = ubl_of(one.document, demonstration=False, pay_to=None)
    assert check_ubl(ubl) == [] and b">261<" in ubl and invoice.number.encode() in ubl
    assert pdf_of(one.document, demonstration=False, pay_to=None).startswith(b"%PDF")
    first.refresh_from_db()
    assert first.state == "cancelled"
    call_command("verify_ledger")


def test_what_went_before_it_was_on_paper_stays_off_paper(ridgeway, actor):
    agreed(ridgeway)
    earned(ridgeway, 10_000, key="a")
    reduce_payable(source_key="less", of="a", pence=10_000, reason="Cancelled", on=ON, actor=actor)
    with nothing_written():
        report = self_bill(on=ON, actor=actor)
    assert report.invoices == report.held == []


def test_the_proposal_is_what_is_written(ridgeway, priory, actor):
    for firm in (ridgeway, priory):
        agreed(firm)
        earned(firm, 12_345, key=f"a{firm.pk}")
    proposal = propose_self_billing(on=ON)
    report = self_bill(on=ON, actor=actor)
    assert proposal.sums("self_billed") == (2, report.net_pence, report.vat_pence) == (2, 24_690, 2_469)


def test_only_finance_writes_them_and_what_is_written_stays(ridgeway, actor):
    agreed(ridgeway)
    earned(ridgeway, 10_000, key="a")
    with nothing_written(), pytest.raises(NotAllowed):
        self_bill(on=ON, actor=ANONYMOUS)
    self_bill(on=ON, actor=actor)
    with refused("an issued document never changes"):
        run_sql(
            "UPDATE invoicing_document SET net_pence = 1, vat_pence = 1, gross_pence = 2 WHERE kind = 'self_billed'"
        )
    with refused("what was received or agreed stays"):
        run_sql("UPDATE invoicing_providerinvoice SET reason = 'x'")
    with refused("stays"):
        run_sql("DELETE FROM invoicing_invoicedmove")
    with refused("what was signed stays"):
        run_sql("UPDATE invoicing_selfbillingagreement SET vat_number = 'GB 1'")


def test_a_run_costs_the_same_statements_for_ten_providers_as_for_two(
    partnership, actor, django_assert_max_num_queries
):
    def counted(firms):
        for firm in firms:
            agreed(firm)
            for place in range(3):
                earned(firm, 1_000 + place, key=f"{firm.pk}:{place}")
        with django_assert_max_num_queries(60) as found:
            self_bill(on=ON, actor=actor)
        return len(found)

    few = counted([add_firm(f"Firm {n}") for n in range(2)])
    assert counted([add_firm(f"Other firm {n}") for n in range(10)]) == few


def test_agreements_of_one_provider_never_overlap_and_run_a_year_at_most(ridgeway, actor):
    made = agreed(ridgeway)
    assert (made.valid_from, made.valid_to) == (BEGINS, date(2027, 9, 1))
    assert agreement_on(ridgeway, date(2027, 8, 31)) == made and agreement_on(ridgeway, date(2027, 9, 1)) is None
    with pytest.raises(AgreementOverlaps):
        agreed(ridgeway, begins=date(2027, 8, 31))
    with pytest.raises(WrongInput, match="twelve months at most"):
        agreed(ridgeway, begins=date(2028, 1, 1), ends=date(2029, 1, 2))
    assert SelfBillingAgreement.objects.count() == 1


def test_an_agreement_that_ends_is_told_of_twice_and_not_where_another_follows(ridgeway, priory, actor):
    for firm in (ridgeway, priory):
        agreed(firm, begins=BEGINS, ends=date(2026, 12, 1))
    agreed(priory, begins=date(2026, 12, 1))
    days = [date(2026, 9, 30), date(2026, 10, 2), date(2026, 10, 3), date(2026, 11, 1), date(2026, 11, 2), ON]
    assert [remind_endings(on=day, actor=actor) for day in days] == [0, 1, 0, 1, 0, 0]
    told = Event.objects.filter(kind="self_billing.ending").order_by("pk")
    assert [(one.organisation_ids, one.payload["days"]) for one in told] == [
        ([ridgeway.pk], 60),
        ([ridgeway.pk], 30),
    ]
