"""The panel: nothing is seen before interests are declared, nobody scores what they have an interest in, points are weighted."""

from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import DatabaseError, connection, transaction

from marketplace.core.actors import Actor, Grant, Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Person
from marketplace.organisations.services.people import give_role
from subscriptions.hubs.models import AgreedPoints, PanelInterest, PanelMember, PanelScore
from subscriptions.hubs.queries import application_for, applications_for, barred, panel_calls_for, ranking
from subscriptions.hubs.services.panel import (
    Barred,
    DeclareFirst,
    Points,
    ScoringIncomplete,
    agree_points,
    declare_interests,
    finish_scoring,
    invite_member,
    score,
    score_again,
    take_off_panel,
)
from subscriptions.hubs.services.writing import CallMoved
from tests.conftest import START
from tests.shop import person
from tests.subscriptions.hubs.calling import CLOSED_ON, SCORED_ON, applied, closed, gave, on_panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def bids(call, head, birch_head, elm, birch, cedar, olga):
    """Elm Park alone, Birch Lane with Cedar Hill; the call is closed."""
    made = applied(call, head, elm), applied(call, birch_head, birch, cedar)
    closed(call, olga)
    return made


def test_before_interests_are_declared_a_member_sees_nothing_and_scores_nothing(call, bids, olga, pia):
    invite_member(call=call, person=Person.objects.get(pk=pia.person_id), on=CLOSED_ON, actor=olga)
    assert list(panel_calls_for(pia)) == [call] and not applications_for(pia).exists()
    with pytest.raises(DeclareFirst, match="Declare your interests first"):
        gave(bids[0], pia, 4, 4, 4)
    assert not PanelScore.objects.exists()
    declare_interests(call=call, interests={}, on=CLOSED_ON, actor=pia)
    assert set(applications_for(pia)) == set(bids)


def test_a_declared_interest_bars_from_that_application_alone(call, bids, olga, pia):
    elm_bid, birch_bid = bids
    invite_member(call=call, person=Person.objects.get(pk=pia.person_id), on=CLOSED_ON, actor=olga)
    declare_interests(call=call, interests={elm_bid.number: "My sister is the head"}, on=CLOSED_ON, actor=pia)
    assert list(applications_for(pia)) == [birch_bid]
    with pytest.raises(NotFound):
        application_for(pia, elm_bid.number)
    with pytest.raises(Barred, match="You have an interest in this application, so others score it"):
        gave(elm_bid, pia, 5, 5, 5)
    gave(birch_bid, pia, 3, 3, 3)
    assert set(PanelScore.objects.values_list("application__number", flat=True)) == {birch_bid.number}


def test_the_own_school_bars_by_itself_as_lead_and_as_partner(call, bids, olga, bea, cedar, partnership, actor):
    cedar_member = person(partnership, actor, name="Cy Panel", role=Role.PANEL)
    give_role(
        person=Person.objects.get(pk=cedar_member.person_id), role=Role.DELEGATE, organisation=cedar, valid_from=START,
        actor=actor,
    )  # fmt: skip
    on_panel(call, olga, bea, cedar_member)
    for one in (bea, cedar_member):
        assert bids[0] in applications_for(one)
        with pytest.raises(Barred):
            gave(bids[1], one, 5, 5, 5)
    assert list(PanelInterest.objects.values_list("own", "application")) == [(True, bids[1].pk)] * 2


def test_people_are_compared_whichever_login_they_use(call, bids, olga, bea, partnership):
    on_panel(call, olga, bea)
    other_login = Actor(bea.person_id, None, bea.name, frozenset({Grant(Role.PANEL, partnership.pk)}))
    with pytest.raises(Barred):
        gave(bids[1], other_login, 5, 5, 5)


def test_the_database_refuses_points_of_whoever_is_barred(call, bids, olga, bea):
    on_panel(call, olga, bea)
    judge, criterion = PanelMember.objects.get(), call.criteria.first()
    with pytest.raises(DatabaseError, match="barred"), transaction.atomic():
        PanelScore.objects.create(member=judge, application=bids[1], criterion=criterion, points=5, scored_on=SCORED_ON)
    with pytest.raises(DatabaseError, match="more than the 5"), transaction.atomic():
        PanelScore.objects.create(member=judge, application=bids[0], criterion=criterion, points=6, scored_on=SCORED_ON)
    with pytest.raises(DatabaseError), transaction.atomic():
        PanelInterest.objects.all().delete()
    assert not PanelScore.objects.exists()


def test_the_rule_and_the_database_bar_the_same(call, bids, olga, bea, pia, raj, head, birch_head):
    on_panel(call, olga, bea, raj)
    invite_member(call=call, person=Person.objects.get(pk=pia.person_id), on=CLOSED_ON, actor=olga)
    declare_interests(call=call, interests={bids[0].number: "Governor"}, on=CLOSED_ON, actor=pia)
    answers = set()
    for one in (bea, pia, raj, head, birch_head, olga):
        for bid in bids:
            with connection.cursor() as cursor:
                cursor.execute("SELECT hubs_barred(%s, %s, %s)", [one.person_id, bid.pk, SCORED_ON])
                [answer] = cursor.fetchone()
            assert answer == barred(bid, one, SCORED_ON), (one.name, bid.number)
            answers.add(answer)
    assert answers == {True, False}


def test_interests_are_only_added(call, bids, olga, pia):
    invite_member(call=call, person=Person.objects.get(pk=pia.person_id), on=CLOSED_ON, actor=olga)
    declare_interests(call=call, interests={bids[0].number: "Governor"}, on=CLOSED_ON, actor=pia)
    declare_interests(call=call, interests={bids[1].number: "Worked there"}, on=SCORED_ON, actor=pia)
    assert PanelInterest.objects.count() == 2 and not applications_for(pia).exists()
    with pytest.raises(NotFound):
        declare_interests(call=call, interests={"HA-999999": "Nothing"}, on=SCORED_ON, actor=pia)


def test_points_of_whoever_turns_out_to_have_an_interest_do_not_count(call, bids, olga, pia, raj):
    on_panel(call, olga, pia, raj)
    gave(bids[0], pia, 5, 5, 5)
    gave(bids[0], raj, 3, 3, 3)
    assert ranking(call)[0].ranked.total == 80
    declare_interests(call=call, interests={bids[0].number: "My new job"}, on=SCORED_ON, actor=pia)
    assert ranking(call)[0].ranked.total == 60
    assert PanelScore.objects.count() == 6, "what was given stays on record"


def test_only_members_score_and_interests_are_declared_after_closing(call, head, elm, olga, pia, raj):
    bid = applied(call, head, elm)
    invite_member(call=call, person=Person.objects.get(pk=pia.person_id), on=CLOSED_ON, actor=olga)
    with pytest.raises(CallMoved, match="once the call is closed"):
        declare_interests(call=call, interests={}, on=CLOSED_ON, actor=pia)
    closed(call, olga)
    for somebody in (raj, olga, head):
        with pytest.raises(NotAllowed, match="not on the panel"):
            gave(bid, somebody, 5, 5, 5)
    with pytest.raises(WrongInput, match="no member of a panel"):
        invite_member(call=call, person=Person.objects.get(pk=head.person_id), on=CLOSED_ON, actor=olga)


def test_points_may_be_changed_until_the_scoring_ends_and_then_stand(call, bids, olga, pia, raj):
    on_panel(call, olga, pia, raj)
    for bid in bids:
        gave(bid, pia, 4, 3, 2)
        gave(bid, raj, 4, 4, 4)
    gave(bids[0], pia, 5, 5, 5)
    finish_scoring(call=call, on=SCORED_ON, actor=olga)
    with pytest.raises(CallMoved):
        gave(bids[0], pia, 1, 1, 1)
    assert [(one.application, one.ranked.total) for one in ranking(call)] == [
        (bids[0], Fraction(90)), (bids[1], Fraction(72)),
    ]  # fmt: skip
    score_again(call=call, reason="A member was ill", on=SCORED_ON, actor=olga)
    gave(bids[0], pia, 1, 1, 1)
    assert [one.application for one in ranking(call)] == [bids[1], bids[0]]


def test_the_scoring_does_not_end_with_too_few_points(call, bids, olga, pia, bea):
    on_panel(call, olga, pia, bea)
    gave(bids[0], pia, 4, 4, 4)
    gave(bids[0], bea, 4, 4, 4)
    gave(bids[1], pia, 4, 4, 4)
    with pytest.raises(ScoringIncomplete, match=r"HA-000002 has the points of 1 of 2 members. The scoring goes on"):
        finish_scoring(call=call, on=SCORED_ON, actor=olga)
    for criterion in call.criteria.all():
        agree_points(
            application=bids[1], criterion=criterion, points=Decimal("3.5"), reason="Only one could score it",
            on=SCORED_ON, actor=olga,
        )  # fmt: skip
    finish_scoring(call=call, on=SCORED_ON, actor=olga)
    assert [one.ranked.total for one in ranking(call)] == [80, 70]


def test_agreed_points_count_with_their_reason_and_the_spread_stays_shown(call, bids, olga, pia, raj):
    on_panel(call, olga, pia, raj)
    gave(bids[0], pia, 5, 1, 3)
    gave(bids[0], raj, 5, 5, 3)
    plan = call.criteria.get(position=2)
    with pytest.raises(WrongInput, match="Enter reason"):
        agree_points(application=bids[0], criterion=plan, points=Decimal(4), reason=" ", on=SCORED_ON, actor=olga)
    with pytest.raises(WrongInput, match="from 0 to 5"):
        agree_points(application=bids[0], criterion=plan, points=Decimal(6), reason="x", on=SCORED_ON, actor=olga)
    agree_points(
        application=bids[0], criterion=plan, points=Decimal(4), reason="The plan is fuller than it reads", on=SCORED_ON,
        actor=olga,
    )  # fmt: skip
    first = ranking(call)[0]
    shown = first.points[1]
    assert (shown.spread.lowest, shown.spread.highest, shown.counted) == (1, 5, 4)
    assert first.ranked.total == 40 + 32 + 12
    assert AgreedPoints.objects.get().reason == "The plan is fuller than it reads"


def test_whoever_has_an_interest_agrees_no_points(call, bids, birch, partnership, actor):
    both = person(partnership, actor, name="Ola Both", role=Role.ORGANISER)
    give_role(
        person=Person.objects.get(pk=both.person_id), role=Role.BUYER, organisation=birch, valid_from=START, actor=actor
    )
    given = {"criterion": call.criteria.first(), "points": Decimal(5), "reason": "Good", "on": SCORED_ON, "actor": both}
    with pytest.raises(Barred):
        agree_points(application=bids[1], **given)
    agree_points(application=bids[0], **given)
    assert not applications_for(both).filter(pk=bids[1].pk).exists()


def test_a_member_taken_off_counts_no_longer(call, bids, olga, pia, raj):
    on_panel(call, olga, pia, raj)
    gave(bids[0], pia, 5, 5, 5)
    gave(bids[0], raj, 3, 3, 3)
    take_off_panel(member=PanelMember.objects.get(person_id=pia.person_id), on=SCORED_ON, actor=olga)
    assert ranking(call)[0].ranked.total == 60
    assert not applications_for(pia).exists()
    with pytest.raises(NotAllowed):
        score(application=bids[0], points={1: Points(1)}, on=SCORED_ON, actor=pia)


def test_no_event_of_the_panel_is_in_the_scope_of_a_school(call, bids, olga, pia, raj):
    on_panel(call, olga, pia, raj)
    gave(bids[0], pia, 5, 5, 5)
    kinds = ["hub_application.scored", "hub_panel.declared", "hub_panel.invited"]
    assert set(Event.objects.filter(kind__in=kinds).values_list("kind", flat=True)) == set(kinds)
    assert all(one.organisation_ids == [] for one in Event.objects.filter(kind__in=kinds))


def test_the_ranking_costs_the_same_however_many_applied(call, bids, olga, pia, raj, django_assert_num_queries):
    on_panel(call, olga, pia, raj)
    for bid in bids:
        gave(bid, pia, 4, 3, 2)
        gave(bid, raj, 4, 4, 4)
    with django_assert_num_queries(9):
        assert len(ranking(call)) == 2
