"""The next payment of each contract that pays a school, on the home page of who claims under it."""

from datetime import date
from typing import Any

from frontend.outcomes.statement_words import missing_words, pay_words, statement_name, statement_url
from marketplace.core.actors import Actor
from subscriptions.outcomes.models import Statement
from subscriptions.outcomes.paying_queries import NextPayment, next_payments


def payments_for(actor: Actor, on: date) -> list[dict[str, Any]]:
    """As the home page draws them, the soonest first."""
    return [_shown(one) for one in next_payments(actor, on)]


def _shown(one: NextPayment) -> dict[str, Any]:
    statement = one.statement
    return {
        "title": statement.contract.title, "pays": pay_words(statement), "pence": one.pence,
        "frozen": statement.state == Statement.State.FROZEN, "last_day": statement.cut_off,
        "name": statement_name(statement), "href": statement_url(statement),
        "missing": [missing_words(item) for item in one.missing],
    }  # fmt: skip
