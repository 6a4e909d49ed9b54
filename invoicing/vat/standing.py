"""What the platform knows of a supplier and a customer on a day: their VAT facts, or what follows from the register.

| no facts on record | stands as |
|---|---|
| local authority, maintained school, academy | registered (a maintained school through its council), eligible body |
| independent school | registered, private school |
| offshore or overseas school; anybody whose address is abroad | abroad, except on the Isle of Man |
| anybody else | registered if a VAT number is on record, else not registered; no eligible body |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from django.db.models import OuterRef, Subquery

from invoicing.vat.models import VatFacts, VatRule, rule_of
from invoicing.vat.rules.deciding import Decision, Facts, Rule, decide
from invoicing.vat.rules.kinds import Buyer, Funding, Place, Relation, Standing, SupplyKind
from marketplace.organisations.models import Identity, Organisation, School, TrustMembership
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.services.people import on_day

_STATE = {BillingClass.MAINTAINED, BillingClass.ACADEMY}
_HOME = {"GB", "IM"}


@dataclass(frozen=True)
class Known:
    """How one organisation stands on a day. ``because`` says where that is known from."""

    organisation: Organisation
    school: School | None
    trust_id: int | None
    registered: bool
    vat_number: str
    eligible_body: bool
    private_school: bool
    abroad: bool
    because: str

    @property
    def standing(self) -> Standing:
        if self.abroad:
            return Standing.ABROAD
        if not self.registered:
            return Standing.NOT_REGISTERED
        if self.private_school:
            return Standing.PRIVATE_SCHOOL
        return Standing.ELIGIBLE_BODY if self.eligible_body else Standing.REGISTERED

    @property
    def authority_id(self) -> int | None:
        """The council of which it is a part for VAT: its own id for a council, its council's for a maintained school."""
        if self.organisation.kind == Organisation.Kind.AUTHORITY:
            return self.organisation.pk
        maintained = self.school is not None and self.school.billing_class == BillingClass.MAINTAINED
        return self.school.authority_id if self.school and maintained else None

    @property
    def person_id(self) -> int:
        """The legal person: an academy is its trust."""
        return self.trust_id or self.organisation.pk


def known_of(organisation: Organisation, on: date) -> Known:
    """How the organisation stands on a day, from its VAT facts or else as the table above says. Three queries."""
    return known_of_each([organisation], on)[organisation.pk]


def known_of_each(organisations: Sequence[Organisation], on: date) -> dict[int, Known]:
    """The same for several, by their ids: three queries however many they are."""
    ids = [organisation.pk for organisation in organisations]
    member = TrustMembership.objects.filter(on_day(on), school=OuterRef("pk")).values("trust_id")[:1]
    rows = School.objects.filter(organisation__in=ids).annotate(trust_on_day=Subquery(member))
    schools = {school.organisation_id: school for school in rows}
    trusts = {pk: school.trust_on_day for pk, school in schools.items()}
    facts = {row.organisation_id: row for row in VatFacts.objects.filter(on_day(on), organisation__in=ids)}
    identities: dict[int, Identity] = {}
    for row in Identity.objects.filter(organisation__in=ids).order_by("valid_from"):
        if row.organisation_id not in identities or row.valid_from <= on:
            identities[row.organisation_id] = row
    return {
        one.pk: _known(one, schools.get(one.pk), trusts.get(one.pk), facts.get(one.pk), identities.get(one.pk))
        for one in organisations
    }


def _known(
    organisation: Organisation,
    school: School | None,
    trust_id: int | None,
    facts: VatFacts | None,
    identity: Identity | None,
) -> Known:
    common = partial(Known, organisation, school, trust_id)
    if facts is not None:
        return common(
            registered=facts.registered, vat_number=facts.vat_number, eligible_body=facts.eligible_body,
            private_school=facts.private_school, abroad=facts.abroad, because=f"VAT facts: {facts.evidence}",
        )  # fmt: skip
    number = identity.vat_number if identity else ""
    state = organisation.kind == Organisation.Kind.AUTHORITY or (school is not None and school.billing_class in _STATE)
    private = school is not None and school.billing_class == BillingClass.INDEPENDENT
    return common(
        registered=state or private or bool(number), vat_number=number, eligible_body=state,
        private_school=private, abroad=_is_abroad(identity, school), because=_because(school, state, number),
    )  # fmt: skip


def _is_abroad(identity: Identity | None, school: School | None) -> bool:
    country = (identity.country if identity else "").strip().upper() or "GB"
    overseas = school is not None and school.billing_class == BillingClass.OVERSEAS and country != "IM"
    return overseas or country not in _HOME


def _because(school: School | None, state: bool, number: str) -> str:
    if school is not None:
        return f"from the register of schools: {school.get_billing_class_display().lower()}"
    if state:
        return "a local authority"
    return "a VAT number is on record" if number else "no VAT number is on record"


@dataclass(frozen=True)
class Ground:
    """Everything of a decision but what is supplied, read once, so that a page of offers asks the database once."""

    supplier: Known
    customer: Known | None
    funding: Funding
    rules: tuple[Rule, ...]
    on: date
    used: frozenset[int] = frozenset()
    """The ids of those rules that were used before, and so are frozen."""

    def facts(self, kind: SupplyKind, part_of: SupplyKind | None = None) -> Facts:
        """The facts of one supply. Without a customer: somebody in the United Kingdom who is no eligible body."""
        buyer = self.customer
        return Facts(
            kind=kind,
            standing=self.supplier.standing,
            place=Place.ABROAD if buyer and buyer.abroad else Place.UK,
            relation=_relation(self.supplier, buyer) if buyer else Relation.NONE,
            funding=self.funding,
            buyer=Buyer.ELIGIBLE_BODY if buyer and buyer.eligible_body else Buyer.OTHER,
            part_of=part_of,
            supplier=self.supplier.organisation.name,
            customer=buyer.organisation.name if buyer else "a customer",
        )

    def decide(self, kind: SupplyKind, part_of: SupplyKind | None = None) -> Decision:
        """The treatment of one supply on this ground. Raises what ``rules.deciding.decide`` raises."""
        return decide(self.facts(kind, part_of), self.rules, self.on)


def ground_for(
    *, supplier: Organisation, customer: Organisation | None, on: date, funding: Funding | None = None
) -> Ground:
    """Reads what a decision needs: both parties as they stand on the day and the rules of the day.

    ``customer`` is the organisation invoiced. ``funding`` is what it pays from; unless said, a maintained school's
    delegated budget, and anybody else's own money.
    """
    parties = known_of_each([supplier, customer] if customer else [supplier], on)
    buyer = parties[customer.pk] if customer else None
    if funding is None:
        maintained = buyer is not None and buyer.school is not None and buyer.authority_id is not None
        funding = Funding.DELEGATED if maintained else Funding.OWN
    rows = list(VatRule.objects.filter(on_day(on)).values_list("used", *VatRule.READ))
    used = frozenset(row[1] for row in rows if row[0])
    return Ground(parties[supplier.pk], buyer, funding, tuple(rule_of(*row[1:]) for row in rows), on, used)


def _relation(supplier: Known, customer: Known) -> Relation:
    """One legal person: the same organisation, a trust and its academies. A council's maintained schools are parts of it
    and share its registration."""
    if supplier.person_id == customer.person_id:
        return Relation.SAME_PERSON
    if supplier.authority_id is not None and supplier.authority_id == customer.authority_id:
        return Relation.COUNCIL_OWN_SCHOOL
    return Relation.NONE
