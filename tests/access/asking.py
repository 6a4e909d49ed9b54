"""Requests and bookings of consultants in the world of the access matrix: each school asks its own consultant."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.services.agreeing import NewDate, NewShare, agree_booking
from marketplace.trading.engagements.services.asking import Need, ask_consultants
from marketplace.trading.engagements.services.quoting import Answer, answer_request
from marketplace.trading.engagements.services.retaining import offer_retainer
from providers.models import Consultant, Provider, Rate
from providers.services import add_consultant
from tests.providers.calendar.times import at
from tests.providers.making import accredited


def asked(
    *, school: Organisation, elsewhere: Organisation, buyer: Actor, consultant: str, today: date, actor: Actor
) -> dict[str, Any]:
    """One request to answer, one with a quote, a booking planned ahead, and a leader to be released for ``elsewhere``."""
    found = Consultant.objects.select_related("provider__organisation").get(code=consultant)
    soon = today + timedelta(days=14)
    need = Need("Coaching", "For two leaders", "day", Decimal(1), soon, soon + timedelta(days=60))
    given = {"school": school, "consultants": [found], "need": need, "answer_by": soon, "on": today, "actor": buyer}
    waits, quoted = ask_consultants(**given), ask_consultants(**given)
    quote = answer_request(quote=quoted.quotes.get(), answer=Answer(Decimal(1), 1, soon), on=today, actor=actor)
    booking = _booked(school, found, soon, today, actor)
    leader = add_consultant(
        provider=Provider.objects.get(organisation=school), code=f"leader-{school.pk}", name=f"Leader {school.pk}",
        joined_on=today, home_school=school, actor=actor,
    )  # fmt: skip
    accredited(leader, today, today + timedelta(days=300))
    for audience in Rate.Audience.values:
        Rate.objects.create(
            consultant=leader, unit="day", audience=audience, sell_pence=40_000, buy_pence=30_000,
            brokerage="inclusive", share=Decimal("0.25"), valid_from=today,
        )  # fmt: skip
    return {
        "request_asked": waits.number, "quote_asked": waits.quotes.get().pk, "request_quoted": quoted.number,
        "quote_given": quote.pk, "ask_booking": booking, "ask_ordinal": 1,
        "shared_booking": _shared(school, elsewhere, found, today, actor),
        "retainer": offer_retainer(
            school=school, consultant=found, title="Reading", unit="day", quantity=Decimal(1), fee_pence=40_000,
            earned_pence=30_000, every="month", periods=2, valid_from=today, unused="lapse", owed="visit", on=today,
            actor=actor,
        ).number,
        "release_booking": _booked(elsewhere, leader, soon, today, actor), "ask_consultant": consultant,
    }  # fmt: skip


def _shared(school: Organisation, other: Organisation, consultant: Consultant, today: date, actor: Actor) -> str:
    return agree_booking(
        school=school, consultant=consultant, title="Together", unit="day", quantity=Decimal(2), on=today, actor=actor,
        rate=Rate.objects.filter(consultant=consultant, unit="day", valid_from__lte=today).earliest("pk"), dates=[],
        shares=[NewShare(school, Decimal(1)), NewShare(other, Decimal(1))],
    ).number  # fmt: skip


def _booked(school: Organisation, consultant: Consultant, day: date, today: date, actor: Actor) -> str:
    return agree_booking(
        school=school, consultant=consultant, title="Coaching", unit="day", quantity=Decimal(2), on=today, actor=actor,
        rate=Rate.objects.filter(consultant=consultant, unit="day", valid_from__lte=today).earliest("pk"),
        dates=[NewDate(at(day, 9), at(day, 15), Decimal(1))],
    ).number  # fmt: skip


def asking_bodies(keys: dict[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    soon = today + timedelta(days=20)
    time = {"starts_at": at(soon, 9).isoformat(), "ends_at": at(soon, 15).isoformat()}
    tax = {"own_company": False}
    give_up = {"by_school": True, "reason": "The plan changed"}
    return {
        "POST /retainers/{number}/agreement": {},
        "POST /retainers/{number}/refusal": {"reason": "Not this year"},
        "POST /retainers/{number}/stop": {"reason": "Not any more", "from_day": soon.isoformat()},
        "POST /consultant-requests": {
            "school": keys["customer"], "consultants": [keys["able"]], "title": "Coaching", "purpose": "For leaders",
            "unit": "day", "quantity": "1", "wanted_from": soon.isoformat(),
            "wanted_to": (soon + timedelta(days=9)).isoformat(), "answer_by": soon.isoformat(),
        },
        "POST /consultant-requests/{number}/acceptance": {
            "quote": keys["quote_given"], "expected_pence": 1, "off_payroll": tax,
        },
        "POST /consultant-requests/{number}/approval": {
            "quote": keys["quote_given"], "expected_pence": 1, "off_payroll": tax,
        },
        "POST /consultant-requests/{number}/withdrawal": {},
        "POST /consultant-quotes/{id}/quote": {"quantity": "1", "visits": 1, "valid_until": soon.isoformat()},
        "POST /consultant-quotes/{id}/refusal": {"reason": "Full"},
        "POST /consultant-bookings/{number}/cancellation": give_up,
        "POST /consultant-bookings/{number}/determinations": tax,
        "POST /consultant-bookings/{number}/dates": time | {"quantity": "1"},
        "POST /consultant-bookings/{number}/dates/{ordinal}": time,
        "POST /consultant-bookings/{number}/dates/{ordinal}/cancellation": give_up,
        "POST /consultant-bookings/{number}/dates/{ordinal}/release": {"released": True},
    }  # fmt: skip
