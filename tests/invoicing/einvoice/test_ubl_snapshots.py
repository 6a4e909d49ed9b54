"""What an e-invoice says, from snapshots: kinds that cannot be traded yet, Peppol, payment, text that people typed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invoicing.documents.einvoice.errors import EInvoiceNotMade
from invoicing.documents.einvoice.parties import vat_identifier
from invoicing.documents.einvoice.ubl import build_ubl
from invoicing.documents.snapshot import DocumentSnapshot, Endpoint, Party
from invoicing.vat.treatment import VatTreatment
from tests.conftest import EXEMPT, OUTSIDE, STANDARD, ZERO
from tests.invoicing.einvoice.papers import (
    HUB,
    PARTNERSHIP,
    REVERSE,
    SCHOOL,
    a_snapshot,
    an_item,
    assert_holds,
    said,
)

PAYEE = ".//cac:PaymentMeans/cac:PayeeFinancialAccount"
SELLER, BUYER = "cac:AccountingSupplierParty/cac:Party", "cac:AccountingCustomerParty/cac:Party"
ENDPOINTS = {"seller_endpoint": Endpoint("9932", "GB123456789"), "customer_endpoint": Endpoint("0088", "5060012349998")}


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "element", "code"),
        [("invoice", "Invoice", "380"), ("credit_note", "CreditNote", "381"), ("self_billed", "Invoice", "389")],
    )
    def test_each_has_its_root_and_its_code(self, kind: str, element: str, code: str) -> None:
        xml = build_ubl(a_snapshot(kind=kind, credits_number="INV-1" if kind == "credit_note" else ""))
        assert f"<{element} xmlns=".encode() in xml
        assert said(xml, f"cbc:{element}TypeCode") == [code]
        assert said(xml, "cbc:CustomizationID") == ["urn:cen.eu:en16931:2017"]
        assert_holds(xml)

    def test_a_self_billed_invoice_is_sold_by_the_provider_and_says_whose_tax_it_is(self) -> None:
        xml = build_ubl(a_snapshot(kind="self_billed", number="SB-000001", seller=HUB, customer=PARTNERSHIP))
        assert said(xml, f"{SELLER}/cac:PartyLegalEntity/cbc:RegistrationName") == ["Meridian Teaching School Hub"]
        assert said(xml, f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName") == ["Tidewell Schools Partnership"]
        [note] = said(xml, "cbc:Note")
        assert note == "Self billing – The VAT shown is your output tax due to HM Revenue & Customs"
        assert said(xml, "cac:PaymentTerms/cbc:Note") == ["We pay £120.00 by 1 October 2026."]
        assert_holds(xml)

    def test_a_self_billed_invoice_of_an_unregistered_provider_shows_no_output_tax(self) -> None:
        provider = replace(HUB, vat_number="")
        xml = build_ubl(a_snapshot(an_item(vat=OUTSIDE), kind="self_billed", seller=provider, customer=PARTNERSHIP))
        assert said(xml, "cbc:Note") == ["Self billing"]
        assert_holds(xml)

    def test_a_credit_note_names_its_invoice_and_why_and_asks_for_nothing(self) -> None:
        xml = build_ubl(
            a_snapshot(
                kind="credit_note", credits_number="INV-000009", credits_issued_on=date(2026, 7, 3), reason="Not given"
            )
        )
        credited = "cac:BillingReference/cac:InvoiceDocumentReference"
        assert said(xml, f"{credited}/cbc:ID") + said(xml, f"{credited}/cbc:IssueDate") == ["INV-000009", "2026-07-03"]
        assert said(xml, "cbc:Note") == ["Not given"]
        assert said(xml, PAYEE + "/cbc:ID") == [] and said(xml, "cbc:DueDate") == []
        assert_holds(xml)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"kind": "pro_forma"}, "is a pro forma"),
            ({"lines": []}, "has no lines"),
            ({"seller": replace(PARTNERSHIP, vat_number="")}, "charges VAT but has no VAT number"),
        ],
    )
    def test_what_cannot_be_said_is_refused(self, changes: dict[str, object], words: str) -> None:
        with pytest.raises(EInvoiceNotMade, match=words):
            build_ubl(a_snapshot(**changes))

    def test_the_same_snapshot_is_the_same_bytes(self) -> None:
        first = build_ubl(a_snapshot(an_item(), an_item(500, EXEMPT)))
        assert build_ubl(a_snapshot(an_item(), an_item(500, EXEMPT))) == first
        assert build_ubl(a_snapshot(an_item(), an_item(501, EXEMPT))) != first


class TestVat:
    def test_outside_the_scope_there_is_no_rate_and_the_number_is_a_tax_identifier(self) -> None:
        buyer = replace(SCHOOL, vat_number="GB222333444")
        xml = build_ubl(a_snapshot(an_item(vat=OUTSIDE), customer=buyer))
        assert said(xml, ".//cbc:Percent") == []
        tax = f"{SELLER}/cac:PartyTaxScheme"
        assert said(xml, f"{tax}/cbc:CompanyID") == ["GB123456789"]
        assert said(xml, f"{tax}/cac:TaxScheme/cbc:ID") == ["TAX"]
        assert said(xml, f"{BUYER}/cac:PartyTaxScheme/cbc:CompanyID") == []
        assert said(xml, ".//cbc:TaxExemptionReason") == ["Outside the scope: Grant: not a supply"]
        assert_holds(xml)

    def test_outside_the_scope_never_mixes(self) -> None:
        with pytest.raises(EInvoiceNotMade, match="mixes what is outside the scope"):
            build_ubl(a_snapshot(an_item(), an_item(vat=OUTSIDE)))

    @pytest.mark.parametrize("number", [{"vat_number": "GB222333444"}, {"company_number": "07654321"}])
    def test_a_reverse_charge_names_the_buyer_by_either_number(self, number: dict[str, str]) -> None:
        xml = build_ubl(a_snapshot(an_item(vat=REVERSE), customer=replace(SCHOOL, **number)))
        [reason] = said(xml, ".//cbc:TaxExemptionReason")
        assert reason.startswith("Reverse charge: the customer accounts for the VAT")
        assert_holds(xml)

    def test_a_reverse_charge_to_a_buyer_without_numbers_is_refused(self) -> None:
        with pytest.raises(EInvoiceNotMade, match="neither a VAT number nor a company number"):
            build_ubl(a_snapshot(an_item(vat=REVERSE)))

    def test_a_seller_without_vat_number_may_be_exempt_and_says_so(self) -> None:
        xml = build_ubl(a_snapshot(an_item(vat=EXEMPT), seller=replace(PARTNERSHIP, vat_number="")))
        assert said(xml, f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID") == ["Not registered for VAT"]
        assert_holds(xml)

    def test_groups_told_apart_by_reason_on_paper_are_one_group(self) -> None:
        two = a_snapshot(an_item(100, EXEMPT), an_item(200, EXEMPT))
        apart = [replace(two.vat[0], net_pence=100, reason="one"), replace(two.vat[0], net_pence=200, reason="two")]
        xml = build_ubl(replace(two, vat=apart))
        assert said(xml, ".//cac:TaxSubtotal/cbc:TaxableAmount") == ["3.00"]
        assert said(xml, ".//cbc:TaxExemptionReason") == ["Exempt: one; two"]
        assert_holds(xml)

    @pytest.mark.parametrize(
        ("given_number", "country", "identifier"),
        [
            ("123 4567 89", "GB", "GB123456789"), ("gb123-456-789", "GB", "GB123456789"), ("GD001", "GB", "GBGD001"),
            ("XI123456789", "GB", "XI123456789"), ("IE1234567T", "IE", "IE1234567T"), ("", "GB", ""),
        ],
    )  # fmt: skip
    def test_a_vat_number_has_its_country_in_front(self, given_number: str, country: str, identifier: str) -> None:
        assert vat_identifier(Party("C-1", "A", vat_number=given_number, country=country)) == identifier


class TestReferencesAndPeppol:
    def test_a_purchase_order_is_an_order_and_a_cost_code_a_buyer_reference_only(self) -> None:
        order, cost = a_snapshot(), a_snapshot(payer_reference_name="Cost centre", purchase_order="CC-9")
        assert said(build_ubl(order), "cac:OrderReference/cbc:ID") == ["PO-4471"]
        assert said(build_ubl(cost), "cac:OrderReference/cbc:ID") == []
        assert said(build_ubl(cost), "cbc:BuyerReference") == ["CC-9"]
        assert_holds(build_ubl(cost))

    def test_each_line_of_several_orders_names_its_own(self) -> None:
        items = [an_item(purchase_order="A"), an_item(purchase_order="B-7"), an_item()]
        xml = build_ubl(a_snapshot(*items, purchase_order=""))
        line = "cac:InvoiceLine"
        assert said(xml, f"{line}/cac:DocumentReference/cbc:ID") == ["A", "B-7"]
        assert b'schemeID="ON">A<' in xml
        assert said(xml, f"{line}/cac:DocumentReference/cbc:DocumentTypeCode") == ["130", "130"]
        assert said(xml, f"{line}/cbc:Note") == ["Purchase order: A", "Purchase order: B-7"]
        assert said(xml, "cac:OrderReference/cbc:ID") + said(xml, "cbc:BuyerReference") == []
        assert_holds(xml)
        assert_holds(build_ubl(a_snapshot(*items, kind="credit_note", credits_number="INV-1", purchase_order="")))

    def test_a_cost_code_of_a_line_is_no_order(self) -> None:
        xml = build_ubl(a_snapshot(an_item(purchase_order="CC-9"), payer_reference_name="Cost centre"))
        assert said(xml, "cac:InvoiceLine/cac:DocumentReference/cbc:ID") == []
        assert said(xml, "cac:InvoiceLine/cbc:Note") == ["Cost centre: CC-9"]
        assert_holds(xml)

    @pytest.mark.parametrize(("kind", "process"), [("invoice", "billing"), ("self_billed", "selfbilling")])
    def test_peppol_identifiers_stand_where_both_can_be_reached(self, kind: str, process: str) -> None:
        xml = build_ubl(a_snapshot(kind=kind, **ENDPOINTS))
        customization = f"urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:{process}:3.0"
        assert said(xml, "cbc:CustomizationID") == [customization]
        assert said(xml, "cbc:ProfileID") == [f"urn:fdc:peppol.eu:2017:poacc:{process}:01:1.0"]
        assert said(xml, f"{BUYER}/cbc:EndpointID") == ["5060012349998"]
        assert_holds(xml)

    @pytest.mark.parametrize(
        "lacking", [{"seller_endpoint": None}, {"customer_endpoint": None}, {"purchase_order": ""}]
    )
    def test_without_an_endpoint_or_a_reference_it_is_plain_en_16931(self, lacking: dict[str, object]) -> None:
        xml = build_ubl(a_snapshot(**{**ENDPOINTS, **lacking}))
        assert said(xml, "cbc:CustomizationID") == ["urn:cen.eu:en16931:2017"]
        assert said(xml, "cbc:ProfileID") == []
        assert_holds(xml)


class TestPaying:
    def test_the_account_and_what_to_quote(self) -> None:
        xml = build_ubl(a_snapshot())
        assert said(xml, "cac:PaymentMeans/cbc:PaymentMeansCode") == ["30"]
        assert said(xml, "cac:PaymentMeans/cbc:PaymentID") == ["INV-001187"]
        assert said(xml, f"{PAYEE}/cbc:ID") == ["12345678"]
        assert said(xml, f"{PAYEE}/cac:FinancialInstitutionBranch/cbc:ID") == ["090128"]
        assert said(xml, "cac:PaymentTerms/cbc:Note") == ["Pay £120.00 by 1 October 2026."]
        assert_holds(build_ubl(a_snapshot(bank=None)))

    def test_where_the_partnership_collects_for_another_seller_it_is_the_payee(self) -> None:
        assert said(build_ubl(a_snapshot()), "cac:PayeeParty/cac:PartyName/cbc:Name") == []
        xml = build_ubl(a_snapshot(seller=HUB))
        assert said(xml, "cac:PayeeParty/cac:PartyName/cbc:Name") == ["Tidewell Schools Partnership"]
        assert said(xml, f"{SELLER}/cac:PartyTaxScheme/cbc:CompanyID") == ["GB987654321"]
        assert_holds(xml)
        note = build_ubl(a_snapshot(seller=HUB, kind="credit_note", credits_number="INV-1"))
        assert said(note, "cac:PayeeParty/cac:PartyName/cbc:Name") == []
        assert_holds(note)

    def test_without_a_due_date_the_terms_say_what_to_pay(self) -> None:
        xml = build_ubl(a_snapshot(due_on=None))
        assert said(xml, "cac:PaymentTerms/cbc:Note") == ["Pay £120.00."]
        assert_holds(xml)


class TestLines:
    def test_a_line_says_for_whom_when_why_and_under_which_code(self) -> None:
        item = an_item(
            25_00, ZERO, quantity=Decimal("2.500"), unit_price_pence=10_00, consumer_name="Saltpans Primary School",
            service_from=date(2026, 9, 1), service_to=date(2027, 5, 15), working=("Base £20.00",), cfr_code="E19",
            purchase_order="CC-9",
        )  # fmt: skip
        xml = build_ubl(a_snapshot(item))
        line = "cac:InvoiceLine"
        assert said(xml, f"{line}/cbc:Note") == [
            "For Saltpans Primary School; Base £20.00; Purchase order: CC-9; Zero rated: Printed books"
        ]
        assert said(xml, f"{line}/cbc:InvoicedQuantity") == ["2.5"]
        assert said(xml, f"{line}/cac:Price/cbc:PriceAmount") == ["10.00"]
        assert said(xml, f"{line}/cac:InvoicePeriod/cbc:EndDate") == ["2027-05-14"]  # its last day
        assert said(xml, "cac:InvoicePeriod/cbc:StartDate") == ["2026-09-01"]
        assert said(xml, f"{line}/cbc:AccountingCost") == ["CFR E19"]
        assert said(xml, "cac:Delivery/cbc:ActualDeliveryDate") == ["2026-08-28"]  # invoiced ahead of the service
        assert_holds(xml)

    def test_a_service_that_has_ended_was_delivered_on_its_last_day(self) -> None:
        xml = build_ubl(a_snapshot(an_item(service_from=date(2026, 8, 1), service_to=date(2026, 8, 6))))
        assert said(xml, "cac:Delivery/cbc:ActualDeliveryDate") == ["2026-08-05"]

    def test_where_quantity_and_price_do_not_make_the_net_it_is_one_of_it(self) -> None:
        snapshot = a_snapshot()
        discounted = replace(snapshot.lines[0], quantity=Decimal(3), unit_price_pence=35_00)
        xml = build_ubl(replace(snapshot, lines=[discounted]))
        assert said(xml, ".//cbc:InvoicedQuantity") + said(xml, ".//cbc:PriceAmount") == ["1", "100.00"]
        assert_holds(xml)

    def test_what_is_given_back_has_a_negative_quantity_and_a_plain_price(self) -> None:
        snapshot = a_snapshot(an_item(100_00), an_item(20_00))
        back = replace(snapshot.lines[1], unit_price_pence=-20_00, net_pence=-20_00)
        group = replace(snapshot.vat[0], net_pence=80_00, vat_pence=16_00)
        totals = {"net_pence": 80_00, "vat_pence": 16_00, "gross_pence": 96_00}
        xml = build_ubl(replace(snapshot, lines=[snapshot.lines[0], back], vat=[group], **totals))
        assert said(xml, ".//cbc:InvoicedQuantity") == ["1", "-1"]
        assert said(xml, ".//cbc:PriceAmount") == ["100.00", "20.00"]
        assert_holds(xml)

    def test_a_period_that_ends_before_it_starts_is_refused(self) -> None:
        day = date(2026, 9, 1)
        with pytest.raises(EInvoiceNotMade, match="ends before it starts"):
            build_ubl(a_snapshot(an_item(service_from=day, service_to=day)))


class TestTextThatPeopleTyped:
    def test_what_xml_refuses_is_visibly_replaced_and_the_rest_stays(self) -> None:
        customer = replace(SCHOOL, name="Zoë’s\x07 中文 <School> & \ud800🎉 \uffff")
        xml = build_ubl(a_snapshot(customer=customer))
        [name] = said(xml, f"{BUYER}/cac:PartyLegalEntity/cbc:RegistrationName")
        assert name == "Zoë’s\ufffd 中文 <School> & \ufffd🎉 \ufffd"
        assert_holds(xml)

    def test_a_long_address_loses_nothing(self) -> None:
        address = ["Unit 4", "The Old Mill", "Mill Lane", "Tidewell", "Wellshire", "tw12 9zz"]
        xml = build_ubl(a_snapshot(customer=replace(SCHOOL, address=address)))
        postal = f"{BUYER}/cac:PostalAddress"
        parts = ("cbc:StreetName", "cbc:AdditionalStreetName", "cbc:PostalZone", "cac:AddressLine/cbc:Line")
        assert [said(xml, f"{postal}/{part}") for part in parts] == [
            ["Unit 4"], ["The Old Mill"], ["tw12 9zz"], ["Mill Lane, Tidewell, Wellshire"],
        ]  # fmt: skip
        assert_holds(xml)


TREATMENTS = [STANDARD, VatTreatment("S", Decimal("0.05")), VatTreatment("S", Decimal("0.175")), EXEMPT, ZERO]
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
PERIODS = st.none() | st.tuples(DAYS, st.integers(1, 800))
ANY_TEXT = st.text(max_size=40)


@st.composite
def snapshots(draw: st.DrawFn) -> DocumentSnapshot:
    """Any names, descriptions, notes, amounts, quantities, periods and treatments that may stand together."""
    treatments = draw(st.sampled_from([TREATMENTS, [OUTSIDE]]))
    items = []
    for _ in range(draw(st.integers(1, 5))):
        period = draw(PERIODS)
        items.append(
            an_item(
                draw(st.integers(1, 10**9)),
                draw(st.sampled_from(treatments)),
                description=draw(ANY_TEXT),
                consumer_name=draw(ANY_TEXT),
                quantity=draw(st.decimals("0.001", "9999", places=3)),
                unit_price_pence=draw(st.integers(0, 10**7)),
                service_from=period[0] if period else None,
                service_to=period[0] + timedelta(days=period[1]) if period else None,
                purchase_order=draw(ANY_TEXT),
                working=tuple(draw(st.lists(ANY_TEXT, max_size=2))),
            )
        )
    kind = draw(st.sampled_from(["invoice", "credit_note", "self_billed"]))
    return a_snapshot(
        *items,
        kind=kind,
        customer=replace(SCHOOL, name=draw(ANY_TEXT), address=draw(st.lists(ANY_TEXT, max_size=6))),
        seller=replace(PARTNERSHIP, name=draw(ANY_TEXT), email=draw(ANY_TEXT)),
        purchase_order=draw(ANY_TEXT),
        reason=draw(ANY_TEXT),
        credits_number="INV-000001" if kind == "credit_note" else "",
        demonstration=draw(st.booleans()),
        due_on=draw(st.none() | DAYS),
    )


@given(snapshots())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_names_and_amounts_make_a_valid_e_invoice(snapshot: DocumentSnapshot) -> None:
    assert_holds(build_ubl(snapshot))
