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
from functools import lru_cache
from typing import Any

import orjson

from invoicing.vat.models import rule_of
from invoicing.vat.rules.deciding import Decision, Facts, Rule, decide
from invoicing.vat.rules.kinds import Buyer, Funding, Place, Relation, Standing, SupplyKind
from marketplace.core.bulk import as_array, rows_prepared
from marketplace.organisations.models import Organisation
from marketplace.organisations.models.schools import BillingClass

_STATE = {BillingClass.MAINTAINED, BillingClass.ACADEMY}
_HOME = {"GB", "IM"}


@dataclass(frozen=True)
class Known:
    """How one organisation stands on a day. ``because`` says where that is known from.

    ``billing_class`` is that of a school, ``council_id`` the council in whose area it lies; None for anybody else.
    """

    organisation: Organisation
    billing_class: BillingClass | None
    council_id: int | None
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
        return self.council_id if self.billing_class == BillingClass.MAINTAINED else None

    @property
    def person_id(self) -> int:
        """The legal person: an academy is its trust."""
        return self.trust_id or self.organisation.pk


def known_of(organisation: Organisation, on: date) -> Known:
    """How the organisation stands on a day, from its VAT facts or else as the table above says. One query."""
    return known_of_each([organisation], on)[organisation.pk]


# The rules of the day as one text, which is read anew only where it is another one.
_RULES = """(
    SELECT coalesce(json_agg(json_build_array(r.used, r.id, r.question, w.category, w.words, w.code, r.source,
        r.valid_from, r.valid_to, r.kind, r.standing, r.place, r.relation, r.funding, r.buyer)), '[]')::text
    FROM invoicing_vatrule r JOIN invoicing_vatreason w ON w.id = r.reason_id
    WHERE r.valid_from <= asked.day AND (r.valid_to IS NULL OR r.valid_to > asked.day)
)"""


_FEW = 2


@lru_cache(maxsize=8)
def _statement(organisations: int, *, with_rules: bool) -> str:
    """What is known of so many organisations (0: an array of them), given by their ids, on the day that is given last;
    the first row with the rules. The identity is that of the day, before the first one the first.
    """
    ids = ", ".join([f"({str(place == 0).lower()}, %s::bigint)" for place in range(organisations)])
    asked = (
        f"VALUES {ids}" if ids else "SELECT place = 1, id FROM unnest(%s::bigint[]) WITH ORDINALITY given (id, place)"
    )
    return f"""
SELECT {f"CASE WHEN one.first THEN {_RULES} END" if with_rules else "NULL"},
    one.id, s.billing_class, s.authority_id, m.trust_id, i.vat_number, i.country,
    f.registered, f.vat_number, f.eligible_body, f.private_school, f.abroad, f.evidence
FROM ({asked}) one (first, id) CROSS JOIN (SELECT %s::date AS day) asked
LEFT JOIN organisations_school s ON s.organisation_id = one.id
LEFT JOIN organisations_trustmembership m ON m.school_id = s.organisation_id
    AND m.valid_from <= asked.day AND (m.valid_to IS NULL OR m.valid_to > asked.day)
LEFT JOIN invoicing_vatfacts f ON f.organisation_id = one.id
    AND f.valid_from <= asked.day AND (f.valid_to IS NULL OR f.valid_to > asked.day)
LEFT JOIN LATERAL (
    SELECT n.vat_number, n.country FROM organisations_identity n WHERE n.organisation_id = one.id
    ORDER BY n.valid_from <= asked.day DESC, abs(asked.day - n.valid_from) LIMIT 1
) i ON true
"""


def known_of_each(organisations: Sequence[Organisation], on: date) -> dict[int, Known]:
    """The same for several, by their ids: one query however many they are."""
    return _read(organisations, on, with_rules=False)[0]


def _read(organisations: Sequence[Organisation], on: date, *, with_rules: bool) -> tuple[dict[int, Known], str]:
    """What is known of each by its id, and the text of the day's rules if they are wanted. One query."""
    if not organisations:
        return {}, ""
    by_id = {organisation.pk: organisation for organisation in organisations}
    few = len(by_id) <= _FEW
    statement = _statement(len(by_id) if few else 0, with_rules=with_rules)
    rows = rows_prepared(statement, [*(by_id if few else [as_array(by_id)]), on])
    return {pk: _known(by_id[pk], *row) for _, pk, *row in rows}, next((row[0] for row in rows if row[0]), "")


def _known(
    organisation: Organisation,
    school: str | None,
    council_id: int | None,
    trust_id: int | None,
    number: str | None,
    country: str | None,
    *facts: Any,
) -> Known:
    """``school`` is its billing class; ``facts`` are those on record, all None where there are none."""
    billing_class = BillingClass(school) if school else None
    registered, registered_as, eligible_body, private_school, abroad, evidence = facts
    if registered is not None:
        return Known(
            organisation, billing_class, council_id, trust_id, registered=registered, vat_number=registered_as,
            eligible_body=eligible_body, private_school=private_school, abroad=abroad, because=f"VAT facts: {evidence}",
        )  # fmt: skip
    number = number or ""
    state = organisation.kind == Organisation.Kind.AUTHORITY or billing_class in _STATE
    private = billing_class == BillingClass.INDEPENDENT
    return Known(
        organisation, billing_class, council_id, trust_id, registered=state or private or bool(number),
        vat_number=number, eligible_body=state, private_school=private, abroad=_is_abroad(country, billing_class),
        because=_because(billing_class, state, number),
    )  # fmt: skip


def _is_abroad(country: str | None, billing_class: BillingClass | None) -> bool:
    country = (country or "").strip().upper() or "GB"
    overseas = billing_class == BillingClass.OVERSEAS and country != "IM"
    return overseas or country not in _HOME


def _because(billing_class: BillingClass | None, state: bool, number: str) -> str:
    if billing_class is not None:
        return f"from the register of schools: {billing_class.label.lower()}"
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
    """Reads what a decision needs: both parties as they stand on the day and the rules of the day. One query.

    ``customer`` is the organisation invoiced. ``funding`` is what it pays from; unless said, a maintained school's
    delegated budget, and anybody else's own money.
    """
    parties, text = _read([supplier, customer] if customer else [supplier], on, with_rules=True)
    buyer = parties[customer.pk] if customer else None
    funding = funding or _usual_funding(buyer)
    rules, used = _rules_of(text)
    return Ground(parties[supplier.pk], buyer, funding, rules, on, used)


@lru_cache(maxsize=64)
def _rules_of(text: str) -> tuple[tuple[Rule, ...], frozenset[int]]:
    """The rules as they were read just now, and the ids of the used ones: the same text is not read twice."""
    rows = orjson.loads(text)
    for row in rows:
        row[7:9] = [day and date.fromisoformat(day) for day in row[7:9]]
    return tuple(rule_of(*row[1:]) for row in rows), frozenset(row[1] for row in rows if row[0])


def _relation(supplier: Known, customer: Known) -> Relation:
    """One legal person: the same organisation, a trust and its academies. A council's maintained schools are parts of it
    and share its registration."""
    if supplier.person_id == customer.person_id:
        return Relation.SAME_PERSON
    if supplier.authority_id is not None and supplier.authority_id == customer.authority_id:
        return Relation.COUNCIL_OWN_SCHOOL
    return Relation.NONE


def grounds_for(*, supplier: Organisation, customers: Sequence[Organisation], on: date) -> dict[int, Ground]:
    """The same for many customers, by their ids: one query however many they are."""
    parties, text = _read([supplier, *customers], on, with_rules=True)
    rules, used = _rules_of(text)
    return {
        one.pk: Ground(parties[supplier.pk], parties[one.pk], _usual_funding(parties[one.pk]), rules, on, used)
        for one in customers
    }


def _usual_funding(buyer: Known | None) -> Funding:
    """A maintained school pays from its delegated budget, anybody else from its own money."""
    maintained = buyer is not None and buyer.billing_class == BillingClass.MAINTAINED
    return Funding.DELEGATED if maintained else Funding.OWN
