"""Schools as those who share a cost: pupils of record with their source, the phase, and how each is taxed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from catalogue.rules.facts import Counted
from catalogue.rules.phases import phase_of
from invoicing.vat.rules.kinds import SupplyKind
from invoicing.vat.standing import ground_for
from invoicing.vat.verbs import pin_vat_rule
from marketplace.organisations.models import Organisation, PupilCount, School
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import terms_of
from subscriptions.membership.rules.methods import Sharer


@dataclass(frozen=True)
class OfRecord:
    """What is on record of an organisation on a day; no count and no phase where it is no school."""

    organisation: Organisation
    pupils: Counted | None
    phase: str

    def sharer(self, *, weight: Decimal = Decimal(1), lead: bool = False) -> Sharer:
        counted = self.pupils
        return Sharer(
            id=self.organisation.pk,
            name=self.organisation.name,
            pupils=counted.pupils if counted else None,
            source=counted.words if counted else "",
            phase=self.phase,
            weight=weight,
            lead=lead,
        )


def of_record(organisations: Sequence[Organisation], on: date) -> list[OfRecord]:
    """The facts of each on a day, in their order; two queries whatever their number."""
    ids = [one.pk for one in organisations]
    schools: Mapping[int, School] = School.objects.in_bulk(ids)
    counts = PupilCount.objects.filter(school_id__in=ids, counted_on__lte=on).order_by(
        "school_id", "-counted_on", "-pk"
    )
    latest = {row.school_id: row for row in counts.distinct("school_id")}
    found = []
    for one in organisations:
        school, count = schools.get(one.pk), latest.get(one.pk)
        phase = phase_of(type_code=school.type_code, phase_code=school.phase_code) if school else ""
        pupils = Counted(count.pupils, count.source, count.counted_on) if count else None
        found.append(OfRecord(one, pupils, phase))
    return found


def vat_of(*, organisation: Organisation, supply_kind: str, on: date, pin: bool = True) -> tuple[str, Decimal, str]:
    """How what an organisation pays is taxed on a day, by whoever its terms have invoiced; the rule used is frozen, but
    for a preview (``pin=False``).

    Raises NoVatRule or NoSupply where the rules refuse.
    """
    customer = terms_of(organisation).invoice_to or organisation
    decision = ground_for(supplier=partnership(), customer=customer, on=on).decide(SupplyKind[supply_kind.upper()])
    if pin:
        pin_vat_rule(rule_id=decision.rule.id)
    return decision.treatment.category, decision.treatment.rate, decision.treatment.reason
