"""An offer without a treatment of its own is taxed by the rules, for whoever is invoiced; a filled one is a person's."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from catalogue.listing import prices_on_page
from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from catalogue.rules.quotes import Quote
from catalogue.services import quote_for
from invoicing.services import set_vat_facts
from invoicing.vat.models import VatRule
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation, set_terms
from marketplace.trading.services import add_to_basket, check_basket, open_basket, place_order
from tests.conftest import START
from tests.shop import Shop, person, schools

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)
ANY = PriceClass.ANY


@pytest.fixture
def shop(partnership: Organisation, actor: Actor) -> Shop:
    return Shop(actor)


@pytest.fixture
def eligible(partnership: Organisation, actor: Actor) -> None:
    set_vat_facts(
        organisation=partnership, valid_from=START, registered=True, vat_number="GB123456789", eligible_body=True,
        evidence="Articles of association, clause 7", actor=actor,
    )  # fmt: skip


def by_rule(shop: Shop, code: str, kind: Offer.SupplyKind, **more: object) -> Offer:
    return shop.offer(code, supply_kind=kind, vat_category="", prices={ANY: {"flat": "100"}}, **more)


def quoted(offer: Offer, school: Organisation, **more: object) -> Quote:
    return quote_for(
        offer=offer, run=None, organisation=school, quantity=Decimal(1), on=ON, price_class=PriceClass.MEMBER, **more
    )  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Offer.SupplyKind.TRAINING, "VAT exempt: training by an eligible body: £0.00"),
        (Offer.SupplyKind.CONSULTANCY, "VAT at 20%: £20.00"),
        (Offer.SupplyKind.PRINTED, "VAT zero rated: printed books and e-books: £0.00"),
        (Offer.SupplyKind.SECONDMENT, "VAT at 20%: £20.00"),
        (Offer.SupplyKind.OTHER, "VAT at 20%: £20.00"),
    ],
)
def test_the_quote_says_what_the_rules_decide(shop, eligible, oakfield, kind, words):
    quote = quoted(by_rule(shop, "thing", kind), oakfield)
    assert quote.vat_step.sentence == words
    assert VatRule.objects.filter(pk=quote.vat_rule_id).exists()


def test_a_persons_treatment_with_its_reason_goes_before_the_rules(shop, eligible, oakfield):
    own = shop.offer(
        "tuition", supply_kind=Offer.SupplyKind.OTHER, vat_category="E", vat_reason="tuition in a school subject",
        prices={ANY: {"flat": "100"}},
    )  # fmt: skip
    quote = quoted(own, oakfield)
    assert (quote.vat_step.text, quote.vat_rule_id) == ("VAT exempt: tuition in a school subject", None)


def test_who_is_invoiced_decides_where_it_is_supplied(shop, oakfield, actor):
    abroad = add_organisation(
        kind=Organisation.Kind.OTHER, name="Marina Schools Group", valid_from=START, actor=actor,
        address=Address(street="Paseo 4", country="ES"),
    )  # fmt: skip
    offer = by_rule(shop, "adviser", Offer.SupplyKind.CONSULTANCY)
    assert quoted(offer, oakfield).vat.category == "S"
    assert quoted(offer, oakfield, invoice_to=abroad).vat.words == "Outside the scope of VAT: supplied abroad"
    set_terms(organisation=oakfield, invoice_to=abroad, actor=actor)
    assert quoted(offer, oakfield).vat.category == "O"


def test_an_offer_without_a_treatment_has_no_reason_either(shop):
    with pytest.raises(WrongInput, match="leave both empty: the VAT rules decide"):
        by_rule(shop, "odd", Offer.SupplyKind.OTHER, vat_reason="because")
    offer = by_rule(shop, "plain", Offer.SupplyKind.OTHER)
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(vat_reason="because")
    with pytest.raises(IntegrityError), transaction.atomic():
        Offer.objects.filter(pk=offer.pk).update(vat_category="E")


def test_fifty_offers_take_as_many_queries_as_five(shop, eligible, oakfield):
    kinds = list(Offer.SupplyKind)
    offers = [by_rule(shop, f"offer-{n}", kinds[n % len(kinds)]) for n in range(50)]

    def listed(some: list[Offer]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = prices_on_page(offers=some, organisation=oakfield, price_class=PriceClass.MEMBER, on=ON)
        assert {quote.vat.category for price in found.values() if (quote := price.quote)} == {"S", "E", "Z"}
        return len(asked)

    assert listed(offers) == listed(offers[:5]) <= 15


def test_a_page_of_offers_with_their_own_treatment_asks_nothing_about_vat(shop, oakfield):
    offers = [shop.offer("payroll", prices={ANY: {"flat": "100"}})]
    with CaptureQueriesContext(connection) as asked:
        prices_on_page(offers=offers, organisation=oakfield, price_class=PriceClass.MEMBER, on=ON)
    assert not any("invoicing_vat" in query["sql"] for query in asked)


def test_where_the_rules_refuse_the_list_says_why_instead_of_a_price(shop, partnership, oakfield, actor):
    offer = by_rule(shop, "adviser", Offer.SupplyKind.CONSULTANCY)
    set_vat_facts(
        organisation=partnership, valid_from=START, registered=True, abroad=True, evidence="Moved", actor=actor
    )
    listed = prices_on_page(offers=[offer], organisation=oakfield, price_class=PriceClass.MEMBER, on=ON)[offer.pk]
    assert listed.quote is None and "No VAT rule says how consultancy" in listed.why_not


def test_an_order_keeps_the_treatment_and_marks_its_rule_as_used(shop, eligible, actor, tmp_path):
    [school] = schools(tmp_path, actor, {})
    buyer = person(school, actor)
    offer = by_rule(shop, "coaching", Offer.SupplyKind.TRAINING)
    basket = open_basket(organisation=school, actor=buyer)
    add_to_basket(basket=basket, offer=offer, school=school, quantity=Decimal(1), on=ON, actor=buyer)
    seen = check_basket(basket=basket, on=ON, actor=buyer).total.gross.pence
    assert not VatRule.objects.filter(used=True).exists()
    order = place_order(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=buyer)
    line = order.lines.get()
    assert (line.vat_category, line.vat_reason) == ("E", "training by an eligible body")
    assert line.steps[-1]["text"] == "VAT exempt: training by an eligible body"
    assert [rule.reason.code for rule in VatRule.objects.filter(used=True)] == ["eligible-training"]
