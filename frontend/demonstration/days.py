"""After the courses: registers of the last months closed, one left open, what people thought; and a network."""

from datetime import date, datetime, time, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q

from catalogue.models import CourseRun
from catalogue.services import MeetingTimes
from frontend.demonstration.directory import Directory
from frontend.demonstration.people import SIGN_INS, name_for
from frontend.demonstration.places import choose
from marketplace.core.actors import Actor
from marketplace.core.wording import LONDON
from marketplace.trading.models import Booking, Evaluation, Network, NetworkMember
from marketplace.trading.services import (
    add_cpd_entry,
    close_register,
    closing_preview,
    evaluate,
    evaluation_token,
    mark_register,
)
from marketplace.trading.services.network_members import add_member
from marketplace.trading.services.networks import add_meeting, book_meeting, open_network

LOOKED_BACK = timedelta(days=80)
MARKS = ("here",) * 12 + ("late", "absent")
CHANGES = (
    "Shorter explanations, more practice", "I will look at our records every Monday", "We begin with the quiet children",
    "A checklist for new staff", "",
)  # fmt: skip
MEMBERS = ("Marrambridge School", "Saltpans Primary School", "Osprey Bank Primary School")


def add_days(directory: Directory, *, today: date, actor: Actor) -> str:
    """Registers, certificates, evaluations, the delegate's own places, and the early reading network."""
    organiser = directory.signed["organiser"]
    _own_places(directory)
    held = _runs_held(today, directory.signed["delegate"].person_id)
    for run in held[:-1]:
        _hold(run, organiser)
        _evaluate(run, today)
    _own_record(directory.signed["delegate"], today)
    _network(directory, today, organiser)
    return f"{max(len(held) - 1, 0)} registers closed, {Evaluation.objects.count()} evaluations"


def _runs_held(today: date, own: int | None) -> list[CourseRun]:
    """Dates that are over, with people on them: those of the last months, and the delegate's; the newest last."""
    wanted = Q(ends_at__date__gte=today - LOOKED_BACK) | Q(bookings__delegate_person=own)
    found = CourseRun.objects.filter(wanted, ends_at__date__lt=today, state="open", bookings__state="booked")
    return list(found.select_related("offer").distinct().order_by("ends_at", "pk"))


def _own_places(directory: Directory) -> None:
    """The delegate's places: one at each date for which her school has somebody."""
    sign_in, person_id = SIGN_INS["delegate"], directory.signed["delegate"].person_id
    EmailAddress.objects.get_or_create(
        user_id=directory.signed["delegate"].user_id, email=sign_in.email, defaults={"verified": True, "primary": True}
    )
    own = Booking.objects.filter(school=directory.find(sign_in.organisation), state="booked").order_by("run", "pk")
    first = {place.run_id: place.pk for place in reversed(own)}
    Booking.objects.filter(pk__in=first.values()).update(
        delegate_name=sign_in.name, delegate_email=sign_in.email, delegate_person_id=person_id
    )


def _hold(run: CourseRun, organiser: Actor) -> None:
    """Every meeting marked and closed on its day."""
    places = list(Booking.objects.filter(run=run, state="booked").order_by("pk"))
    for meeting in run.meetings.all():
        marks = {
            place.pk: "here"
            if place.delegate_person_id
            else choose(MARKS, f"{run.code} {meeting.position} {place.position}")
            for place in places
        }
        mark_register(meeting=meeting, marks=marks, at=meeting.starts_at, actor=organiser)
        fee = closing_preview(meeting=meeting).fee
        close_register(meeting=meeting, expected_fee=fee, on=meeting.held_on, actor=organiser)


def _evaluate(run: CourseRun, today: date) -> None:
    """Most of those who came say what they thought, two days later."""
    came = Booking.objects.filter(run=run, state="booked", attendances__state__in=["here", "late"]).distinct()
    for place in came.filter(delegate_person=None).select_related("order_line__order").order_by("pk"):
        said = f"{run.code} {place.order_line.order.number} {place.position}"
        if choose(("yes", "yes", "yes", "no"), f"answers {said}") == "no":
            continue
        score = choose((5, 5, 4, 4, 4, 3, 2), f"score {said}")
        evaluate(
            token=evaluation_token(booking=place), score=score, recommends=score > 2,
            change=choose(CHANGES, f"change {said}"), on=min(run.ends_on + timedelta(days=2), today),
        )  # fmt: skip


def _own_record(delegate: Actor, today: date) -> None:
    add_cpd_entry(
        title="Reading group: talk in mathematics", provider="Our own staff", theme="Mathematics",
        held_on=today - timedelta(days=12), minutes=75, on=today, actor=delegate,
    )  # fmt: skip


def _network(directory: Directory, today: date, organiser: Actor) -> None:
    """Early reading: two meetings that were, one to come; three members and the delegate's school as an associate."""
    since = today - timedelta(days=120)
    network = open_network(
        code="early-reading", name="Early reading network", on=since, themes=["Early years"],
        purpose="Reading leads meet three times a year to look at one another's practice.", actor=organiser,
    )  # fmt: skip
    runs = [_meeting(network, today + timedelta(days=days), organiser) for days in (-84, -21, 35)]
    given: dict[str, Any] = {"network": network, "valid_from": since, "actor": organiser}
    for name in MEMBERS:
        email = next(one.email for one in SIGN_INS.values() if one.organisation == name)
        member = add_member(
            organisation=directory.find(name), kind=NetworkMember.Kind.MEMBER, contact_name=name_for(f"reads {name}"),
            contact_email=email, **given,
        )  # fmt: skip
        who = next(directory.signed[key] for key, one in SIGN_INS.items() if one.organisation == name)
        for run in runs:
            book_meeting(member=member, run=run, name=member.contact_name, on=since, actor=who)
    own = SIGN_INS["delegate"]
    add_member(
        organisation=directory.find(own.organisation), kind=NetworkMember.Kind.ASSOCIATE, contact_name=own.name,
        contact_email=own.email, **given,
    )  # fmt: skip
    _hold(runs[0], organiser)


def _meeting(network: Network, day: date, organiser: Actor) -> CourseRun:
    starts = datetime.combine(day, time(15, 45), tzinfo=LONDON)
    times = MeetingTimes(starts, starts + timedelta(minutes=90), "Saltmarsh Library")
    return add_meeting(network=network, meeting=times, capacity=30, online=False, actor=organiser)
