"""Consultants who may be booked: a provider, its consultant with a rate, accredited for two years."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.services.agreeing import NewDate, agree_booking
from providers.accreditation.models import Accreditation
from providers.models import Consultant, Provider, Rate
from providers.services import add_consultant, add_provider
from tests.shop import LONDON, START

ON = date(2026, 9, 1)
DAY = date(2026, 11, 4)


def provider_of(actor: Actor, name: str = "Larkfield Learning") -> Provider:
    made = add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=actor)
    return add_provider(organisation=made, code=name.lower().replace(" ", "-"), actor=actor)


def consultant_of(provider: Provider, actor: Actor, name: str = "Nadia Fenwick", **more: Any) -> Consultant:
    """A published consultant, accredited from 1 September 2026 to 31 August 2028."""
    code = name.lower().replace(" ", "-")
    made = add_consultant(provider=provider, code=code, name=name, joined_on=START, published=True, actor=actor, **more)
    accredit(made)
    return made


def accredit(consultant: Consultant, first: date = ON, end: date = date(2028, 9, 1)) -> Accreditation:
    return Accreditation.objects.create(consultant=consultant, valid_from=first, valid_to=end, decided_on=first)


def rate_of(
    consultant: Consultant, sell: int = 45_000, buy: int = 38_250, *, unit: str = "day", mile: int = 0,
    audience: str = "member",
) -> Rate:  # fmt: skip
    """£450.00 a day to members, of which the provider earns £382.50: a brokerage of 15% of the price."""
    return Rate.objects.create(
        consultant=consultant, unit=unit, audience=audience, sell_pence=sell, buy_pence=buy, mileage_pence=mile,
        brokerage="inclusive", share=Decimal("0.15"), valid_from=START,
    )  # fmt: skip


def on_day(day: date = DAY, hours: int = 6, quantity: str = "1", at: int = 9) -> NewDate:
    starts = datetime(day.year, day.month, day.day, at, 0, tzinfo=LONDON)
    return NewDate(starts, starts + timedelta(hours=hours), Decimal(quantity))


def book(school: Organisation, consultant: Consultant, actor: Actor, *dates: NewDate, **more: Any) -> Engagement:
    """Two and a half days of phonics support, agreed on 1 September 2026."""
    given: dict[str, Any] = {"title": "Phonics support", "unit": "day", "quantity": Decimal("2.5"), "on": ON} | more
    return agree_booking(school=school, consultant=consultant, dates=dates, actor=actor, **given)
