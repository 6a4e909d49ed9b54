"""Rates are proposed, proposed otherwise and agreed by two people of two sides; what was used stays."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from providers.models import MileageRate, Rate, RateProposal, RateStep
from providers.queries import prices_for, proposal_for, proposals_for, rate_for, rates_for, rates_waiting_for
from providers.services import (
    OwnProposal,
    ProposalClosed,
    ProposalMoved,
    ProposalOpen,
    RateEnded,
    RateInUse,
    agree_rates,
    counter_rates,
    pin_rate,
    propose_rates,
    withdraw_rates,
)
from tests.invoicing.books import run_sql
from tests.providers.rates.world import FROM, ON, TERMS, RateWorld, rate_world
from tests.shop import person

pytestmark = pytest.mark.django_db
LATER = date(2027, 4, 1)


@pytest.fixture
def world(partnership, actor) -> RateWorld:
    return rate_world(actor)


def proposed(world: RateWorld, **more: object) -> RateProposal:
    given = {"terms": TERMS, "valid_from": FROM, "on": ON, "actor": world.staff} | more
    return propose_rates(consultant=world.consultant, **given)  # type: ignore[arg-type]


def test_every_step_is_kept_and_agreeing_makes_the_price_list(world):
    asked = proposed(world, terms=replace(TERMS, day_pence=480_00), words="Fuel costs more")
    counter_rates(proposal=asked, terms=TERMS, valid_from=FROM, seen=1, on=ON, actor=world.organiser, words="£450?")
    agree_rates(proposal=asked, seen=2, on=ON + timedelta(days=2), actor=world.staff)
    steps = RateStep.objects.filter(proposal=asked).order_by("position")
    assert [(one.kind, one.side, one.day_pence, one.words) for one in steps] == [
        ("propose", "provider", 480_00, "Fuel costs more"),
        ("counter", "partnership", 450_00, "£450?"),
        ("agree", "provider", 450_00, ""),
    ]
    day = rate_for(world.consultant, "day", FROM, member=True)
    assert day is not None and (day.sell_pence, day.buy_pence, day.margin_pence) == (450_00, 382_50, 67_50)
    assert Rate.objects.count() == 8
    assert rate_for(world.consultant, "day", FROM - timedelta(days=1), member=True) is None
    kinds = list(Event.objects.filter(subject=asked.number).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["rate.proposed", "rate.countered", "rate.agreed"]
    assert not Event.objects.filter(payload__icontains="Fuel").exists()


def test_nobody_agrees_what_they_or_their_side_proposed(world, partnership, actor):
    asked = proposed(world)
    colleague = person(world.provider.organisation, actor, name="Second at the desk", role=Role.PROVIDER)
    with pytest.raises(OwnProposal, match="You proposed this"):
        agree_rates(proposal=asked, seen=1, on=ON, actor=world.staff)
    with pytest.raises(OwnProposal, match="Your own side"):
        agree_rates(proposal=asked, seen=1, on=ON, actor=colleague)
    assert not Rate.objects.exists()


def test_one_person_of_both_sides_is_one_person(world, partnership, actor):
    from marketplace.organisations.models import Person
    from marketplace.organisations.services.people import actor_for, give_role

    both = Person.objects.get(pk=world.organiser.person_id)
    asked = proposed(world, actor=world.organiser)
    give_role(
        person=both,
        role=Role.PROVIDER,
        organisation=world.provider.organisation,
        valid_from=date(2020, 1, 1),
        actor=actor,
    )
    with pytest.raises(OwnProposal, match="You proposed this"):
        agree_rates(proposal=asked, seen=1, on=ON, actor=actor_for(user=both.user, on=ON))
    assert not Rate.objects.exists()


def test_the_database_itself_refuses_that_one_agrees_with_oneself(world):
    asked = proposed(world)
    first = RateStep.objects.get(proposal=asked)
    first.pk, first.position, first.kind = None, 2, "agree"
    with pytest.raises(IntegrityError, match="nobody agrees"), transaction.atomic():
        first.save(force_insert=True)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        RateStep.objects.filter(proposal=asked).update(day_pence=1)


def test_an_answer_to_what_is_no_longer_on_the_table_does_nothing(world):
    asked = proposed(world)
    dearer = replace(TERMS, day_pence=460_00)
    counter_rates(proposal=asked, terms=dearer, valid_from=FROM, seen=1, on=ON, actor=world.staff)
    with pytest.raises(ProposalMoved, match="Look again"):
        agree_rates(proposal=asked, seen=1, on=ON, actor=world.organiser)
    withdraw_rates(proposal=asked, on=ON, actor=world.staff)
    with pytest.raises(ProposalClosed, match="withdrawn on 1 September 2026"):
        agree_rates(proposal=asked, seen=3, on=ON, actor=world.organiser)
    assert not Rate.objects.exists()


def test_a_consultant_has_one_negotiation_at_a_time(world):
    proposed(world)
    with pytest.raises(ProposalOpen, match="being negotiated already"):
        proposed(world)
    assert RateProposal.objects.count() == 1


def test_who_may_not_and_what_cannot_be_are_refused(world):
    for actor in (world.dana, rate_world_of_another(world)):
        with pytest.raises(NotAllowed, match="may not negotiate rates"):
            proposed(world, actor=actor)
    with pytest.raises(WrongInput, match="must not be in the past"):
        proposed(world, valid_from=ON - timedelta(days=1))
    with pytest.raises(WrongInput, match="A day must cost"):
        proposed(world, terms=replace(TERMS, day_pence=0))
    assert not RateProposal.objects.exists()


def rate_world_of_another(world: RateWorld):
    from marketplace.core.actors import platform

    return rate_world(platform("test"), name="Harbour Coaching", code="harbour").staff


def test_a_new_agreement_ends_the_earlier_and_replaces_what_was_to_come(world):
    world.agreed()
    world.agreed(replace(TERMS, day_pence=470_00), valid_from=LATER)
    world.agreed(replace(TERMS, day_pence=465_00, hour_percent=0), valid_from=LATER - timedelta(days=31))
    days = Rate.objects.filter(unit="day", audience="member").order_by("valid_from")
    assert [(one.sell_pence, one.valid_from, one.valid_to) for one in days] == [
        (450_00, FROM, date(2027, 3, 1)),
        (465_00, date(2027, 3, 1), None),
    ]
    assert rate_for(world.consultant, "hour", LATER, member=True) is None  # no longer offered, so it ended too


def test_a_rate_that_was_used_cannot_be_overtaken(world):
    world.agreed()
    rate = world.rate()
    pin_rate(rate, date(2027, 1, 12))
    pin_rate(rate, date(2026, 11, 3))
    assert (rate.used_on, rate.last_used_on) == (date(2027, 1, 12), date(2027, 1, 12))
    with pytest.raises(RateInUse, match="on 12 January 2027 was priced"):
        world.agreed(valid_from=date(2027, 1, 12))
    assert Rate.objects.filter(valid_to=None).count() == 8
    assert RateProposal.objects.get(state="open").waits_for == "partnership"
    withdraw_rates(proposal=RateProposal.objects.get(state="open"), on=ON, actor=world.staff)
    world.agreed(valid_from=date(2027, 1, 13))
    rate.refresh_from_db()
    assert rate.valid_to == date(2027, 1, 13)
    with pytest.raises(RateEnded, match="does not hold on 13 January 2027"):
        pin_rate(rate, date(2027, 1, 13))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE providers_rate SET sell_pence = 1000000 WHERE used_on IS NOT NULL",
        "UPDATE providers_rate SET used_on = NULL, last_used_on = NULL WHERE used_on IS NOT NULL",
        "UPDATE providers_rate SET valid_to = last_used_on WHERE used_on IS NOT NULL",
        "DELETE FROM providers_rate WHERE used_on IS NOT NULL",
    ],
)
def test_the_database_itself_keeps_a_used_rate(world, statement):
    world.agreed()
    pin_rate(world.rate(), date(2026, 11, 3))
    with pytest.raises(IntegrityError, match=r"was used|never falls"), transaction.atomic():
        run_sql(statement)
    assert run_sql("UPDATE providers_rate SET sell_pence = sell_pence + 100 WHERE used_on IS NULL") == 7


def test_the_database_itself_refuses_two_rates_of_one_day(world):
    world.agreed()
    rate = world.rate()
    rate.pk, rate.valid_from, rate.step = None, LATER, None
    with pytest.raises(IntegrityError, match="rate_no_overlap"), transaction.atomic():
        rate.save(force_insert=True)


def test_mileage_is_that_of_the_first_day(world):
    MileageRate.objects.create(valid_from=date(2011, 4, 6), valid_to=LATER, pence=45)
    MileageRate.objects.create(valid_from=LATER, pence=48)
    world.agreed(replace(TERMS, by_mile=True))
    world.agreed(replace(TERMS, by_mile=True), valid_from=LATER)
    found = Rate.objects.filter(unit="day", audience="member").order_by("valid_from")
    assert [one.mileage_pence for one in found] == [45, 48]


def test_each_sees_what_is_theirs(world, oakfield, actor):
    from tests.shop import buyer

    other = rate_world(actor, name="Harbour Coaching", code="harbour")
    world.agreed()
    asked = other.agreed()
    assert rates_for(world.staff).count() == rates_for(world.dana).count() == 8
    assert rates_for(world.manager).count() == rates_for(world.organiser).count() == 16
    assert not rates_for(buyer(oakfield)).exists()
    assert [one.pk for one in proposals_for(other.dana)] == [asked.pk]
    with pytest.raises(NotFound):
        proposal_for(world.staff, asked.number)
    assert prices_for(world.consultant, FROM, member=False)["day"] == (500_00, 0)


def test_what_waits_waits_for_the_other_side(world):
    asked = proposed(world)
    assert [one.pk for one in rates_waiting_for(world.organiser)] == [asked.pk]
    assert not rates_waiting_for(world.staff).exists() and not rates_waiting_for(world.dana).exists()
    counter_rates(proposal=asked, terms=TERMS, valid_from=FROM, seen=1, on=ON, actor=world.manager)
    assert [one.pk for one in rates_waiting_for(world.staff)] == [asked.pk]
    assert not rates_waiting_for(world.organiser).exists()
    assert TERMS.share == Decimal("0.15")
