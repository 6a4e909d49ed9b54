"""The price list: adding rows, ending them, and pinning those that were used."""

from datetime import date

from django.db import IntegrityError, transaction

from catalogue.models import CourseRun, ListPrice, Offer, Price
from catalogue.rules.classes import PriceClass
from catalogue.rules.rule_form import Rule, check_rule
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput


class PriceOverlaps(DomainError):
    """Another price of the same offer and class holds on some of these dates."""

    code = "price_overlaps"


class PriceEnded(DomainError):
    """A price ends once."""

    code = "price_ended"


@transaction.atomic
def add_price(
    *,
    offer: Offer,
    price_class: PriceClass,
    rule: Rule,
    valid_from: date,
    actor: Actor,
    valid_to: date | None = None,
    run: CourseRun | None = None,
) -> Price:
    """A price over ``[valid_from, valid_to)`` for an offer, or for one of its runs.

    Refuses a rule that is not of the documented form and dates on which another price of the class holds.
    """
    actor.require(Role.ORGANISER, Role.FINANCE_MANAGER, Role.ADMINISTRATOR, to="set prices")
    check_rule(rule)
    if valid_to is not None and valid_to <= valid_from:
        raise WrongInput("A price must end after it starts")
    if run is not None and run.offer_id != offer.pk:
        raise WrongInput(f"{run.code} is not a date of {offer.title}")
    try:
        with transaction.atomic():
            price = Price.objects.create(
                offer=offer,
                run=run,
                price_class=int(price_class),
                valid_from=valid_from,
                valid_to=valid_to,
                rule=rule,
            )
    except IntegrityError as error:
        if "price_no_overlap" not in str(error):
            raise
        words = f"{offer.title} already has a price for {price_class.words} on some of these dates."
        raise PriceOverlaps(f"{words} End that one first.") from None
    _record("price.added", price, actor)
    return price


@transaction.atomic
def end_price(*, price: Price, valid_to: date, actor: Actor) -> Price:
    """Sets the open end of a price: ``valid_to`` is the first day on which it no longer holds. Once only."""
    actor.require(Role.ORGANISER, Role.FINANCE_MANAGER, Role.ADMINISTRATOR, to="set prices")
    if valid_to <= price.valid_from:
        raise WrongInput("A price must end after it starts")
    if Price.objects.filter(pk=price.pk, valid_to__isnull=True).update(valid_to=valid_to) != 1:
        raise PriceEnded("This price has an end already. Add a new price for the dates after it.")
    price.valid_to = valid_to
    _record("price.ended", price, actor, before={"to": None})
    return price


def pin_price(*, price_id: int) -> None:
    """Freezes a price because it was used; a pinned one stays as it is."""
    Price.objects.filter(pk=price_id, pinned=False).update(pinned=True)


def _record(kind: str, price: Price, actor: Actor, before: dict[str, None] | None = None) -> None:
    """The event; and what is sorted by is to be worked out anew."""
    ListPrice.objects.filter(pk=price.offer_id).delete()
    last = {"to": price.valid_to.isoformat() if price.valid_to else None}
    events.record(
        kind=kind,
        subject_kind="offer",
        subject=price.offer.code,
        organisation_ids=[],
        payload={
            "price": price.pk,
            "class": PriceClass(price.price_class).code,
            "from": price.valid_from.isoformat(),
            **({"before": before, "after": last} if before else {"rule": price.rule, **last}),
        },
        actor=actor,
    )
