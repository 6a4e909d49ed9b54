"""The next payment of each contract that pays a school, on the home page of who claims under it."""

from datetime import date
from typing import Any

from frontend.outcomes.statement_words import missing_words, pay_words, statement_name, statement_url
from invoicing.provider_invoices.queries import on_no_invoice
from marketplace.core.actors import Actor
from subscriptions.outcomes.models import Statement
from subscriptions.outcomes.paying_queries import NextPayment, next_payments

_NO_INVOICE = "No invoice of yours carries it yet. Send one, or agree with us that we write your invoices."
_ON_ITS_WAY = "It is on an invoice and waits for the next payment. Ask us if it does not come."


def payments_for(actor: Actor, on: date) -> list[dict[str, Any]]:
    """As the home page draws them, the soonest first."""
    found = next_payments(actor, on)
    late = {one.statement.source_key for one in found if one.statement.pay_on < on} - {""}
    waiting = on_no_invoice(late) if late else set()
    return [_shown(one, late, waiting) for one in found]


def _shown(one: NextPayment, late: set[str], waiting: set[str]) -> dict[str, Any]:
    statement = one.statement
    return {
        "title": statement.contract.title, "pays": pay_words(statement), "pence": one.pence,
        "frozen": statement.state == Statement.State.FROZEN, "last_day": statement.cut_off,
        "name": statement_name(statement), "href": statement_url(statement),
        "missing": [missing_words(item) for item in one.missing],
        "late": statement.source_key in late,
        "why": _NO_INVOICE if statement.source_key in waiting else _ON_ITS_WAY,
    }  # fmt: skip
