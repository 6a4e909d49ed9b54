"""Who there is: the partnership, the council, trusts, schools with their terms, and people with roles."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from frontend.demonstration import partners, people, places, schools
from frontend.demonstration.people import SignIn
from invoicing.services import set_vat_facts
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Authority, CustomerTerms, Organisation, Trust
from marketplace.organisations.services.people import actor_for, add_person, give_role
from marketplace.organisations.services.registry import Address, add_organisation, set_terms
from marketplace.organisations.services.schools import (
    RegisterFacts,
    add_authority,
    add_school,
    add_trust,
    count_pupils,
    join_trust,
)

_KIND = Organisation.Kind
CENSUS = "October census"


@dataclass
class Directory:
    """What was made, by name: organisations, facts of schools, and who acts at each organisation today."""

    partnership: Organisation
    since: date
    organisations: dict[str, Organisation] = field(default_factory=dict)
    facts: dict[str, schools.SchoolFacts] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    signed: dict[str, Actor] = field(default_factory=dict)

    def find(self, name: str) -> Organisation:
        """The organisation of that name; an empty name is the partnership."""
        return self.organisations[name] if name else self.partnership

    def trust_of(self, name: str) -> str:
        """The name of the trust that a school belongs to, or an empty text."""
        key = self.facts[name].trust
        return schools.TRUSTS[key][0] if key else ""


def first_day(today: date) -> date:
    """From when the partnership has its customers: a first of September well before the first trade."""
    return date(today.year - 3, 9, 1)


def add_partnership(*, name: str, since: date, actor: Actor) -> Directory:
    """The partnership with its address, VAT number and finance address."""
    street, town, postcode = partners.PARTNERSHIP_STREET
    organisation = add_organisation(
        kind=_KIND.PARTNERSHIP,
        name=name,
        valid_from=since,
        actor=actor,
        address=Address(street=street, town=town, county=places.COUNTY, postcode=postcode),
        vat_number=partners.VAT_NUMBER,
        notify_email=partners.FINANCE_EMAIL,
    )
    set_vat_facts(
        organisation=organisation, valid_from=since, registered=True, vat_number=partners.VAT_NUMBER, eligible_body=True,
        evidence="Articles of association, clause 6: no distribution, surplus spent on education", actor=actor,
    )  # fmt: skip
    return Directory(partnership=organisation, since=since)


def add_area(directory: Directory, *, today: date, actor: Actor) -> None:
    """The council and its neighbours, the trusts, 100 schools and two beyond the area, each with its terms."""
    authorities = {
        code: _authority(directory, code, name, actor)
        for code, name in (
            (places.AUTHORITY_CODE, places.AUTHORITY_NAME),
            (places.NEIGHBOUR_CODE, places.NEIGHBOUR_NAME),
            (places.OVERSEAS_CODE, places.OVERSEAS_NAME),
        )
    }
    trusts = {key: _trust(directory, key, actor) for key in schools.TRUSTS}
    for facts in schools.AREA_SCHOOLS:
        address = places.address_in(facts.town, facts.name)
        _school(directory, facts, authorities[places.AUTHORITY_CODE], address, trusts, today, actor)
    neighbour, overseas = schools.BEYOND
    address = places.address_in(neighbour.town, neighbour.name)
    _school(directory, neighbour, authorities[places.NEIGHBOUR_CODE], address, trusts, today, actor)
    address = Address(street="Al Mina Creek Road", locality="Creekside", town="Dubai", country="AE")
    _school(directory, overseas, authorities[places.OVERSEAS_CODE], address, trusts, today, actor)


def _add(directory: Directory, kind: Organisation.Kind, name: str, address: Address, actor: Actor) -> Organisation:
    organisation = add_organisation(
        kind=kind, name=name, valid_from=directory.since, actor=actor, address=address,
        notify_email=people.office_of(name),
    )  # fmt: skip
    directory.organisations[name] = organisation
    return organisation


def _authority(directory: Directory, code: str, name: str, actor: Actor) -> Authority:
    address = places.address_in("H" if code == places.NEIGHBOUR_CODE else "T", name)
    return add_authority(organisation=_add(directory, _KIND.AUTHORITY, name, address, actor), code=code, actor=actor)


def _trust(directory: Directory, key: str, actor: Actor) -> Trust:
    name, uid, town = schools.TRUSTS[key]
    organisation = _add(directory, _KIND.TRUST, name, places.address_in(town, name), actor)
    if key in schools.MONTHLY_TOGETHER:
        set_terms(
            organisation=organisation, actor=actor, invoice_grouping=CustomerTerms.Grouping.TOGETHER,
            invoice_rhythm=CustomerTerms.Rhythm.MONTHLY,
        )  # fmt: skip
    return add_trust(organisation=organisation, uid=uid, actor=actor)


def _school(
    directory: Directory,
    facts: schools.SchoolFacts,
    authority: Authority,
    address: Address,
    trusts: dict[str, Trust],
    today: date,
    actor: Actor,
) -> None:
    organisation = _add(directory, _KIND.SCHOOL, facts.name, address, actor)
    directory.facts[facts.name] = facts
    register = RegisterFacts(
        urn=facts.urn, ukprn=facts.ukprn, establishment_number=facts.number, type_code=facts.type_code,
        type_name=schools.TYPE_NAMES[facts.type_code], phase_code=facts.phase_code,
        phase_name=schools.PHASE_NAMES[facts.phase_code], low_age=facts.low_age, high_age=facts.high_age,
    )  # fmt: skip
    school = add_school(organisation=organisation, authority=authority, facts=register, actor=actor)
    for years_ago, counted_on in enumerate(census_days(today)):
        pupils = round(facts.pupils * (100 - years_ago * (places.number_of(facts.urn) % 5 - 1)) / 100)
        count_pupils(school=school, pupils=pupils, source=CENSUS, counted_on=counted_on, actor=actor)
    if facts.trust:
        join_trust(school=school, trust=trusts[facts.trust], valid_from=directory.since, actor=actor)
    _terms(directory, facts, organisation, actor)


def census_days(today: date) -> list[date]:
    """The three latest October censuses (first Thursday of the month) that were a month ago or more, latest first."""
    latest = today.year if today >= _first_thursday(today.year) + timedelta(days=31) else today.year - 1
    return [_first_thursday(latest - back) for back in range(3)]


def _first_thursday(year: int) -> date:
    first = date(year, 10, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7)


def _terms(directory: Directory, facts: schools.SchoolFacts, organisation: Organisation, actor: Actor) -> None:
    changes: dict[str, object] = {}
    if facts.name in schools.COUNCIL_JOURNAL:
        changes["settlement"] = CustomerTerms.Settlement.COUNCIL_JOURNAL
        changes["cost_centre"] = schools.cost_centre_of(facts)
    if facts.name in schools.PURCHASE_ORDER_REQUIRED:
        changes["purchase_order_rule"] = CustomerTerms.PurchaseOrderRule.REQUIRED
    if facts.name in schools.BY_ORDER:
        changes["invoice_grouping"] = CustomerTerms.Grouping.ORDER
    if facts.trust in schools.INVOICED_THROUGH_TRUST:
        changes["invoice_to"] = directory.find(directory.trust_of(facts.name))
    if changes:
        set_terms(organisation=organisation, actor=actor, **changes)


def add_sign_ins(directory: Directory, sign_ins: dict[str, SignIn], *, today: date, actor: Actor) -> None:
    """The people who can sign in, each with their roles from the first day on."""
    for key, sign_in in sign_ins.items():
        directory.signed[key] = add_one(directory, sign_in, people.PASSWORD, today, actor)


def add_buyers(directory: Directory, names: Iterable[str], *, today: date, actor: Actor) -> None:
    """Somebody who buys at each of these organisations, without a sign-in, unless somebody does already."""
    for name in names:
        if name not in directory.actors:
            is_trust = directory.find(name).kind == _KIND.TRUST
            roles = (Role.TRUST_FINANCE,) if is_trust else (Role.BUYER,)
            email = people.office_of(name).replace("office@", "orders@")
            add_one(directory, SignIn(email, people.name_for(name), "", name, roles), None, today, actor)


def add_one(directory: Directory, sign_in: SignIn, password: str | None, today: date, actor: Actor) -> Actor:
    """A person with their roles from the first day on, as the actor they are today; no password, no signing in."""
    person = add_person(name=sign_in.name, email=sign_in.email, password=password, actor=actor)
    organisation = directory.find(sign_in.organisation)
    for role in sign_in.roles:
        give_role(
            person=person, role=role, organisation=organisation, valid_from=directory.since, actor=actor,
            spending_limit_pence=sign_in.limit_pence,
        )  # fmt: skip
    assert person.user is not None  # noqa: S101  add_person makes the login
    found = actor_for(user=person.user, on=today)
    buys = Role.BUYER in sign_in.roles or Role.TRUST_FINANCE in sign_in.roles
    if buys and sign_in.limit_pence != people.SMALL_LIMIT_PENCE:  # a small limit would stop most orders of the year
        directory.actors.setdefault(sign_in.organisation, found)
    return found
