"""Rates of the demonstration's consultants: some agreed after a proposal and another, some still waiting for an answer."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from catalogue.models import CourseRun
from catalogue.services import name_presenters
from frontend.demonstration.directory import Directory
from frontend.demonstration.places import AUTHORITY_NAME
from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.periods import Period
from marketplace.organisations.models import Person
from marketplace.trading.engagements.services.reviewing import open_review, record_review_day
from marketplace.trading.engagements.services.supporting import record_support
from marketplace.trading.models import SupportEntry
from providers.models import Consultant
from providers.rates.rules.terms import RateTerms
from providers.services import add_absence, agree_rates, counter_rates, propose_rates

AGO = timedelta(days=410)
SHARE = Decimal("0.15")
DANA = RateTerms(450_00, 495_00, "inclusive", SHARE, half_day_percent=55, twilight_percent=30, hour_percent=20)
TOMAS = RateTerms(420_00, 420_00, "additive", SHARE, half_day_percent=60, by_mile=True)
INES = RateTerms(350_00, 350_00, "fixed", fixed_pence=40_00, half_day_percent=50)


def add_rates(directory: Directory, *, today: date) -> None:
    """Three consultants with agreed rates, one proposal that waits for us and one that waits for its provider; a few days
    away, and somebody who presents a course date."""
    hana, marcus = directory.signed["organiser"], directory.signed["finance_manager"]
    begun, first = today - AGO, today - AGO + timedelta(days=10)
    for code, terms, asked in (
        ("dana-whitlock", DANA, replace(DANA, day_pence=480_00, other_day_pence=520_00)),
        ("tomas-hale", TOMAS, TOMAS),
        ("ines-marlow", INES, INES),
    ):
        consultant = _consultant(code)
        staff = _staff(directory, consultant)
        made = propose_rates(consultant=consultant, terms=asked, valid_from=first, on=begun, actor=staff)
        if asked == terms:
            agree_rates(proposal=made, seen=1, on=begun + timedelta(days=3), actor=marcus)
            continue
        counter_rates(
            proposal=made, terms=terms, valid_from=first, seen=1, on=begun + timedelta(days=2), actor=hana,
            words="Schools pay £450.00 for reading elsewhere. Could you begin there?",
        )  # fmt: skip
        agree_rates(proposal=made, seen=2, on=begun + timedelta(days=5), actor=staff, words="Yes, for a year.")
    _waiting(directory, today)
    _mutual(directory, today)
    _calendar(directory, today)


def _waiting(directory: Directory, today: date) -> None:
    """Ridgeway asks for more for Dana; about Elin we proposed otherwise, so Ridgeway is to answer."""
    first = (today.replace(day=1) + timedelta(days=95)).replace(day=1)
    dana, elin = _consultant("dana-whitlock"), _consultant("elin-sandoval")
    staff = _staff(directory, dana)
    propose_rates(
        consultant=dana, terms=replace(DANA, day_pence=465_00, other_day_pence=510_00), valid_from=first,
        on=today - timedelta(days=4), actor=staff, words="Fuel and insurance rose since last year.",
    )  # fmt: skip
    made = propose_rates(
        consultant=elin, terms=replace(DANA, day_pence=430_00, other_day_pence=470_00), valid_from=first,
        on=today - timedelta(days=6), actor=staff,
    )  # fmt: skip
    counter_rates(
        proposal=made, terms=replace(DANA, day_pence=400_00, other_day_pence=440_00), valid_from=first, seen=1,
        on=today - timedelta(days=3), actor=directory.signed["organiser"], words="For a first year, £400.00 a day?",
    )  # fmt: skip


def _mutual(directory: Directory, today: date) -> None:
    """A round of peer review with two days left over, and an adviser whom the council lends for nothing."""
    hana, held = directory.signed["organiser"], today - timedelta(days=20)
    three = [
        directory.find(name)
        for name in ("Saltpans Primary School", "Osprey Bank Primary School", "Marrambridge School")
    ]
    made = open_review(title="Autumn reviews", day_pence=350_00, on=held, actor=hana)
    for giver, receiver in ((0, 1), (1, 0), (0, 2)):
        record_review_day(
            round=made, giver=three[giver], receiver=three[receiver], held_on=held, days=Decimal(2), actor=hana
        )
    first = date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    record_support(
        kind=SupportEntry.Kind.SECONDMENT, giver=directory.find(AUTHORITY_NAME), receiver=directory.partnership,
        what="An adviser for early years", days_a_week=Decimal(2), year_pence=28_000_00,
        held=Period(first, first.replace(year=first.year + 1)), on=today, actor=hana,
    )  # fmt: skip


def _calendar(directory: Directory, today: date) -> None:
    """Dana is away for two days, and Tomas presents a course date some weeks ahead."""
    dana, tomas = _consultant("dana-whitlock"), _consultant("tomas-hale")
    away = today + timedelta(days=140)
    add_absence(
        consultant=dana, starts_at=_midnight(away), ends_at=_midnight(away + timedelta(days=2)), label="Leave",
        actor=directory.signed["consultant"],
    )  # fmt: skip
    # One of his documents ends in 45 days, and nobody presents a date on which they are not accredited.
    weeks = (_midnight(today + timedelta(days=14)), _midnight(today + timedelta(days=40)))
    runs = CourseRun.objects.filter(state=CourseRun.State.OPEN, starts_at__range=weeks)
    last = weeks[1].date()
    run = next((one for one in runs.order_by("starts_at", "pk") if one.ends_on < last), None)
    if run is not None:
        name_presenters(run=run, consultants=[tomas], on=today, actor=directory.signed["organiser"])


def _consultant(code: str) -> Consultant:
    return Consultant.objects.select_related("provider__organisation").get(code=code)


def _staff(directory: Directory, consultant: Consultant) -> Actor:
    """Whoever acts for the provider: who signs in there, or an unnamed person of theirs."""
    organisation = consultant.provider.organisation
    if consultant.provider.code == "ridgeway-learning":
        return directory.signed["ridgeway"]
    person, _ = Person.objects.get_or_create(name=f"Office of {organisation.name}")
    grants = frozenset({Grant(Role.PROVIDER, organisation.pk)})
    return Actor(person_id=person.pk, user_id=None, name=person.name, grants=grants)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
