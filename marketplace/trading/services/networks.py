"""Networks: members, a series of meetings that cost nothing, places for members, letters to them. No trade.

A meeting is a course date of the network's own offer, so registers, certificates, records and the fee for not attending
are those of any course. The offer is never published: the catalogue does not show it, and places are booked here alone.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import MeetingTimes, Quoting, add_offer, add_price, add_run
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.money import Money
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.people import on_day
from marketplace.trading.models import Basket, BasketLine, Booking, Network, NetworkLetter, NetworkMember, Order
from marketplace.trading.rules.invoice_dates import invoice_dates
from marketplace.trading.rules.networks import books_from, may_book
from marketplace.trading.rules.totals import total, vat_groups
from marketplace.trading.services.baskets import NAME_LIMIT, quote_line
from marketplace.trading.services.checking import BasketCheck, CheckedLine
from marketplace.trading.services.network_members import opened_by_level, record, still_open
from marketplace.trading.services.paying import AT_ONCE
from marketplace.trading.services.writing import write_order
from providers.models import Provider

LETTER_LIMIT = 4_000
FREE = {"flat": "0"}
BY_LINK = Actor(person_id=None, user_id=None, name="By signed link")


class NotForMembersYet(DomainError):
    """The place cannot be booked today: associates book later, and nobody after the day."""

    code = "network_not_yet"


class BookedAlready(DomainError):
    """The organisation has a place for that person at that meeting."""

    code = "network_booked_already"


@transaction.atomic
def open_network(
    *,
    code: str,
    name: str,
    on: date,
    actor: Actor,
    purpose: str = "",
    themes: Sequence[str] = (),
    cancellation: dict[str, Any] | None = None,
) -> Network:
    """A network without members or meetings. ``cancellation`` is the policy of its places: the default lets everybody
    cancel and stay away without a fee.

    Refuses a code in use, and a partnership that provides no courses.
    """
    actor.require(Role.ORGANISER, to="open networks")
    provider = Provider.objects.filter(organisation=partnership()).first()
    if provider is None:
        raise WrongInput("The partnership provides no courses yet. Add it as a provider first")
    name = clean_line(name, what="Name", limit=120)
    if Network.objects.filter(code=code).exists():
        raise WrongInput(f"The code {code} belongs to another network. Choose another code")
    offer = add_offer(
        code=f"network-{code}"[:60],
        kind=Offer.Kind.COURSE,
        title=name,
        provider=provider,
        supply_kind=Offer.SupplyKind.TRAINING,
        cfr_code="E09",
        aar_code="BAE090",
        themes=list(themes),
        cancellation=cancellation,
        actor=actor,
    )
    add_price(offer=offer, price_class=PriceClass.ANY, rule=FREE, valid_from=on, actor=actor)
    made = Network.objects.create(
        code=code, name=name, purpose=clean_line(purpose, what="Purpose", limit=500, required=False), offer=offer
    )
    record("network.opened", made, [], actor)
    return made


@transaction.atomic
def add_meeting(
    *, network: Network, meeting: MeetingTimes, capacity: int, online: bool, actor: Actor, joining_link: str = ""
) -> CourseRun:
    """One meeting of the series, with its places. Refuses a network that has ended, and what ``add_run`` refuses."""
    actor.require(Role.ORGANISER, to="add meetings of networks")
    still_open(network)
    count = CourseRun.objects.filter(offer=network.offer_id).count() + 1
    run = add_run(
        offer=network.offer,
        code=f"network-{network.code}-{count}"[:60],
        mode=CourseRun.Mode.ONLINE if online else CourseRun.Mode.FACE_TO_FACE,
        capacity=capacity,
        meetings=[meeting],
        venue=meeting.venue,
        joining_link=joining_link,
        actor=actor,
    )
    record("network.meeting_added", network, [], actor, run=run.code)
    return run


@transaction.atomic
def book_meeting(
    *, member: NetworkMember, run: CourseRun, name: str, on: date, actor: Actor, email: str = ""
) -> Booking:
    """One place at a meeting for somebody of a member, at no cost and without anything to invoice.

    For who buys for the organisation and for its contact. Members book up to the day; associates from 14 days before.
    Refuses a second place for the same name (BookedAlready) and a meeting that is full (PlacesGone).
    """
    person_id = _acts_for(member, actor)
    run = CourseRun.objects.select_related("offer__provider", "offer__sold_by").get(pk=run.pk)
    _check(member, run, on)
    name = clean_line(name, what="Name of who comes", limit=NAME_LIMIT)
    standing = Booking.objects.filter(run=run, school_id=member.organisation_id, state=Booking.State.BOOKED)
    NetworkMember.objects.select_for_update().get(pk=member.pk)  # a second click waits here, and then finds the place
    if standing.filter(delegate_name__iexact=name).exists():
        raise BookedAlready(f"{name} has a place at this meeting already.")
    basket = Basket.objects.create(
        organisation_id=member.organisation_id, owner_person_id=person_id, state=Basket.State.ORDERED, apart=True
    )
    line = BasketLine.objects.create(
        basket=basket, offer=run.offer, run=run, school_id=member.organisation_id, quantity=Decimal(1),
        delegates=[name], emails=[email.strip()], needs=[""], quoted_pence=0,
    )  # fmt: skip
    order = _order(line, person_id, on)
    record("network.place_booked", member.network, [member.organisation_id], actor, order=order.number, run=run.code)
    return Booking.objects.get(order_line__order=order)


def _acts_for(member: NetworkMember, actor: Actor) -> int:
    """The person who books for a member: its contact, or somebody who buys for it. Outsiders are told nothing."""
    own = member.organisation_id in actor.organisations(*BUYING)
    if actor.person_id is None or not (own or member.person_id == actor.person_id):
        raise NotFound("There is no such network.")
    return actor.person_id


def _check(member: NetworkMember, run: CourseRun, on: date) -> None:
    """Refuses a meeting of another network, an ended membership, a meeting that was cancelled, and a wrong day."""
    if run.offer_id != member.network.offer_id or not NetworkMember.objects.filter(on_day(on), pk=member.pk).exists():
        raise NotFound("There is no such meeting.")
    if member.by_level and member.network.name not in opened_by_level(member.organisation, on):
        raise NotForMembersYet(
            f"Your subscription level does not open {member.network.name} any more. Ask us to join it."
        )
    if run.state != CourseRun.State.OPEN:
        raise WrongInput("This meeting was cancelled, so no place can be booked")
    if not may_book(member.kind, run.starts_on, on):
        first = books_from(member.kind, run.starts_on)
        raise NotForMembersYet(
            f"The meeting was on {long_date(run.starts_on)}."
            if first is None or on > run.starts_on
            else f"Associates may book what is left from {long_date(first)} on."
        )


def _order(line: BasketLine, person_id: int, on: date) -> Order:
    """The order of a place that costs nothing, as any order is written; there is nothing to charge."""
    organisation = Organisation.objects.get(pk=line.school_id)
    quoting = Quoting(on=on, offers=[line.offer], customer=organisation, invoice_to=organisation)
    quote = quote_line(line, on, quoting=quoting, price_class=PriceClass.ANY, included=None)
    if quote.net:
        raise WrongInput(f"{line.offer.title} has a price, so it is no meeting of a network")
    groups = vat_groups([(quote, 1)])
    check = BasketCheck(
        lines=[CheckedLine(line, quote)],
        groups=groups,
        total=total(groups),
        committed=Money(0),
        limit=None,
        invoice_to=organisation,
        dates=invoice_dates([line.run.starts_on if line.run else None], on=on),
    )
    order, _ = write_order(
        check=check, basket=line.basket, person_id=person_id, purchase_order="", paying=AT_ONCE,
        state=Order.State.PLACED, on=on,
    )  # fmt: skip
    return order


@transaction.atomic
def choose_mail(*, member: NetworkMember, wanted: bool, actor: Actor) -> None:
    """Whether the network may write to a member; its contact or a buyer says so."""
    _acts_for(member, actor)
    _set_mail(member, wanted, actor)


@transaction.atomic
def stop_mail(*, member: NetworkMember) -> None:
    """No more letters to a member, by the signed link at the end of one: whoever holds it may do just that."""
    _set_mail(member, False, BY_LINK)


def _set_mail(member: NetworkMember, wanted: bool, actor: Actor) -> None:
    NetworkMember.objects.filter(pk=member.pk).update(no_mail=not wanted)
    record("network.mail_chosen", member.network, [member.organisation_id], actor, wanted=wanted)


@transaction.atomic
def write_to_members(
    *, network: Network, subject: str, body: str, on: date, at: datetime, actor: Actor
) -> NetworkLetter:
    """Sends a letter to the contact of each member of today who has an address and wants mail. Refuses an empty letter,
    and one that would reach nobody."""
    actor.require(Role.ORGANISER, to="write to networks")
    still_open(network)
    body = body.strip()
    if not body or len(body) > LETTER_LIMIT:
        raise WrongInput("Enter a message" if not body else f"The message must be {LETTER_LIMIT:,} characters or fewer")
    readers = readers_on(network, on).count()
    if not readers:
        raise WrongInput("No member has an address and wants mail, so nobody would read this")
    made = NetworkLetter.objects.create(
        network=network, subject=clean_line(subject, what="Subject", limit=120), body=body, sent_at=at,
        by_person_id=actor.person_id, readers=readers,
    )  # fmt: skip
    record("network.written_to", network, [], actor, letter=made.pk, readers=readers)
    return made


def readers_on(network: Network, on: date) -> Any:
    """Members of a day who have an address and want mail."""
    found = NetworkMember.objects.filter(on_day(on), ~Q(contact_email=""), network=network, no_mail=False)
    return found.select_related("organisation").order_by("pk")
