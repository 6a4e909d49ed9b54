"""What the page of an agreement shows to everybody who may see it, school and finance alike."""

from collections.abc import Callable
from datetime import date
from typing import Any

from frontend.agreement_changes import HEADINGS, possible
from frontend.agreement_terms import terms_facts
from frontend.agreement_words import (
    line_rows,
    next_charge_words,
    notice_words,
    period_rows,
    price_words,
    renewal_words,
    successor_words,
    term_words,
    whole_term_words,
)
from frontend.finance.history import history_of
from invoicing.documents.models import Document
from invoicing.queries import charges_for
from marketplace.core.actors import Actor
from subscriptions.agreements.models import Agreement
from subscriptions.queries import periods_of
from subscriptions.renewals.reading import lines_by_agreement, worth_of


def facts_of(agreement: Agreement, actor: Actor, on: date, *, invoice_url: Callable[[Document], str]) -> dict[str, Any]:
    """Lines, sums, periods, history and words. ``invoice_url`` says where an invoice is read, if it may be."""
    lines = lines_by_agreement([agreement.pk])[agreement.pk]
    worth = worth_of([agreement], on, lines={agreement.pk: lines})[agreement.pk]
    periods = list(periods_of(agreement))
    keys = [one.charge_key for one in periods if one.charge_key]
    billed = charges_for(actor).filter(source_key__in=keys).select_related("document_line__document")
    invoices = {one.source_key: one.document_line.document for one in billed if one.document_line}
    rows = period_rows(periods, invoices)
    for row in rows:
        row["invoice_url"] = invoice_url(row["invoice"]) if row["invoice"] else ""
    follows = agreement.successors.order_by("-pk").first()
    return terms_facts(agreement, on) | {
        "agreement": agreement, "lines": line_rows(lines, agreement), "worth": worth, "periods": rows,
        "periods_pence": sum(row["cost"] for row in rows), "term": term_words(agreement),
        "price": price_words(worth), "whole": whole_term_words(worth), "notice": notice_words(agreement, on),
        "next": next_charge_words(worth), "renewal": renewal_words(agreement),
        "history": history_of(subject_kind="agreement", subject=agreement.number),
        "follows": follows, "follows_words": successor_words(follows),
        "pauses": list(agreement.suspensions.order_by("valid_from")),
        **terms_facts(agreement, on),
        "menu": [(do, HEADINGS[do]) for do in possible(agreement, lines, on)],
    }  # fmt: skip
