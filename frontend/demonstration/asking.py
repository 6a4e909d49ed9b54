"""Requests to consultants in the demonstration: quotes to compare, one to answer, one agreed with dates, one declined."""

from datetime import date, timedelta
from decimal import Decimal

from frontend.demonstration.directory import Directory
from frontend.demonstration.visits import SCHOOL
from marketplace.core.actors import Actor
from marketplace.core.money import Money
from marketplace.core.working_days import working_days_before
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.queries import free_times_of
from marketplace.trading.engagements.requests import ConsultantRequest
from marketplace.trading.engagements.services.accepting import accept_quote
from marketplace.trading.engagements.services.agreeing import NewDate, agree_booking, is_member
from marketplace.trading.engagements.services.asking import Need, ask_consultants
from marketplace.trading.engagements.services.ir35 import Ir35Answer
from marketplace.trading.engagements.services.quoting import Answer, answer_request, decline_request
from providers.models import Consultant
from providers.queries import rate_for, standing_on


def add_requests(directory: Directory, *, today: date, actor: Actor) -> None:
    """Three requests of one school and a leader whose head is asked; consultants without a rate or standing are left out."""
    school, asked_on = directory.find(SCHOOL), working_days_before(today, 4)
    member = is_member(school, asked_on)
    found = {
        one.code: one
        for one in Consultant.objects.select_related("provider__organisation", "home_school").filter(published=True)
        if standing_on(one, asked_on).accredited and rate_for(one, "day", asked_on, member) is not None
    }
    dana = found.get("dana-whitlock")
    if dana is None:
        return
    others = [one for code, one in found.items() if code != dana.code]
    buyer, office = directory.signed["buyer"], directory.signed["ridgeway"]
    compare = _ask(school, buyer, [dana, *others][:3], today, asked_on, "Coaching for two new middle leaders", "2")
    for number, quote in enumerate(compare.quotes.select_related("consultant").order_by("pk")[:2]):
        answer = Answer(
            Decimal(2), 2, today + timedelta(days=30), miles=24, first_days=[_first(quote.consultant, compare)],
            words=["One day with each leader, and a written plan.", "Two days together; more by telephone."][number],
        )  # fmt: skip
        answer_request(quote=quote, answer=answer, on=asked_on, actor=actor)
    _ask(school, buyer, [dana], today, asked_on, "A reading day for all staff", "1")
    full = _ask(school, buyer, [dana], today, asked_on, "Moderation of writing", "3")
    decline_request(quote=full.quotes.get(), reason="Dana is full in those weeks.", on=asked_on, actor=office)
    done = _ask(school, buyer, [dana], today, asked_on, "Phonics support for new teachers", "2.5")
    quote = answer_request(
        quote=done.quotes.get(), answer=Answer(Decimal("2.5"), 3, today + timedelta(days=30)), on=asked_on, actor=office
    )
    times = free_times_of(dana, "day", Decimal(1), done.wanted_from)
    day, part = next(one for one in times if one[1].code == "day")
    accept_quote(
        quote=quote, expected_pence=quote.gross_pence, ir35=Ir35Answer(own_company=False), on=asked_on, actor=buyer,
        dates=[NewDate(*part.on(day), part.quantity)], purchase_order="LS-2307",
    )  # fmt: skip
    if ines := found.get("ines-marlow"):
        _to_release(directory, ines, today, actor)


def _ask(
    school: Organisation, buyer: Actor, consultants: list[Consultant], today: date, on: date, title: str, quantity: str
) -> ConsultantRequest:
    need = Need(
        title, "What teachers do every day, seen and talked through with them.", "day", Decimal(quantity),
        today + timedelta(days=20), today + timedelta(days=80), budget=Money(120_000),
    )  # fmt: skip
    return ask_consultants(
        school=school, consultants=consultants, need=need, answer_by=today + timedelta(days=7), on=on, actor=buyer
    )


def _first(consultant: Consultant, asked: ConsultantRequest) -> date:
    return free_times_of(consultant, "day", Decimal(1), asked.wanted_from)[0][0]


def _to_release(directory: Directory, ines: Consultant, today: date, actor: Actor) -> None:
    """A day that waits for the head of the leader's own school."""
    day, part = free_times_of(ines, "day", Decimal(1), today + timedelta(days=25))[0]
    agree_booking(
        school=directory.find(SCHOOL), consultant=ines, title="Mathematics in Year 6", unit="day", quantity=Decimal(1),
        dates=[NewDate(*part.on(day), part.quantity)], on=today, actor=actor,
    )  # fmt: skip
