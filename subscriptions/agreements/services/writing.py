"""Lines and their billing periods as rows; what was priced is pinned by whoever priced it."""

from collections.abc import Iterable, Sequence

from catalogue.services import pin_price
from subscriptions.agreements.models import Agreement, AgreementLine, BillingPeriod
from subscriptions.agreements.rules.forms import Billing, LineTerms
from subscriptions.agreements.rules.moves import Planned
from subscriptions.agreements.rules.schedule import plan


def line_row(agreement: Agreement, terms: LineTerms, pk: int | None = None) -> AgreementLine:
    """A line that is not written yet."""
    category, rate, reason = terms.vat
    return AgreementLine(
        pk=pk,
        agreement=agreement,
        slot=terms.slot,
        offer_id=terms.offer_id,
        price_id=terms.price_id,
        source=terms.source,
        level=terms.level,
        title=terms.title[:160],
        consumer_id=terms.consumer_id or agreement.organisation_id,
        supplier_id=terms.supplier_id,
        valid_from=terms.valid.start,
        valid_to=terms.valid.end,
        base_from=terms.base.start,
        base_to=terms.base.end,
        base_pence=terms.base_pence,
        facts=terms.facts,
        steps=list(terms.steps),
        vat_category=category,
        vat_rate=rate,
        vat_reason=reason,
        account_code=terms.account_code,
        stream_code=terms.stream_code,
        cfr_code=terms.cfr_code,
        aar_code=terms.aar_code,
        analysis_code=terms.analysis_code,
        quantity=terms.quantity,
        unit_price_pence=terms.unit_pence,
        recognition=terms.recognition,
        label=terms.label,
        instalments=terms.instalments,
        charge_stem=terms.charge_stem,
    )


def period_rows(line: AgreementLine, planned: Iterable[Planned]) -> list[BillingPeriod]:
    return [
        BillingPeriod(
            line=line,
            valid_from=one.due.period.start,
            valid_to=one.due.period.end,
            pence=one.due.pence,
            carried_pence=one.carried,
            bill_on=one.due.bill_on,
        )
        for one in planned
    ]


def is_first(terms: LineTerms, before: Sequence[LineTerms]) -> bool:
    """Whether nothing of the same slot and priced period came before: then the month of joining is paid whole."""
    return not any(one.slot == terms.slot and one.base == terms.base for one in before)


def write_lines(agreement: Agreement, lines: Sequence[LineTerms], billing: Billing) -> None:
    """Writes the lines of a new agreement with their planned periods, and freezes the prices they were made from."""
    rows = [line_row(agreement, terms) for terms in lines]
    AgreementLine.objects.bulk_create(rows)
    periods: list[BillingPeriod] = []
    for index, (row, terms) in enumerate(zip(rows, lines, strict=True)):
        dues = plan(terms, billing, fresh=is_first(terms, lines[:index]))
        periods += period_rows(row, [Planned(due) for due in dues])
    BillingPeriod.objects.bulk_create(periods)
    pin_prices(lines)


def pin_prices(lines: Iterable[LineTerms]) -> None:
    for price_id in sorted({terms.price_id for terms in lines if terms.price_id}):
        pin_price(price_id=price_id)
