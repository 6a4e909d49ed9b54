"""Pushing what is due down to invoicing: each planned period once."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from invoicing.services import charge
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import terms_of
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.agreements.services.standing import RUNNING, locked

TURN = 200


def charge_key(period: BillingPeriod) -> str:
    return f"agreement-period:{period.pk}"


def charge_periods(*, agreement: Agreement, on: date, actor: Actor) -> int:
    """Charges the planned periods of a locked agreement whose day has come; returns how many.

    The first period of a line with a source of its own is charged at once, whenever it is to be invoiced.
    """
    rows = BillingPeriod.objects.filter(line__agreement=agreement, state=BillingPeriod.State.PLANNED)
    customer = agreement.invoice_to or terms_of(agreement.organisation).invoice_to or agreement.organisation
    charged = 0
    for row in rows.select_related("line__consumer", "line__supplier").order_by("bill_on", "line__slot", "pk"):
        stem = row.line.charge_stem if row.valid_from == row.line.valid_from else ""
        if row.bill_on <= on or stem:
            _charge(agreement, row, customer, stem or charge_key(row), actor)
            charged += 1
    return charged


def _charge(agreement: Agreement, row: BillingPeriod, customer: Organisation, key: str, actor: Actor) -> None:
    """One item to invoice, unless the days cost nothing or were paid for by what they had before."""
    line, pence = row.line, row.pence - row.carried_pence + row.kept_pence
    taken = BillingPeriod.objects.filter(pk=row.pk, state=BillingPeriod.State.PLANNED)
    if taken.update(state=BillingPeriod.State.CHARGED, charge_key=key if pence else "") != 1 or not pence:
        return
    whole = line.unit_price_pence is not None and line.unit_price_pence * line.quantity == pence
    days = Period(row.valid_from, row.valid_to) if row.valid_to > row.valid_from else None
    charge(
        source_key=key,
        consumer=line.consumer,
        invoice_to=customer,
        supplier=line.supplier,
        description=describe(line, days),
        quantity=line.quantity if whole else Decimal(1),
        unit_price=Money(line.unit_price_pence or 0) if whole else Money(pence),
        net=Money(pence),
        vat=VatTreatment(line.vat_category, line.vat_rate, line.vat_reason),
        account_code=line.account_code,
        stream_code=line.stream_code,
        bill_on=row.bill_on,
        service=days,
        cfr_code=line.cfr_code,
        aar_code=line.aar_code,
        purchase_order=agreement.purchase_order,
        label=line.label or agreement.number,
        steps=[str(step) for step in line.steps],
        analysis_code=line.analysis_code,
        recognition=line.recognition if days else "at_once",
        instalments=line.instalments if days else 1,
        actor=actor,
    )


def describe(line: AgreementLine, days: Period | None) -> str:
    """What the invoice line says: never a person's name."""
    if line.charge_stem:
        return line.title
    if days is None:
        return f"{line.title}, notice that came late"[:240]
    return f"{line.title}, {words_of(days)}"[:240]


def words_of(days: Period) -> str:
    """Whole months by their names, other days by their dates; the last day is the last one."""
    if days.start.day == 1 and days.end.day == 1:
        first, last = f"{days.start:%B %Y}", f"{days.last_day:%B %Y}"
        return first if first == last else f"{first} to {last}"
    return f"{days.start:%-d %B %Y} to {days.last_day:%-d %B %Y}"


def charge_due(*, on: date, actor: Actor, most: int = TURN) -> int:
    """Charges the periods of running agreements whose day has come, agreement by agreement; returns how many periods.

    Each agreement is a transaction of its own. Twice is once; one that somebody is changing waits for the next turn.
    """
    due = BillingPeriod.objects.filter(
        state=BillingPeriod.State.PLANNED, bill_on__lte=on, line__agreement__state__in=[*RUNNING, Agreement.State.ENDED]
    )
    charged = 0
    for pk in list(due.order_by("line__agreement_id").values_list("line__agreement_id", flat=True).distinct()[:most]):
        with transaction.atomic():
            free = Agreement.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if free is not None:
                charged += charge_periods(agreement=locked(free), on=on, actor=actor)
    return charged
