"""Rates in the world of the access matrix: each school is a provider with a consultant whose rates are negotiated."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from marketplace.core.actors import Actor, Grant, Role
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import add_person
from marketplace.trading.engagements.services.reviewing import open_review
from providers.models import Consultant, Provider
from providers.rates.rules.terms import RateTerms
from providers.services import add_absence, add_consultant, agree_rates, propose_rates
from tests.providers.calendar.times import at
from tests.providers.making import accredited

TERMS = RateTerms(450_00, 500_00, "inclusive", Decimal("0.15"))


def _of(organisation: Organisation, role: Role, name: str, actor: Actor) -> Actor:
    made = add_person(name=name, email=f"{name.lower().replace(' ', '.')}@example.org", password=None, actor=actor)
    return Actor(made.pk, None, name, frozenset({Grant(role, organisation.pk)}))


def rates_held(*, school: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """An agreed rate, a proposal that waits for us, and a day away."""
    provider = Provider.objects.get(organisation=school)
    consultant = add_consultant(
        provider=provider, code=f"consultant-{school.pk}", name=f"Con of {school.name}", joined_on=today, actor=actor
    )
    accredited(consultant, today - timedelta(days=30), today + timedelta(days=400))
    staff = _of(school, Role.PROVIDER, f"Rita Rates {school.pk}", actor)
    other = _of(school, Role.ORGANISER, f"Orla Rates {school.pk}", actor)
    given = {"consultant": consultant, "terms": TERMS, "on": today, "actor": staff}
    agree_rates(proposal=propose_rates(**given, valid_from=today), seen=1, on=today, actor=other)
    asked = propose_rates(**given, valid_from=today + timedelta(days=30))
    away = add_absence(
        consultant=consultant, starts_at=at(today, 9), ends_at=at(today, 12), label="Away then", actor=staff
    )
    review = open_review(title="Reviews", day_pence=350_00, on=today, actor=other)
    return {
        "review_round": review.number,
        "rate_proposal": asked.number,
        "rate_consultant": consultant.code,
        "away": away.pk,
    }


def consults(acts: Actor, where: Organisation) -> None:
    """The consultant of an organisation is whoever holds the role there."""
    if where.pk in acts.organisations(Role.CONSULTANT):
        own = Consultant.objects.filter(provider__organisation=where, person=None, code__startswith="consultant-")
        own.update(person=Person.objects.get(pk=acts.person_id))


def rate_bodies(keys: dict[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """What each write of the API about them is asked to do."""
    terms = {"day_pence": 460_00, "other_day_pence": 460_00, "brokerage": "inclusive", "share": "0.15"}
    dated = terms | {"valid_from": (today + timedelta(days=40)).isoformat()}
    return {
        "POST /rate-proposals": dated | {"consultant": keys["rate_consultant"]},
        "POST /rate-proposals/{number}/counter": dated | {"seen": 1},
        "POST /rate-proposals/{number}/agreement": {"seen": 1},
    }
