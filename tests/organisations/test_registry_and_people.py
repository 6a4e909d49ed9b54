"""Organisations added by hand, their terms and identities; people, dated roles and what an actor sees."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from marketplace.core.actors import Actor, Grant, Role, platform
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event, User
from marketplace.organisations.models import (
    CustomerTerms,
    Identity,
    Organisation,
    PupilCount,
    RoleAssignment,
    School,
    TrustMembership,
)
from marketplace.organisations.queries import (
    identity_on,
    organisations_for,
    partnership,
    pupil_count_on,
    schools_for,
)
from marketplace.organisations.services.people import actor_for, add_person, give_role
from marketplace.organisations.services.registry import (
    Address,
    CannotBeInvoiced,
    add_organisation,
    set_terms,
    terms_of,
)
from tests.organisations.register_files import ACADEMY, SCHOOL, RunImport

pytestmark = pytest.mark.django_db

BY_HAND = platform("set up")
APRIL = date(2026, 4, 1)


def add(name: str, kind: Organisation.Kind = Organisation.Kind.OTHER) -> Organisation:
    return add_organisation(kind=kind, name=name, valid_from=APRIL, actor=BY_HAND)


def test_an_organisation_gets_the_next_customer_number_and_an_identity() -> None:
    place = Address(street="3 Quay Street", town="Tidewell", postcode="TW2 2BB")
    first = add_organisation(
        kind=Organisation.Kind.OTHER, name=" Tidewell  Diocese ", valid_from=APRIL, actor=BY_HAND, address=place
    )
    second = add("Shoreline Charity")

    assert (first.number, first.name, second.number) == ("C-000001", "Tidewell Diocese", "C-000002")
    identity = first.identities.get()
    assert (identity.valid_from, identity.address_lines) == (APRIL, ["3 Quay Street", "Tidewell", "TW2 2BB"])
    assert [event.kind for event in Event.objects.all()] == ["organisation.added"] * 2


def test_a_refused_name_takes_no_number() -> None:
    with pytest.raises(WrongInput, match="control characters"):
        add("Tide\x07well")
    assert add("Tidewell Diocese").number == "C-000001"


def test_there_is_one_partnership() -> None:
    with pytest.raises(NotFound, match="not set up yet"):
        partnership()
    ours = add("Tidewell Schools Partnership", Organisation.Kind.PARTNERSHIP)
    assert partnership() == ours
    with pytest.raises(IntegrityError, match="one_partnership"), transaction.atomic():
        add("Another Partnership", Organisation.Kind.PARTNERSHIP)


def test_identities_of_one_organisation_never_overlap_and_are_read_by_day() -> None:
    organisation = add("Shoreline Charity")
    first = organisation.identities.get()
    with pytest.raises(IntegrityError, match="identity_no_overlap"), transaction.atomic():
        Identity.objects.create(organisation=organisation, valid_from=date(2026, 9, 1), name="Shoreline")
    Identity.objects.filter(pk=first.pk).update(valid_to=date(2026, 9, 1))
    second = Identity.objects.create(organisation=organisation, valid_from=date(2026, 9, 1), name="Shoreline")

    assert identity_on(organisation, date(2026, 8, 31)) == first
    assert identity_on(organisation, date(2026, 9, 1)) == second
    assert identity_on(organisation, date(2020, 1, 1)) == first


def test_terms_have_defaults_change_with_an_event_and_refuse_nonsense() -> None:
    school = add("Oakfield Primary School")
    assert (terms_of(school).settlement, terms_of(school).payment_days) == ("invoice", 30)

    set_terms(organisation=school, actor=BY_HAND, settlement="council_journal", purchase_order_rule="required")
    assert terms_of(school).settlement == "council_journal"
    assert Event.objects.filter(kind="terms.changed", organisation_ids=[school.pk]).count() == 1
    for wrong in ({"payment_days": 121}, {"settlement": "barter"}):
        with pytest.raises(ValidationError), transaction.atomic():
            set_terms(organisation=school, actor=BY_HAND, **wrong)
    stored = CustomerTerms.objects.get(organisation=school)
    assert (stored.payment_days, stored.settlement, stored.invoice_to) == (30, "council_journal", None)


def test_nobody_is_invoiced_through_themselves_the_seller_or_a_chain() -> None:
    school, trust, council = add("Oakfield Primary School"), add("Harbour Trust"), add("Tidewell Council")
    seller = add("Tidewell Schools Partnership", kind=Organisation.Kind.PARTNERSHIP)
    set_terms(organisation=school, actor=BY_HAND, invoice_to=trust)
    refused = [
        (school, school, "is invoiced itself when nobody else is named"),
        (school, seller, "cannot be invoiced by itself"),
        (council, school, "is itself invoiced through Harbour Trust"),
        (trust, council, "Others are invoiced through Harbour Trust"),
    ]
    for organisation, invoice_to, words in refused:
        with pytest.raises(CannotBeInvoiced, match=words), transaction.atomic():
            set_terms(organisation=organisation, actor=BY_HAND, invoice_to=invoice_to)
    assert terms_of(school).invoice_to == trust and terms_of(trust).invoice_to is None


def test_terms_are_changed_by_finance_alone() -> None:
    school = add("Oakfield Primary School")
    buyer = Actor(person_id=1, user_id=None, name="Sam Buyer", grants=frozenset({Grant(Role.BUYER, school.pk)}))
    with pytest.raises(NotAllowed, match="change how a customer is invoiced"):
        set_terms(organisation=school, actor=buyer, payment_days=60)
    assert terms_of(school).payment_days == 30


def test_a_person_signs_in_once_whatever_the_case_of_the_address() -> None:
    person = add_person(name="Amira Khan", email="A.Khan@oakfield.example", password="long enough 1", actor=BY_HAND)
    assert person.email == "a.khan@oakfield.example"
    with pytest.raises(WrongInput, match="already has a sign-in"):
        add_person(name="Amira Khan", email="a.KHAN@oakfield.example", password=None, actor=BY_HAND)
    assert User.objects.count() == 1


def test_a_role_holds_from_its_first_day_until_its_end() -> None:
    school = add("Oakfield Primary School")
    person = add_person(name="Amira Khan", email="a.khan@oakfield.example", password=None, actor=BY_HAND)
    given = give_role(person=person, role=Role.BUYER, organisation=school, valid_from=APRIL, actor=BY_HAND)
    assert give_role(person=person, role=Role.BUYER, organisation=school, valid_from=APRIL, actor=BY_HAND) == given
    RoleAssignment.objects.filter(pk=given.pk).update(valid_to=date(2026, 9, 1))

    user = person.user
    assert user is not None
    held = {day: actor_for(user=user, on=day).has(Role.BUYER) for day in (date(2026, 3, 31), APRIL, date(2026, 9, 1))}
    assert held == {date(2026, 3, 31): False, APRIL: True, date(2026, 9, 1): False}
    assert Event.objects.filter(kind="role.given").count() == 1


def test_trust_finance_reaches_the_schools_that_belong_on_the_day(run: RunImport) -> None:
    run([SCHOOL | {"Trusts (code)": "", "Trusts (name)": ""}, ACADEMY])
    academy = School.objects.get(urn="900010")
    trust = TrustMembership.objects.get(school=academy).trust
    person = add_person(name="Lewis Grant", email="l.grant@lantern.example", password=None, actor=BY_HAND)
    give_role(
        person=person,
        role=Role.TRUST_FINANCE,
        organisation=trust.organisation,
        valid_from=date(2016, 9, 1),
        actor=BY_HAND,
        spending_limit_pence=500_000,
    )
    TrustMembership.objects.filter(school=academy).update(valid_to=APRIL)

    assert person.user is not None
    before, after = (actor_for(user=person.user, on=day) for day in (date(2026, 3, 31), APRIL))
    assert before.organisations(Role.TRUST_FINANCE) == {trust.pk, academy.pk}
    assert before.spending_limit(academy.pk) == 500_000
    assert after.organisations(Role.TRUST_FINANCE) == {trust.pk}
    assert (after.spending_limit(academy.pk), list(schools_for(before)), list(schools_for(after))) == (0, [academy], [])


def test_an_outsider_sees_nothing_of_another_school_and_staff_see_all(run: RunImport) -> None:
    run([SCHOOL, SCHOOL | {"URN": "900002", "EstablishmentName": "Ferry Road Infant School"}])
    own, other = School.objects.order_by("urn")
    buyer = Actor(person_id=1, user_id=1, name="Amira Khan", grants=frozenset({Grant(Role.BUYER, own.pk)}))
    officer = Actor(person_id=2, user_id=2, name="Priya Nair", grants=frozenset({Grant(Role.FINANCE_OFFICER, 0)}))

    assert list(schools_for(buyer)) == [own]
    assert list(organisations_for(buyer)) == [own.organisation]
    assert set(schools_for(officer)) == {own, other}
    with pytest.raises(NotAllowed, match=r"You may not issue invoices\. Ask a finance officer"):
        buyer.require(Role.FINANCE_OFFICER, to="issue invoices")


def test_the_latest_pupil_count_on_a_day_is_used_and_never_a_later_one(run: RunImport) -> None:
    run([SCHOOL])
    school = School.objects.get()
    PupilCount.objects.create(school=school, pupils=398, source="October census", counted_on=date(2025, 10, 2))

    assert pupil_count_on(school, date(2025, 10, 1)) is None
    counts = {day: pupil_count_on(school, day) for day in (date(2025, 10, 2), date(2025, 11, 13), date(2025, 11, 14))}
    assert [count.pupils if count else None for count in counts.values()] == [398, 398, 412]


def test_a_school_belongs_to_one_trust_at_a_time(run: RunImport) -> None:
    run([ACADEMY])
    membership = TrustMembership.objects.get()
    with pytest.raises(IntegrityError, match="trust_membership_no_overlap"), transaction.atomic():
        TrustMembership.objects.create(school=membership.school, trust=membership.trust, valid_from=date(2025, 1, 1))
