"""A hub while it runs: its schools, what was done, what was spent, and reviews that compare plan and outcome."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from marketplace.core.actors import Role
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.files import files_of, open_file
from marketplace.core.money import Money
from subscriptions.hubs.models import HubEngagement, HubSpend
from subscriptions.hubs.progress import hub_contract_for, hub_contracts_for, progress_of, schools_of, spent_of
from subscriptions.hubs.services.awarding import award
from subscriptions.hubs.services.life import (
    HubNotRunning,
    ReviewHeld,
    add_hub_school,
    end_hub_school,
    hold_review,
    prepare_review,
    record_engagement,
    take_engagement_off,
)
from subscriptions.hubs.services.spending import record_spend, take_spend_off
from subscriptions.outcomes.services.contracting import agree_contract
from tests.core.small_files import png
from tests.shop import person
from tests.subscriptions.hubs.calling import AWARDED_ON, applied, closed, gave, on_panel, scored

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 10)


@pytest.fixture
def lead(elm, actor):
    return person(elm, actor, name="Lena Lead", role=Role.HUB_LEAD)


@pytest.fixture
def offered(call, head, elm, cedar, olga, pia, raj):
    bid = applied(call, head, elm, cedar)
    closed(call, olga)
    on_panel(call, olga, pia, raj)
    for judge in (pia, raj):
        gave(bid, judge, 4, 4, 4)
    scored(call, olga)
    return award(application=bid, feedback="Yes", on=AWARDED_ON, actor=olga)


@pytest.fixture
def hub(offered, head):
    return agree_contract(contract=offered, on=AWARDED_ON, actor=head)


def did(school, actor, **changed):
    values = {
        "done_on": date(2026, 10, 6), "kind": "training", "words": "Phonics in reception", "hours": Decimal("2.5"),
        "people": 9,
    } | changed  # fmt: skip
    return record_engagement(school=school, on=TODAY, actor=actor, **values)


def test_nothing_is_written_before_the_contract_is_agreed(offered, birch, lead):
    with pytest.raises(HubNotRunning, match="Agree its contract first"):
        add_hub_school(contract=offered, school=birch, joined_on=date(2026, 9, 1), on=TODAY, actor=lead)


def test_the_hubs_schools_with_what_was_done_with_them(hub, birch, cedar, lead):
    school = add_hub_school(contract=hub, school=birch, joined_on=date(2026, 9, 1), on=TODAY, actor=lead)
    assert add_hub_school(contract=hub, school=birch, joined_on=date(2026, 9, 1), on=TODAY, actor=lead) == school
    did(school, lead)
    wrong = did(school, lead, hours=Decimal(20))
    take_engagement_off(engagement=wrong, why="Two hours, not twenty", on=TODAY, actor=lead)
    did(school, lead, hours=Decimal(2), people=3, done_on=date(2026, 11, 3))
    rows = {row.school.organisation: row for row in schools_of(hub)}
    assert (rows[birch].times, rows[birch].hours, rows[birch].people) == (2, Decimal("4.5"), 12)
    assert rows[birch].last_on == date(2026, 11, 3)
    assert (rows[cedar].times, rows[cedar].engaged) == (0, False)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        HubEngagement.objects.update(hours=1)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"done_on": date(2026, 11, 11)}, "today or earlier"),
        ({"done_on": date(2026, 8, 31)}, "was not with the hub"),
        ({"hours": Decimal(0)}, "Hours must be"),
        ({"hours": Decimal("1.005")}, "Hours must be"),
        ({"people": 0}, "Number of people"),
        ({"kind": "party"}, "Choose what it was"),
        ({"words": ""}, "Enter what was done"),
    ],
)
def test_what_cannot_have_been_done_is_refused(hub, birch, lead, changed, says):
    school = add_hub_school(contract=hub, school=birch, joined_on=date(2026, 9, 1), on=TODAY, actor=lead)
    with pytest.raises(WrongInput, match=says):
        did(school, lead, **changed)
    assert not HubEngagement.objects.exists()


def test_a_school_leaves_and_may_come_back(hub, birch, lead):
    given = {"contract": hub, "school": birch, "on": TODAY, "actor": lead}
    school = add_hub_school(joined_on=date(2026, 9, 1), **given)
    end_hub_school(school=school, left_on=date(2026, 10, 1), on=TODAY, actor=lead)
    with pytest.raises(WrongInput, match="was not with the hub"):
        did(school, lead, done_on=date(2026, 10, 1))
    assert add_hub_school(joined_on=date(2026, 11, 1), **given) != school


def test_others_neither_see_the_hub_nor_write_for_it(hub, birch, birch_head, lead, head, olga, pia):
    school = add_hub_school(contract=hub, school=birch, joined_on=date(2026, 9, 1), on=TODAY, actor=lead)
    for somebody in (birch_head, pia):
        assert not hub_contracts_for(somebody).exists()
        with pytest.raises(NotFound):
            hub_contract_for(somebody, hub.number)
    for somebody in (birch_head, olga, head):
        with pytest.raises(NotAllowed, match="Ask the hub lead of Elm Park"):
            did(school, somebody)
    assert {hub_contract_for(one, hub.number) for one in (lead, head, olga)} == {hub}


def test_what_was_spent_stands_with_its_receipt_against_what_was_paid(hub, lead, birch_head, olga, partnership, actor):
    def spend(pence, category, words, **more):
        return record_spend(
            contract=hub, spent_on=date(2026, 10, 6), category=category, words=words, amount=Money(pence), on=TODAY,
            actor=lead, **more,
        )  # fmt: skip

    first = spend(45_000, "cover", "Cover for two days", receipt=png(), file_name="cover.png")
    spend(12_050, "materials", "Phonics sets")
    wrong = spend(99_999, "venue", "Hall")
    take_spend_off(spend=wrong, why="Paid by the school", on=TODAY, actor=lead)
    found = spent_of(hub)
    assert (found.paid_pence, found.spent_pence, found.left_pence) == (0, 57_050, -57_050)
    assert found.by_category == (("Supply cover", 45_000), ("Materials", 12_050))
    assert [one.ordinal for one in HubSpend.objects.order_by("ordinal")] == [1, 2, 3]
    [receipt] = files_of("hub-spend", str(first.pk))
    for somebody in (lead, olga, person(partnership, actor, name="Ann Auditor", role=Role.AUDITOR)):
        assert open_file(file_id=receipt.pk, actor=somebody).name == "cover.png"
    with pytest.raises(NotFound):
        open_file(file_id=receipt.pk, actor=birch_head)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        HubSpend.objects.update(pence=1)


def test_a_line_of_spending_is_of_the_term_and_of_something(hub, lead):
    given = {"contract": hub, "category": "cover", "words": "Cover", "on": TODAY, "actor": lead}
    for changed in ({"spent_on": date(2026, 8, 31)}, {"spent_on": date(2026, 11, 11)}, {"amount": Money(0)}):
        values = {"spent_on": date(2026, 10, 6), "amount": Money(100)} | changed
        with pytest.raises(WrongInput):
            record_spend(**given, **values)
    assert not HubSpend.objects.exists()


def test_a_review_compares_plan_and_outcome_and_keeps_both(hub, birch, cedar, lead, olga):
    review = hub.reviews.get(ordinal=1)
    school = add_hub_school(contract=hub, school=birch, joined_on=date(2026, 9, 1), on=TODAY, actor=lead)
    did(school, lead)
    prepare_review(review=review, words="Ten schools are in.", on=date(2027, 7, 10), actor=lead)
    shown = progress_of(hub, date(2027, 8, 1))
    assert [(one.name, one.planned, one.actual, one.behind) for one in shown] == [
        ("Outputs verified", "2", "0", True), ("Outcomes verified", "3", "0", True),
        ("Money earned", "£9,200.00", "£0.00", True), ("Schools worked with", "12", "1", True),
        ("Hours with schools", "Not said", "2.50", False),
    ]  # fmt: skip
    with pytest.raises(NotAllowed):
        hold_review(review=review, decision="continue", words="Well done", on=date(2027, 8, 1), actor=lead)
    hold_review(review=review, decision="adjust", words="Fewer schools, more depth", on=date(2027, 8, 1), actor=olga)
    assert (review.state, review.decision) == ("held", "adjust")
    assert review.figures == [one.kept() for one in shown]
    did(school, lead)
    review.refresh_from_db()
    assert review.figures[4]["actual"] == "2.50", "what was found stands"
    for again in (
        lambda: hold_review(review=review, decision="end", words="x", on=date(2027, 8, 2), actor=olga),
        lambda: prepare_review(review=review, words="More", on=date(2027, 8, 2), actor=lead),
    ):
        with pytest.raises(ReviewHeld):
            again()


def test_progress_costs_the_same_however_many_schools(hub, birch, lead, django_assert_num_queries):
    for _ in range(3):
        did(add_hub_school(contract=hub, school=birch, joined_on=date(2026, 9, 1), on=TODAY, actor=lead), lead)
    with django_assert_num_queries(3):
        progress_of(hub, TODAY)
