"""Filling a basket. Every change is quoted at once, so that what has no price is refused where it is chosen."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from types import EllipsisType
from typing import Any

from django.db import transaction

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.rules.facts import IncludedPlaces, read_stated
from catalogue.rules.quotes import Quote
from catalogue.services import Quoting
from invoicing.mandates.granting import mandate_on
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.periods import add_months
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Basket, BasketLine
from marketplace.trading.services.access import buying_person, check_receives
from marketplace.trading.services.agreeing import Agreeing
from marketplace.trading.services.choices import CannotBeOrdered, check_audience, check_deal, check_level
from marketplace.trading.services.delegates import NAME_LIMIT, clean_delegates, clean_emails, clean_needs
from subscriptions.commissions.funding import funded_shares
from subscriptions.plans.queries import themes_off_of
from subscriptions.queries import price_class_on
from subscriptions.slas.rules.terms import TermPlan

MAX_LINES = 200
MAX_FACTS = 40


class AlreadyInBasket(DomainError):
    """The same thing for the same school stands in the basket already."""

    code = "already_in_basket"


class BasketClosed(DomainError):
    """A basket that was ordered does not change."""

    code = "basket_closed"


@transaction.atomic
def open_basket(*, organisation: Organisation, actor: Actor) -> Basket:
    """The person's open basket for the organisation, made when there is none."""
    person_id = buying_person(actor, organisation)
    found, _ = Basket.objects.get_or_create(
        organisation=organisation, owner_person_id=person_id, state=Basket.State.OPEN, apart=False
    )
    return found


@transaction.atomic
def add_to_basket(
    *,
    basket: Basket,
    offer: Offer,
    school: Organisation,
    quantity: Decimal,
    on: date,
    actor: Actor,
    run: CourseRun | None = None,
    delegates: Sequence[str] = (),
    emails: Sequence[str] = (),
    needs: Sequence[str] = (),
    use_included: int | None = None,
    facts: dict[str, Any] | None = None,
    service_from: date | None = None,
) -> BasketLine:
    """Adds an offer (a course with its date) for a school. ``facts`` are what the school states, such as staff.

    ``delegates``, ``emails`` and ``needs`` are of the people who come, in one order. ``use_included`` is how many places
    are to come from a subscription: as many as it has unless said. Refuses what is not published or past, a school that
    the basket cannot buy for, more people than places, and whatever the price rule refuses; then nothing is added.
    """
    _lock_open(basket, actor)
    check_receives(basket.organisation, school, on)
    if basket.lines.count() >= MAX_LINES:
        raise WrongInput(f"A basket holds at most {MAX_LINES} lines. Order these first.")
    if basket.lines.filter(offer=offer, run=run, school=school).exists():
        raise AlreadyInBasket(f"{offer.title} is in your basket for {school.name} already. Change it there.")
    line = BasketLine(
        basket=basket,
        offer=offer,
        run=run,
        school=school,
        quantity=quantity,
        delegates=list(delegates),
        emails=list(emails),
        needs=list(needs),
        use_included=use_included,
        facts=facts or {},
        service_from=service_from,
    )
    _settle(line, on)
    return line


@transaction.atomic
def change_line(
    *,
    line: BasketLine,
    on: date,
    actor: Actor,
    quantity: Decimal | None = None,
    run: CourseRun | None = None,
    delegates: Sequence[str] | None = None,
    emails: Sequence[str] | None = None,
    needs: Sequence[str] | None = None,
    use_included: int | EllipsisType | None = ...,
    facts: dict[str, Any] | None = None,
    service_from: date | None = None,
) -> BasketLine:
    """Changes what is given of a line; the rest stays. The same refusals as adding it.

    ``use_included`` None means as many included places as there are.
    """
    _lock_open(line.basket, actor)
    if quantity is not None:
        line.quantity = quantity
    if run is not None:
        line.run = run
        twin = line.basket.lines.filter(offer=line.offer, run=run, school=line.school).exclude(pk=line.pk)
        if twin.exists():
            words = f"{line.offer.title} on that date is in your basket for {line.school.name} already."
            raise AlreadyInBasket(f"{words} Change it there.")
    for name, given in (("delegates", delegates), ("emails", emails), ("needs", needs)):
        if given is not None:
            setattr(line, name, list(given))
    if use_included is not ...:
        line.use_included = use_included
    if facts is not None:
        line.facts = facts
    if service_from is not None:
        line.service_from = service_from
    _settle(line, on)
    return line


@transaction.atomic
def remove_line(*, line: BasketLine, actor: Actor) -> None:
    """Takes a line out; one that is gone already stays gone."""
    _lock_open(line.basket, actor)
    BasketLine.objects.filter(pk=line.pk).delete()


def own_basket(basket: Basket, actor: Actor) -> int:
    """The owner's person id. Anybody else is told nothing."""
    person_id = buying_person(actor, basket.organisation)
    if basket.owner_person_id != person_id:
        raise NotFound("Page not found")
    return person_id


def _lock_open(basket: Basket, actor: Actor) -> None:
    """Locks the basket's row, so that a change and an order wait for each other."""
    own_basket(basket, actor)
    state = Basket.objects.select_for_update().values_list("state", flat=True).get(pk=basket.pk)
    if state != Basket.State.OPEN:
        raise BasketClosed("This basket was ordered. See the order, or fill a new basket.")


def _settle(line: BasketLine, on: date) -> None:
    """Checks and quotes the line, then saves it."""
    check_orderable(line, on)
    line.facts = clean_facts(line.facts)
    line.quoted_pence = quote_line(line, on).net.pence
    line.delegates = clean_delegates(line.delegates, line.quantity)
    line.emails = clean_emails(line.emails, line.quantity)
    line.needs = clean_needs(line.needs, line.quantity)
    if line.use_included is not None and not 0 <= line.use_included <= line.quantity:
        raise WrongInput(f"Places from your subscription must be a number from 0 to {line.quantity.normalize():f}")
    line.save()


def check_orderable(line: BasketLine, on: date) -> None:
    """Refuses an offer that is not published, a course without an open date ahead, a part of a place, and a service that
    begins too long ago or too far ahead."""
    offer, run = line.offer, line.run
    if offer.sold_by is not None and mandate_on(offer.sold_by, on) is None:
        raise CannotBeOrdered(f"{offer.title} is not sold at the moment: we may not sell for {offer.sold_by.name}.")
    if offer.state != Offer.State.PUBLISHED or not offer.provider.published:
        raise CannotBeOrdered(f"{offer.title} is not sold any more. Remove it, or choose something else.")
    check_audience(line)
    check_deal(line, on)
    if offer.kind != Offer.Kind.COURSE:
        check_level(line)
        if run is not None or any([*line.delegates, *line.emails, *line.needs]):
            raise WrongInput(f"{offer.title} is no course: it has no dates and no names")
        _check_service_from(line.service_from, on)
        return
    if run is None or run.offer_id != offer.pk:
        raise WrongInput(f"Choose a date of {offer.title}")
    if run.state != CourseRun.State.OPEN:
        raise CannotBeOrdered(f"{offer.title} on {run.starts_on:%-d %B %Y} is cancelled. Choose another date.")
    if run.starts_on < on:
        raise CannotBeOrdered(f"{offer.title} was on {run.starts_on:%-d %B %Y}. Choose another date.")
    if line.quantity != line.quantity.to_integral_value():
        raise WrongInput("Places must be a whole number")
    if line.service_from is not None:
        raise WrongInput("A course has its own dates")


def _check_service_from(first_day: date | None, on: date) -> None:
    """Refuses a service that begins more than a year before the day of ordering, or more than two years after it."""
    if first_day is None:
        return
    earliest, latest = add_months(on, -12), add_months(on, 24)
    if not earliest <= first_day <= latest:
        raise WrongInput(f"First day of the service must be from {long_date(earliest)} to {long_date(latest)}")


def quote_line(
    line: BasketLine,
    on: date,
    *,
    quoting: Quoting | None = None,
    price_class: PriceClass | None = None,
    included: IncludedPlaces | None = None,
) -> Quote:
    """The quote for a line as it stands, at the school's own price class on the day unless it is given.

    ``quoting`` is given where several lines of one basket are quoted, so that what they share is read once. A service of
    a term is quoted for its first year.
    """
    return quote_and_plan(line, on, quoting=quoting, price_class=price_class, included=included)[0]


def quote_and_plan(
    line: BasketLine,
    on: date,
    *,
    quoting: Quoting | None = None,
    agreeing: Agreeing | None = None,
    price_class: PriceClass | None = None,
    included: IncludedPlaces | None = None,
) -> tuple[Quote, TermPlan | None]:
    """The same with all years of a service that is agreed for a term."""
    quoting = quoting or Quoting(
        on=on,
        offers=[line.offer],
        customer=line.basket.organisation,
        themes_off=themes_off_of([(line.school_id, line.offer)], on),
        funded=funded_shares([(line.school_id, line.offer)], on),
    )
    agreeing = agreeing or Agreeing(offers=[line.offer], on=on)
    return agreeing.quote(
        quoting,
        offer=line.offer,
        run=line.run,
        organisation=line.school,
        quantity=line.quantity,
        price_class=price_class_on(line.school, on) if price_class is None else price_class,
        included_places=included,
        facts=line.facts,
        first_day=line.service_from,
    )


def clean_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Stated facts as they may be stored: read by the rules' own reader, so that nothing else is kept."""
    if len(facts) > MAX_FACTS:
        raise WrongInput(f"Give at most {MAX_FACTS} facts for one line")
    kept: dict[str, Any] = {}
    for name, value in read_stated(facts).items():
        if isinstance(value, list):
            kept[name] = [clean_line(one, what="Choice", limit=NAME_LIMIT) for one in value[:MAX_FACTS]]
        elif isinstance(value, str):
            kept[name] = clean_line(value, what="Choice", limit=NAME_LIMIT)
        else:
            kept[name] = value if isinstance(value, bool) else f"{value.normalize():f}"
    return kept
