"""What waits on home of heads: to return, sent back, to decide."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from frontend.formats import long_date
from frontend.outcomes.heads_words import figures_words, heads_address
from frontend.outcomes.statement_words import statement_url
from frontend.verify.heads import heads_url
from marketplace.core.actors import Actor, Role
from subscriptions.outcomes.heads_queries import heads_sent_back_for, heads_to_decide_for, statements_to_return_for
from subscriptions.outcomes.services.watching import REMIND_DAYS

MOST = 20


def waits_for(actor: Actor, on: date) -> list[dict[str, Any]]:
    """As ``waits`` draws it. Three queries at most, however much."""
    return [*_to_return(actor, on), *_sent_back(actor, on), *_to_decide(actor)]


def _to_return(actor: Actor, on: date) -> Iterator[dict[str, Any]]:
    soon = on + timedelta(days=REMIND_DAYS * 2)
    for one in statements_to_return_for(actor, on, soon)[:MOST]:
        yield {
            "text": f"Return heads: {one.contract.title}, {one.contract.number}",
            "href": statement_url(one),
            "due": one.cut_off,
            "next": f"Accepted, they are paid on {long_date(one.pay_on)}.",
        }


def _sent_back(actor: Actor, on: date) -> Iterator[dict[str, Any]]:
    for one in heads_sent_back_for(actor, on)[:MOST]:
        yield {
            "text": f"Return heads again: {one.milestone.name}, {one.statement.contract.title}",
            "href": heads_address(one.statement, one.milestone),
            "due": one.statement.cut_off,
            "next": f"Sent back: {one.reason}",
        }


def _to_decide(actor: Actor) -> Iterator[dict[str, Any]]:
    if not actor.has(Role.VERIFIER, Role.COMMISSIONER):
        return
    for one in heads_to_decide_for(actor)[:MOST]:
        yield {
            "text": f"Decide on {figures_words(one)}: {one.milestone.name}, {one.claimant_organisation.name}",
            "href": heads_url(one),
            "due": one.statement.cut_off,
            "next": "Nothing is paid before you decide.",
        }
