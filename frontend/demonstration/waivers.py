"""Cancellation policies of the library, and free places that were cancelled late: two waivers decided, one that waits."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from catalogue.models import CourseRun, Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import add_offer, add_price, add_run, publish_offer
from frontend.demonstration.calendar import day_before
from frontend.demonstration.directory import Directory
from marketplace.core.actors import Actor
from marketplace.core.working_days import is_working_day
from marketplace.trading.models import Booking
from marketplace.trading.services import (
    add_to_basket,
    ask_waiver,
    cancel_booking,
    check_basket,
    decide_waiver,
    open_basket,
    place_order,
)
from marketplace.trading.services.policies import apply_policy, keep_policy
from providers.models import Provider

SCHOOL = "Lantern Street Primary School"
ANSWER = "The road was open again that morning, so we cannot waive it. Do ring us next time."
_SESSION = {"fee": "50.00", "per": "meeting"}
_LATE = {"count": 15, "days": "calendar"}

POLICIES: list[tuple[str, str, dict[str, Any]]] = [
    (
        "four-working-days",
        "Four working days, £50 a session for places without a price",
        {
            "free_until": {"count": 4, "days": "working"},
            "then_percent": "100",
            "cases": [{"basis": "free", "then": _SESSION}, {"basis": "included", "then": _SESSION}],
        },
    ),
    (
        "fifteen-days-or-eight-online",
        "Fifteen days, eight online, £30 for free events",
        {
            "free_until": _LATE,
            "then_percent": "100",
            "cases": [
                {"mode": "online", "free_until": {"count": 8, "days": "calendar"}},
                {"basis": "free", "then": {"fee": "30.00"}},
            ],
            "substitution_until": {"hours": 48},
        },
    ),
    (
        "ten-working-days-by-length",
        "Ten working days, then £35 for half a day and £70 for a day",
        {
            "free_until": {"count": 10, "days": "working"},
            "then": {"fee": {"half_day": "35.00", "day": "70.00"}},
            "late_is_absent": True,
        },
    ),
    (
        "four-weeks-in-two-steps",
        "Four weeks, then half, and all of it in the last two weeks",
        {
            "free_until": {"weeks": 4},
            "steps": [{"until": {"weeks": 2}, "percent": "50"}],
            "then_percent": "100",
        },
    ),
]


def add_waivers(directory: Directory, *, today: date, actor: Actor) -> None:
    """The library, a free briefing under its second policy, and four of its places that one school cancelled late."""
    organiser = directory.signed["organiser"]
    kept = [
        keep_policy(code=code, title=title, rule=rule, on=directory.since, actor=organiser)
        for code, title, rule in POLICIES
    ]
    offer = _briefing(directory, today, actor)
    apply_policy(policy=kept[1], offer=offer, actor=organiser)
    offer.refresh_from_db()
    run = _date(offer, today, actor)
    buyer = directory.signed["buyer"]
    places = _places(directory, offer, run, day_before(today, 25), buyer)
    late = day_before(today, 3)
    cancel_booking(booking=places[0], on=late, actor=buyer)
    granted, refused, _ = [
        ask_waiver(booking=place, reason=reason, on=late, actor=buyer)
        for place, reason in zip(places[1:], ("ofsted", "transport", "closure"), strict=True)
    ]
    decide_waiver(
        waiver=granted, grant=True, answer="Good luck with the visit.", on=day_before(today, 1), actor=organiser
    )
    decide_waiver(waiver=refused, grant=False, answer=ANSWER, on=day_before(today, 1), actor=organiser)


def _briefing(directory: Directory, today: date, actor: Actor) -> Offer:
    provider = Provider.objects.filter(organisation=directory.partnership).earliest("pk")
    offer = add_offer(
        code="spring-briefing", kind=Offer.Kind.COURSE, title="Briefing for heads and deputies",
        summary="What changed this term, in two hours. Free for every school of the area.", provider=provider,
        themes=["Leadership"], supply_kind=Offer.SupplyKind.TRAINING, cfr_code="E09", aar_code="BAE090", actor=actor,
    )  # fmt: skip
    add_price(
        offer=offer,
        price_class=PriceClass.ANY,
        rule={"rate": "0", "per": "quantity"},
        valid_from=directory.since,
        actor=actor,
    )
    return publish_offer(offer=offer, on=directory.since, actor=actor)


def _date(offer: Offer, today: date, actor: Actor) -> CourseRun:
    """Two hours of a morning, in a week or so."""
    day = today + timedelta(days=8)
    while not is_working_day(day):
        day += timedelta(days=1)
    starts = datetime(day.year, day.month, day.day, 9, 30, tzinfo=ZoneInfo("Europe/London"))
    return add_run(
        offer=offer, code=f"{offer.code}-{day:%Y%m%d}", mode=CourseRun.Mode.FACE_TO_FACE, venue="The Old Library",
        starts_at=starts, ends_at=starts + timedelta(hours=2), capacity=60, actor=actor,
    )  # fmt: skip


def _places(directory: Directory, offer: Offer, run: CourseRun, on: date, buyer: Actor) -> list[Booking]:
    """Five places, of which the first four are given back."""
    school = directory.find(SCHOOL)
    basket = open_basket(organisation=school, actor=buyer)
    add_to_basket(basket=basket, offer=offer, run=run, school=school, quantity=Decimal(5), on=on, actor=buyer)
    seen = check_basket(basket=basket, on=on, actor=buyer).total.gross.pence
    order = place_order(basket=basket, purchase_order="", expected_pence=seen, on=on, actor=buyer)
    return list(order.lines.get().bookings.order_by("position")[:4])
