"""E-mails about course dates: confirmed, moved, cancelled, how to join, and what an organiser writes.

People whose address stands on their place are told there, otherwise whoever booked it; of a move or a cancelling whoever
booked is told as well. Nobody who comes is named. Calendar entries are made as an e-mail leaves, so they are never stale.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db.models import Sum

from catalogue.models import CourseRun, Meeting
from frontend.buying import buyer_of
from frontend.formats import clock, long_date, money, plural
from frontend.notices.orders import order_of
from frontend.notices.readers import absolute, to_person
from frontend.notices.topics import DATES
from frontend.run_words import UNCERTAIN
from frontend.school.calendar_files import occasion_of
from invoicing.receivables.models import Reduction
from marketplace.core.icalendar import Method, calendar_file
from marketplace.core.models import Event, EventText
from marketplace.core.outbox import handles
from marketplace.messaging.references import Attachment, NoLongerNeeded, Reference, attaches
from marketplace.messaging.services import To, send
from marketplace.trading.models import Booking, RunMessage
from marketplace.trading.running_queries import Told, told_about, told_of

INVITATION = "course-invitation"
DELEGATE = "delegate"
WHY = "You get this because a place on the course is booked for you at this address."


@dataclass(frozen=True)
class Letter:
    """What one e-mail says, beside course, time and place."""

    subject: str
    paragraphs: Sequence[str]
    facts: Sequence[tuple[str, str]] = field(default_factory=list)
    calendar: bool = True


def tell(told: Sequence[Told], run: CourseRun, letter: Letter, event: Event, what: str) -> None:
    """The letter to each reader, once for each event."""
    facts = [("Course", run.offer.title), *_when(run), *letter.facts]
    for one in told:
        for to, number in _to(one):
            link = page_of_places(one)
            send(
                key=f"date:{run.code}:{what}:{event.pk}:{number}",
                topic=DATES,
                to=to,
                template="mail/course_date.jinja",
                context={"title": letter.subject, "paragraphs": letter.paragraphs, "facts": facts, "link": link},
                event=event,
                attachments=[invitation(one)] if letter.calendar else [],
                why=WHY if one.to_delegate else "",
            )


def _to(one: Told) -> list[tuple[To, str]]:
    """Where it goes, and what tells this e-mail from others of the same event."""
    if one.order is not None:
        return [(to, one.order.number) for to in to_person(one.order.placed_by_person)]
    place = one.places[0]
    to = To(one.email, organisation_id=place.school_id, purpose=DELEGATE)
    return [(replace(to, person_id=one.person_id) if one.person_id else to, str(place.pk))]


def page_of_places(one: Told) -> str:
    """The page of the order for whoever booked; people who come have theirs once they sign in."""
    if one.order is None:
        return absolute("/") if one.person_id else ""
    return absolute(buyer_of(one.order.organisation).url("school-order", number=one.order.number))


def _when(run: CourseRun) -> list[tuple[str, str]]:
    meetings = list(run.meetings.order_by("position"))
    return [
        (
            f"Meeting {one.position}" if len(meetings) > 1 else "When",
            f"{long_date(one.starts_at)}, {clock(one.starts_at)} to {clock(one.ends_at)}{_where(run, one)}",
        )
        for one in meetings
    ]


def _where(run: CourseRun, meeting: Meeting) -> str:
    if run.mode == CourseRun.Mode.ONLINE:
        return ", online"
    venue = meeting.venue or run.venue
    return (f", {venue}" if venue else "") + (" or online" if run.mode == CourseRun.Mode.HYBRID else "")


def run_of(event: Event) -> CourseRun:
    return CourseRun.objects.select_related("offer__provider__organisation").get(code=event.subject)


def _day(run: CourseRun) -> str:
    return f"{run.offer.title} on {long_date(run.starts_at)}"


@handles("run.confirmed", name="notices.date_confirmed")
def date_confirmed(event: Event) -> None:
    """Tells everybody that the date takes place."""
    run = run_of(event)
    letter = Letter(f"Confirmed: {_day(run)}", ["Enough people have booked, or we decided so: the course takes place."])
    tell(told_of(run), run, letter, event, "confirmed")


@handles("run.moved", name="notices.date_moved")
def date_moved(event: Event) -> None:
    """Tells everybody the new times and place, and until when a place may be cancelled free."""
    run = run_of(event)
    if event.payload["sequence"] != run.sequence:
        return  # moved again or cancelled since: that event tells what holds now
    words = ["The course was moved. Your places are kept at no cost; the calendar entry replaces the one you have."]
    if run.free_cancelling_until:
        words.append(
            f"If the new date does not suit you, you may cancel free until {long_date(run.free_cancelling_until)}."
        )
    letter = Letter(f"Moved: {run.offer.title}, now on {long_date(run.starts_at)}", words)
    tell(told_of(run, bookers=True), run, letter, event, "moved")


@handles("run.cancelled", name="notices.date_cancelled")
def date_cancelled(event: Event) -> None:
    """Tells everybody who had a place; whoever booked is told what comes back."""
    run = run_of(event)
    reason = EventText.objects.filter(event=event).values_list("words", flat=True).first() or {}
    because = [f"The reason: {reason['reason']}"] if reason.get("reason") else []
    places = Booking.objects.filter(pk__in=list(event.payload["bookings"]))
    for one in told_about(places, bookers=True):
        words = ["We are sorry: the course on this date is cancelled.", *because]
        facts: list[tuple[str, str]] = []
        if one.order is not None:
            back = _back(one.places)
            facts = [
                ("Places", str(len(one.places))),
                ("Order", one.order.number),
                ("Comes back, before VAT", money(back)),
            ]
            words.append(
                "What was invoiced is credited, included places may be used again. There is nothing for you to do."
            )
        letter = Letter(f"Cancelled: {_day(run)}", words, facts)
        tell([one], run, letter, event, "cancelled")
    for number in event.payload["withdrawn"]:
        _tell_withdrawn(run, number, because, event)


def _tell_withdrawn(run: CourseRun, number: str, because: list[str], event: Event) -> None:
    """Whoever asked for an approval is told that there is nothing to approve any more."""
    order = order_of(number)
    places = list(Booking.objects.filter(order_line__order=order, run=run).order_by("pk"))
    words = [
        f"The course on this date is cancelled, so order {number}, which waited for an approval, is withdrawn.",
        *because,
        "Nothing was charged. What else stood in the order is not ordered either: order it again if you still want it.",
    ]
    letter = Letter(f"Withdrawn: order {number}, since {_day(run)} is cancelled", words, calendar=False)
    tell([Told(order.placed_by_person.email, places, order=order)], run, letter, event, "withdrawn")


def _back(places: Sequence[Booking]) -> int:
    keys = [f"booking:{place.pk}:cancelled" for place in places]
    return int(Reduction.objects.filter(source_key__in=keys).aggregate(pence=Sum("pence", default=0))["pence"])


@handles("run.joining_sent", name="notices.date_joining")
def date_joining(event: Event) -> None:
    """Sends those claimed by the duty how to join; nothing where the date was moved or cancelled since."""
    run = run_of(event)
    if event.payload["sequence"] != run.sequence or run.state == CourseRun.State.CANCELLED:
        return
    words = [part for part in run.joining.split("\n\n") if part] or ["We look forward to seeing you."]
    link = [("Join online", run.joining_link)] if run.joining_link else []
    letter = Letter(f"Joining instructions: {_day(run)}", words, link)
    tell(told_of(run, only=event.payload["bookings"]), run, letter, event, "joining")


@handles("run.message_sent", name="notices.date_message")
def date_message(event: Event) -> None:
    """What the organiser wrote, to everybody with a place."""
    run = run_of(event)
    message = RunMessage.objects.filter(pk=event.payload["message"]).first()
    if message is None:
        return
    letter = Letter(f"{message.subject}: {_day(run)}", [p for p in message.text.split("\n\n") if p], calendar=False)
    tell(told_of(run), run, letter, event, "message")


@handles("order.placed", name="notices.places_booked")
def places_booked(event: Event) -> None:
    """A calendar entry to each person whose own address came with the order; whoever ordered has the order's e-mail."""
    order = order_of(event.subject)
    booked = Booking.objects.filter(order_line__order=order, state=Booking.State.BOOKED)
    for one in told_about(booked):
        if one.to_delegate:
            _booked(one, event)


@handles("booking.delegate_changed", name="notices.place_named")
def place_named(event: Event) -> None:
    """A calendar entry to the person who comes now, where their own address is known."""
    booked = Booking.objects.filter(pk=int(event.subject), state=Booking.State.BOOKED)
    for one in told_about(booked):
        if one.to_delegate:
            _booked(one, event)


def _booked(one: Told, event: Event) -> None:
    """One e-mail for each date of the places."""
    runs: dict[int, list[Booking]] = {}
    for place in one.places:
        runs.setdefault(place.run_id, []).append(place)
    for run in CourseRun.objects.filter(pk__in=runs).select_related("offer").order_by("starts_at"):
        words = [
            f"{plural(len(runs[run.pk]), 'place is', 'places are')} booked for you. The calendar entry is attached."
        ]
        if run.tentative:
            words.append(UNCERTAIN)
        reader = Told(one.email, runs[run.pk], person_id=one.person_id)
        tell([reader], run, Letter(f"Booked for you: {_day(run)}", words), event, "booked")


def invitation(one: Told) -> Reference:
    """The calendar entry of a reader's places on one date; people who come are invited, others only see the dates."""
    return {"kind": INVITATION, "of": f"{one.places[0].pk}:{'own' if one.to_delegate else 'booker'}"}


@attaches(INVITATION)
def _invitation(of: str) -> Attachment:
    """Made as the e-mail leaves, of the date as it is then."""
    number, _, whose = of.partition(":")
    place = (
        Booking.objects.select_related("run__offer__provider__organisation", "delegate_person")
        .filter(pk=number)
        .first()
    )
    if place is None:
        raise NoLongerNeeded("The place is gone.")
    run, person = place.run, place.delegate_person
    meetings: list[Any] = list(run.meetings.select_related("run__offer").order_by("position"))
    own = ((person.email if person else "") or place.delegate_email) if whose == "own" else ""
    gone = run.state == CourseRun.State.CANCELLED
    occasions = []
    for meeting in meetings:
        meeting.of_how_many = len(meetings)
        text = "This date is cancelled." if gone else run.joining
        entry = occasion_of(meeting, text=text, url="" if gone else run.joining_link)
        occasions.append(replace(entry, attendee=own))
    organiser = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    method: Method = "PUBLISH" if not own else "CANCEL" if gone else "REQUEST"
    content = calendar_file(occasions, name=run.offer.title, method=method, organiser=organiser if own else "")
    return Attachment(f"{run.code}.ics", content, f"text/calendar; method={method}")
