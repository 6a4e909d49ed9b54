"""Two awards on one budget, sending against closing, agreeing against the end of scoring, sending against a partner's no."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from subscriptions.hubs.models import AgreedPoints, HubApplication, HubPartner
from subscriptions.hubs.services.applying import save_application, start_application
from subscriptions.hubs.services.partnering import answer_partner, name_partner
from tests.shop import person
from tests.subscriptions.hubs.calling import (
    APPLIED,
    OFFER,
    applied,
    closed,
    four_schools,
    gave,
    head_of,
    member,
    on_panel,
    opened,
    scored,
)
from tests.subscriptions.races.hubs import agree_or_finish, award_together, send_or_close, send_or_decline
from tests.subscriptions.races.two_at_once import broken, race

TRIALS = 4
ONE_AWARD = Money(3_600_000)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


@pytest.fixture
def area(partnership: Organisation, tmp_path: Path, actor: Actor) -> list[Organisation]:
    return four_schools(tmp_path, actor)


@pytest.fixture
def bids(area, olga, partnership, actor):
    """Two scored applications to each of some calls that have money for one; the scoring has not ended."""
    judge = member(partnership, actor, "Pia Panel")
    found = []
    for _ in range(TRIALS):
        call = opened(olga, budget=ONE_AWARD, quorum=1)
        two = [applied(call, actor, school) for school in area[:2]]
        closed(call, olga)
        on_panel(call, olga, judge)
        for one in two:
            gave(one, judge, 4, 4, 4)
        found.append(two)
    return found


@pytest.fixture
def drafts(area, olga, actor):
    """A draft that is whole, of each of some calls, with a partner that confirmed."""
    head, found = head_of(area[1], actor), []
    for _ in range(TRIALS):
        made = start_application(call=opened(olga), lead=area[0], at=APPLIED, actor=actor)
        save_application(application=made, offer=OFFER, at=APPLIED, actor=actor)
        partner = name_partner(application=made, school=area[1], part="Hosts", actor=actor)
        found.append(answer_partner(partner=partner, confirms=True, at=APPLIED, actor=head))
    return found


@pytest.fixture
def decided(bids, olga):
    for two in bids:
        scored(two[0].call, olga)
    return [[one.pk for one in two] for two in bids]


def awarded():
    return HubApplication.objects.filter(state="awarded").count()


def test_two_awards_never_take_the_same_budget(decided, partnership):
    told = race(award_together, decided, partnership.pk, guarded=True)
    print(f"awards: {awarded()} of {TRIALS} budgets that are enough for one")
    assert [one["done"] for one in told] == [1] * TRIALS
    assert awarded() == TRIALS and broken("hub") == set()
    call_command("verify_ledger", stdout=StringIO())


def test_control_without_the_guard_one_budget_is_awarded_twice(decided, partnership):
    race(award_together, decided, partnership.pk, guarded=False)
    print(f"awards, control: {awarded()} of {TRIALS} budgets that are enough for one")
    assert awarded() > TRIALS
    assert "hub-awards-within-budget" in broken("hub")


def counted():
    """What the calls said when they closed, and what was sent."""
    closings = Event.objects.filter(kind="hub_call.closed")
    sent = HubApplication.objects.filter(state="submitted").count()
    return sum(one.payload["submitted"] for one in closings), sent


def test_what_is_sent_while_its_call_closes_is_in_it_or_not_sent(drafts):
    told = race(send_or_close, [one.application_id for one in drafts], guarded=True)
    said, sent = counted()
    print(f"sendings against closings: {sent} in time, {TRIALS - sent} too late")
    assert said == sent == sum(one["done"] for one in told) - TRIALS
    assert not HubApplication.objects.filter(state="draft").exists() and broken("hub") == set()


def test_control_without_the_guard_a_call_closes_over_what_is_sent_later(drafts):
    race(send_or_close, [one.application_id for one in drafts], guarded=False)
    said, sent = counted()
    print(f"sendings against closings, control: {sent} sent, {said} of them known when the calls closed")
    assert sent > said


def late_agreements():
    """Calls whose scoring ended before something was agreed."""
    ended = dict(Event.objects.filter(kind="hub_call.scored").values_list("subject", "pk"))
    agreed = Event.objects.filter(kind="hub_application.agreed")
    return sum(one.pk > ended.get(one.payload["call"], one.pk) for one in agreed)


def test_nothing_is_agreed_once_the_ranking_stands(bids):
    told = race(agree_or_finish, [two[0].pk for two in bids], guarded=True)
    agreed = AgreedPoints.objects.count()
    print(f"agreements against the end of scoring: {agreed} before, {TRIALS - agreed} refused")
    assert late_agreements() == 0
    assert agreed == sum(one["done"] for one in told) - TRIALS and broken("hub") == set()


def test_control_without_the_guard_points_are_agreed_under_a_ranking_that_stands(bids):
    race(agree_or_finish, [two[0].pk for two in bids], guarded=False)
    print(f"agreements against the end of scoring, control: {late_agreements()} after it")
    assert late_agreements() > 0


def test_a_partner_declines_or_the_application_is_sent(drafts):
    told = race(send_or_decline, [one.pk for one in drafts], guarded=True)
    sent = HubApplication.objects.filter(state="submitted").count()
    declined = HubPartner.objects.filter(answer="declined").count()
    print(f"sendings against declines: {sent} sent, {declined} declined")
    assert [one["done"] for one in told] == [1] * TRIALS
    assert sent + declined == TRIALS and broken("hub") == set()


def test_control_without_the_guard_an_application_is_sent_over_a_decline(drafts):
    race(send_or_decline, [one.pk for one in drafts], guarded=False)
    over = HubPartner.objects.filter(answer="declined", application__state="submitted").count()
    print(f"sendings against declines, control: {over} sent over a decline")
    assert over > 0
    assert "hub-partners-confirmed" in broken("hub")
