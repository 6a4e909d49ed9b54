"""Services of an order that are agreed for a term: one agreement for all of the same term, charged year by year."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from catalogue.rules.quotes import Step
from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order, OrderLine
from marketplace.trading.rules.invoice_dates import usual_day
from marketplace.trading.services.choices import LEVEL
from subscriptions.agreements.rules.forms import Billing, LineTerms
from subscriptions.queries import terms_by_code
from subscriptions.services import accept_terms, agree
from subscriptions.slas.rules.terms import TermPlan, TermRules, plan_of, read_json

TITLE_LIMIT = 160
_Same = tuple[Period, str, int, str]


def charge_key(line_id: int) -> str:
    """The source of a line's item to invoice; of a service agreed for a term, that of its first year."""
    return f"order-line:{line_id}:price"


def is_term(line: OrderLine) -> bool:
    """Whether the line is a service that is agreed for a term."""
    return line.run_id is None and line.offer.term_months is not None


def plan_of_line(line: OrderLine, on: date) -> TermPlan:
    """All years of a line that is agreed for a term, as it was ordered; what has no first day begins ``on`` that day."""
    first_day = line.service_from or on
    if line.term is not None:
        return read_json(line.term, first_day)
    rules = TermRules(months=line.offer.term_months or 12)
    years = int(line.facts.get("term_years") or 1)
    return plan_of(rules, first_day=first_day, years=years, year_pence=line.net_pence)


def agree_lines(*, order: Order, lines: Sequence[OrderLine], ours: Organisation, on: date, actor: Actor) -> None:
    """Makes the agreements of an order's services and charges their first years, with the terms of service accepted.

    ``order:{number}:term:1`` and so on are their sources, so that twice is once. Lines without dates get those of the
    term that begins on the day.
    """
    together: dict[_Same, list[tuple[OrderLine, TermPlan]]] = defaultdict(list)
    for line in lines:
        plan = plan_of_line(line, on)
        if line.service_from is None:
            valid = plan.first.valid
            line.service_from, line.service_to = valid.start, valid.end
            OrderLine.objects.filter(pk=line.pk).update(service_from=valid.start, service_to=valid.end)
        if line.net_pence and not line.charge_source_key:
            line.charge_source_key = charge_key(line.pk)
            OrderLine.objects.filter(pk=line.pk).update(charge_source_key=line.charge_source_key)
        rules = plan.rules
        together[plan.term, str(rules.prorate), rules.notice_weeks, rules.renewal].append((line, plan))
    documents = terms_by_code({line_plan.rules.document for group in together.values() for _, line_plan in group}, on)
    for number, group in enumerate(together.values(), start=1):
        plan = group[0][1]
        agreement = agree(
            source_key=f"order:{order.number}:term:{number}",
            kind="service",
            organisation=order.organisation,
            invoice_to=order.invoice_to,
            title=_title([line for line, _ in group], order),
            term=plan.term,
            lines=[
                terms
                for slot, (line, its) in enumerate(group, start=1)
                for terms in _line_terms(slot, order, line, its, ours, on)
            ],
            billing=Billing(prorate=plan.rules.prorate),
            notice_weeks=plan.rules.notice_weeks,
            renewal=plan.rules.renewal,
            purchase_order=order.purchase_order,
            accepted_by=actor.person_id or order.placed_by_person_id,
            on=on,
            actor=actor,
        )
        for code in sorted({its.rules.document for _, its in group} & documents.keys()):
            accept_terms(agreement=agreement, terms=documents[code], on=on, actor=actor)


def _title(lines: Sequence[OrderLine], order: Order) -> str:
    """What the agreement is called: its services by name, or how many they are."""
    names = list(dict.fromkeys(line.description for line in lines))
    title = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return title if len(title) <= TITLE_LIMIT else f"{len(lines)} services of {order.number}"


def _line_terms(
    slot: int, order: Order, line: OrderLine, plan: TermPlan, ours: Organisation, on: date
) -> list[LineTerms]:
    """The years of a line: the first is charged at once under the line's own key, each later one when it begins."""
    offer, first = line.offer, plan.first
    begins = usual_day(term_months=offer.term_months, begins=line.service_from, on=on)
    found = []
    for index, year in enumerate(plan.years):
        own = year is first
        found.append(
            LineTerms(
                slot=slot,
                title=line.description[:TITLE_LIMIT],
                base=year.base,
                base_pence=year.base_pence,
                valid=year.valid,
                vat=(line.vat_category, line.vat_rate, line.vat_reason),
                account_code=offer.account_code,
                stream_code=offer.stream_code,
                cfr_code=offer.cfr_code,
                aar_code=offer.aar_code,
                analysis_code=offer.code,
                offer_id=offer.pk,
                price_id=line.price_id or None,
                consumer_id=line.school_id,
                supplier_id=offer.sold_by_id or ours.pk,
                source=f"order-line:{line.pk}",
                level=str(line.facts.get(LEVEL) or "")[:20],
                facts=line.facts,
                # The last step tells of VAT, which the invoice works out on its whole rate group.
                steps=tuple(Step(step["text"], step["pence"]).sentence for step in line.steps[:-1])
                if own
                else (_later_words(plan, index),),
                quantity=line.charged_quantity if own else Decimal(1),
                unit_pence=line.unit_price_pence if own else None,
                label=order.number,
                instalments=line.instalments if own or first.whole else 1,
                bill_on=(max(order.invoice_on, on) if order.invoice_on else begins) if own else None,
                charge_stem=charge_key(line.pk) if own and line.net_pence else "",
            )
        )
    return found


def _later_words(plan: TermPlan, index: int) -> str:
    """Why a later year costs what it does."""
    number = f"Year {index + 1} of {len(plan.years)}"
    if plan.years[index].base_pence == plan.first.base_pence:
        return f"{number} at the price of the first"
    return f"{number}, {plan.rules.uplift.normalize():f}% more each year as agreed"
