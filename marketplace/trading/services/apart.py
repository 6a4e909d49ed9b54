"""A basket that is filled and ordered in one step, beside the buyer's own: places of a waiting list, a move of date."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from catalogue.models import CourseRun
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Basket
from marketplace.trading.services.access import buying_person
from marketplace.trading.services.baskets import add_to_basket


def fill_apart(
    *,
    organisation: Organisation,
    run: CourseRun,
    school: Organisation,
    places: int,
    facts: Mapping[str, Any],
    on: date,
    actor: Actor,
    use_included: int | None = None,
) -> Basket:
    """A basket with places on one course date, to be ordered in the transaction that the caller has open.

    Refuses what adding to a basket refuses. What the person has in their own basket stays there.
    """
    basket = Basket.objects.create(
        organisation=organisation, owner_person_id=buying_person(actor, organisation), apart=True
    )
    add_to_basket(
        basket=basket, offer=run.offer, run=run, school=school, quantity=Decimal(places),
        facts=dict(facts), use_included=use_included, on=on, actor=actor,
    )  # fmt: skip
    return basket


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is taken back at its end: to ask the verbs themselves what they would do."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
