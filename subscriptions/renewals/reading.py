"""What agreements cost and when they charge next, read for a whole page of them at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from marketplace.core.money import Money, TaxedAmount
from marketplace.core.periods import Period, add_months
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.agreements.queries import taxed, whole_terms
from subscriptions.agreements.rules.forms import LineTerms

NOTHING = TaxedAmount(Money(0), Money(0), Money(0))


@dataclass(frozen=True)
class Worth:
    """What one agreement comes to. ``value`` is that of its whole term with VAT; ``yearly`` the price of a year of the
    lines that run on the day (or begin, or ran last); ``is_yearly`` says that each of them is priced by the year.

    ``next_on`` is the day of the next planned charge of ``next_charge``; both are empty where nothing is to come.
    """

    value: TaxedAmount
    yearly: TaxedAmount
    is_yearly: bool
    next_on: date | None = None
    next_charge: TaxedAmount = NOTHING


def terms_of_line(line: AgreementLine) -> LineTerms:
    """A stored line as the rules take it, without what belonged to its first charge alone."""
    return LineTerms(
        slot=line.slot,
        title=line.title,
        base=Period(line.base_from, line.base_to),
        base_pence=line.base_pence,
        valid=Period(line.valid_from, line.valid_to),
        vat=(line.vat_category, line.vat_rate, line.vat_reason),
        account_code=line.account_code,
        stream_code=line.stream_code,
        cfr_code=line.cfr_code,
        aar_code=line.aar_code,
        analysis_code=line.analysis_code,
        offer_id=line.offer_id,
        price_id=line.price_id,
        consumer_id=line.consumer_id,
        supplier_id=line.supplier_id,
        source=line.source,
        level=line.level,
        facts=line.facts,
        steps=tuple(line.steps),
        quantity=line.quantity,
        unit_pence=line.unit_price_pence,
        recognition=line.recognition,
        instalments=line.instalments,
    )


def _summed(nets: Iterable[tuple[Decimal, int]]) -> TaxedAmount:
    """Net pence by rate with their VAT, rounded once for each rate."""
    by_rate: dict[Decimal, int] = defaultdict(int)
    for rate, pence in nets:
        by_rate[rate] += pence
    return taxed(by_rate)


def running_lines(lines: Sequence[AgreementLine], on: date) -> list[AgreementLine]:
    """Of each slot the line that runs on the day: the first where none runs yet, the last where none runs any more."""
    by_slot: dict[int, list[AgreementLine]] = defaultdict(list)
    for line in sorted(lines, key=lambda one: (one.slot, one.valid_from, one.pk)):
        if line.valid_to > line.valid_from:
            by_slot[line.slot].append(line)
    found = []
    for of_slot in by_slot.values():
        now = [line for line in of_slot if line.valid_from <= on < line.valid_to]
        found.append(now[0] if now else of_slot[0] if on < of_slot[0].valid_from else of_slot[-1])
    return found


def still_taken(lines: Sequence[AgreementLine], agreement: Agreement) -> list[AgreementLine]:
    """The lines that run until the agreement ends: those a renewal goes on with."""
    return [line for line in lines if line.valid_to >= agreement.runs_to and line.valid_to > line.valid_from]


def is_year(line: AgreementLine) -> bool:
    """Whether the price buys a year."""
    return add_months(line.base_from, 12) == line.base_to


def lines_by_agreement(ids: Iterable[int]) -> dict[int, list[AgreementLine]]:
    """The lines of each agreement in the order of their slots. One query."""
    found: dict[int, list[AgreementLine]] = defaultdict(list)
    rows = AgreementLine.objects.filter(agreement__in=list(ids)).select_related("consumer", "offer")
    for line in rows.order_by("agreement", "slot", "valid_from", "pk"):
        found[line.agreement_id].append(line)
    return found


def worth_of(
    agreements: Sequence[Agreement], on: date, *, lines: dict[int, list[AgreementLine]] | None = None
) -> dict[int, Worth]:
    """What each comes to, by its id. Three queries, however many they are; one less where the lines are given."""
    ids = [one.pk for one in agreements]
    lines = lines_by_agreement(ids) if lines is None else lines
    values = whole_terms(ids)
    planned = _planned(ids)
    found = {}
    for one in agreements:
        own = lines.get(one.pk, [])
        running = running_lines(own, on)
        going_on = [line for line in running if line.valid_to > on] or running
        day, charge = planned.get(one.pk, (None, []))
        found[one.pk] = Worth(
            value=values[one.pk],
            yearly=_summed((line.vat_rate, line.base_pence) for line in going_on),
            is_yearly=all(is_year(line) for line in going_on),
            next_on=day,
            next_charge=_summed(charge),
        )
    return found


def total_net(agreements: QuerySet[Agreement]) -> int:
    """The whole terms of all of them before VAT, in pence. One query."""
    periods = BillingPeriod.objects.filter(line__agreement__in=agreements.order_by().values("pk"))
    return int(periods.aggregate(sum=Sum(F("pence") + F("kept_pence"), default=0))["sum"])


def _planned(ids: list[int]) -> dict[int, tuple[date, list[tuple[Decimal, int]]]]:
    """The first day on which each charges again, with what it charges then, by rate."""
    waiting = BillingPeriod.objects.filter(
        line__agreement__in=ids, state=BillingPeriod.State.PLANNED, pence__gt=F("carried_pence") - F("kept_pence")
    )
    running = waiting.filter(line__agreement__state__in=[Agreement.State.ACTIVE, Agreement.State.SUSPENDED])
    rows = (
        running.order_by("bill_on")
        .values_list("line__agreement", "bill_on", "line__vat_rate")
        .annotate(charge=Sum(F("pence") - F("carried_pence") + F("kept_pence")))
    )
    found: dict[int, tuple[date, list[tuple[Decimal, int]]]] = {}
    for pk, day, rate, charge in rows:
        first, parts = found.setdefault(pk, (day, []))
        if first == day:
            parts.append((rate, charge))
    return found
