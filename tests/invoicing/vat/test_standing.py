"""What is known of a supplier and a customer on a day, and what is decided from it."""

from datetime import date

import pytest

from invoicing.services import set_vat_facts
from invoicing.vat.rules.deciding import NoSupply
from invoicing.vat.rules.kinds import Funding, Place, Relation, Standing, SupplyKind
from invoicing.vat.standing import ground_for, known_of
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation
from tests.conftest import START
from tests.shop import schools, trust_with

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)


def somebody(actor: Actor, name: str = "Harbour Consulting", **more: object) -> Organisation:
    return add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=actor, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cells", "standing"),
    [
        ({}, Standing.ELIGIBLE_BODY),
        ({"TypeOfEstablishment (code)": "34"}, Standing.ELIGIBLE_BODY),
        ({"TypeOfEstablishment (code)": "11"}, Standing.PRIVATE_SCHOOL),
        ({"TypeOfEstablishment (code)": "37"}, Standing.ABROAD),
        ({"TypeOfEstablishment (code)": "25"}, Standing.ABROAD),
    ],
)
def test_a_schools_type_says_how_it_stands(partnership, actor, tmp_path, cells, standing):
    [school] = schools(tmp_path, actor, cells)
    assert known_of(school, ON).standing == standing


def test_a_vat_number_on_record_says_whether_anybody_else_is_registered(partnership, council, actor):
    assert known_of(partnership, ON).standing == Standing.REGISTERED
    assert known_of(somebody(actor), ON).standing == Standing.NOT_REGISTERED
    assert known_of(council, ON).standing == Standing.ELIGIBLE_BODY


@pytest.mark.parametrize(("country", "place"), [("AE", Place.ABROAD), ("JE", Place.ABROAD), ("IM", Place.UK)])
def test_the_address_says_where_a_customer_belongs(partnership, actor, country, place):
    customer = somebody(actor, address=Address(street="1 Corniche", country=country))
    assert ground_for(supplier=partnership, customer=customer, on=ON).facts(SupplyKind.TRAINING).place == place


def test_facts_on_record_go_before_what_is_derived_from_their_first_day_on(partnership, oakfield, actor):
    set_vat_facts(
        organisation=partnership, valid_from=ON, registered=True, vat_number="GB123456789", eligible_body=True,
        evidence="Articles, clause 7: no distribution", actor=actor,
    )  # fmt: skip

    def training(on: date) -> str:
        return ground_for(supplier=partnership, customer=oakfield, on=on).decide(SupplyKind.TRAINING).sentence

    assert training(date(2026, 8, 31)) == "VAT at 20%"
    assert training(ON) == "VAT exempt: training by an eligible body"


def test_a_trust_and_its_academies_are_one_legal_person(partnership, actor, tmp_path):
    trust, [first, second] = trust_with(tmp_path, actor, "Harbour View Academy", "Lighthouse Academy")
    for supplier, customer in ((trust, first), (first, trust), (first, second)):
        with pytest.raises(NoSupply, match="they are one legal person"):
            ground_for(supplier=supplier, customer=customer, on=ON).decide(SupplyKind.TRAINING)
    # Before the register says that they joined, each is a person of its own.
    early = ground_for(supplier=trust, customer=first, on=date(1999, 9, 1))
    assert early.facts(SupplyKind.TRAINING).relation == Relation.NONE


def test_a_council_and_its_maintained_schools_settle_by_journal_but_a_company_invoices(partnership, actor, tmp_path):
    school, academy = schools(
        tmp_path, actor, {}, {"TypeOfEstablishment (code)": "34", "EstablishmentName": "Quay Academy"}
    )
    council = school.school.authority.organisation
    with pytest.raises(NoSupply, match="Settle it by a journal"):
        ground_for(supplier=council, customer=school, on=ON).decide(SupplyKind.CONSULTANCY)
    own_fund = ground_for(supplier=council, customer=school, on=ON, funding=Funding.PRIVATE_SCHOOL_FUND)
    assert own_fund.decide(SupplyKind.CONSULTANCY).sentence == "VAT at 20%"
    to_academy = ground_for(supplier=council, customer=academy, on=ON)
    assert to_academy.decide(SupplyKind.TRAINING).sentence == "VAT exempt: training by an eligible body"
    from_company = ground_for(supplier=partnership, customer=school, on=ON)
    assert from_company.funding == Funding.DELEGATED
    assert from_company.decide(SupplyKind.CONSULTANCY).sentence == "VAT at 20%"


def test_teachers_are_seconded_without_vat_between_schools_of_two_trusts_only(partnership, actor, tmp_path):
    _, [academy, _] = trust_with(tmp_path, actor, "Harbour View Academy", "Lighthouse Academy")
    [maintained] = schools(tmp_path, actor, {})
    ground = ground_for(supplier=academy, customer=maintained, on=ON)
    assert ground.decide(SupplyKind.SECONDMENT).sentence == "VAT exempt: teacher seconded between eligible bodies"
    assert ground.decide(SupplyKind.TRAVEL, SupplyKind.SECONDMENT).treatment.category == "E"
    company = somebody(actor)
    assert ground_for(supplier=academy, customer=company, on=ON).decide(SupplyKind.SECONDMENT).sentence == "VAT at 20%"


def test_an_unregistered_supplier_charges_no_vat_and_says_why(partnership, oakfield, actor):
    found = ground_for(supplier=somebody(actor), customer=oakfield, on=ON).decide(SupplyKind.CONSULTANCY)
    assert found.sentence == "Outside the scope of VAT: supplier not registered for VAT"
