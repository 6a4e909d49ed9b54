"""Finance's pages about subscription levels: written as a draft, tried on a school, published, seen by subscriber."""

from datetime import date

import pytest
from django.test import Client

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from subscriptions.models import Plan, PlanVersion
from subscriptions.services import subscribe
from tests.frontend.finance.conftest import TODAY, _signed_in
from tests.frontend.school.visits import text_of
from tests.subscriptions.plans.levels import buyer, off, places, published_level

pytestmark = pytest.mark.django_db
AT = "/finance/subscription-levels"
TYPED = {
    "valid_from": "1/9/26", "price": "£2,500", "phases": "secondary: 4000", "per_pupil": "1.14", "rule": "",
    "includes": "6 places, carry 2\n2.5 consultant days\n10% off Leadership", "price_class": "member",
    "benefit": "other", "apportionment": "training: 60\nother: 40", "year_from": "09-01",
    "billings": ["year:advance", "month:advance"], "prorate": "months", "notice_weeks": "12", "cfr_code": "e22",
    "aar_code": "BAE280",
}  # fmt: skip


@pytest.fixture
def marcus(partnership: Organisation, actor: Actor) -> Client:
    """Our finance manager."""
    return _signed_in("Marcus Thiele", Role.FINANCE_MANAGER, partnership, actor)


def test_a_level_is_written_tried_and_published_on_the_pages(marcus: Client, oakfield: Organisation) -> None:
    made = marcus.post(f"{AT}/new", {"title": "Gold", "code": "gold", "summary": "For many", "position": "1"})
    assert made["Location"] == f"{AT}/gold/versions/new"
    kept = text_of(marcus.post(f"{AT}/gold/versions/new", TYPED, follow=True))
    assert "Version 1 of Gold is kept as a draft. Schools do not see it." in kept
    assert "6 places on courses; 2½ consultant days; 10% off Leadership" in kept
    assert "Training 60%, Other services 40%" in kept and "Publish version 1" in kept
    version = PlanVersion.objects.get()
    base = {"first": [{"when": {"phase": "secondary"}, "flat": "4000"}, {"flat": "2500"}]}
    assert version.rule == {"sum": [base, {"rate": "1.14", "per": "pupils"}]}
    assert (version.cfr_code, version.price_class, version.billings) == ("E22", 1, ["year:advance", "month:advance"])
    tried = marcus.get(f"{AT}/gold", {"school": oakfield.number})
    assert (tried.status_code, "No pupil count is on record for this school" in text_of(tried)) == (400, True)
    form = marcus.get(f"{AT}/gold/versions/1").content.decode()
    assert "6 places, carry 2\n2.5 consultant days, " not in form and "2.5 consultant days" in form
    marcus.post(f"{AT}/gold/versions/1", TYPED | {"per_pupil": ""})
    tried = text_of(marcus.get(f"{AT}/gold", {"school": oakfield.number}))
    # VAT: training by an unregistered-as-eligible partnership is 20% like the rest.
    assert "Oakfield Primary School, version 1, a whole year: " in tried and "£3,000.00" in tried
    done = text_of(marcus.post(f"{AT}/gold", {"version": "1"}, follow=True))
    assert "Version 1 of Gold is published." in done and "Version drafted" in done
    assert Plan.objects.get().state == "published"
    gone = text_of(marcus.post(f"{AT}/gold", {"do": "withdraw"}, follow=True))
    assert "Gold is withdrawn: nobody takes it any more." in gone


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"includes": "six places"}, "Line 1 must be like"),
        ({"price": "", "phases": "", "per_pupil": ""}, "Enter the price a year"),
        ({"price": "ten"}, "must be a decimal string"),
        ({"phases": "upper: 4"}, "must be like secondary: 4000"),
        ({"apportionment": "training: 60"}, "two or more and add up to 100"),
        ({"billings": []}, "Choose at least one way to pay"),
        ({"rule": '{"rate": "9", "per": "staff"}'}, "not on: staff"),
        ({"rule": "{"}, "must be JSON"),
        ({"valid_from": "31/2/27"}, "must be a real date"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    marcus: Client, actor: Actor, typed: dict[str, object], words: str
) -> None:
    marcus.post(f"{AT}/new", {"title": "Gold", "code": "gold", "position": "1"})
    answer = marcus.post(f"{AT}/gold/versions/new", TYPED | typed)
    assert answer.status_code == 400
    assert words in text_of(answer) and "BAE280" in answer.content.decode()
    assert not PlanVersion.objects.exists()


def test_a_code_that_is_taken_is_refused(marcus: Client) -> None:
    for status in (302, 400):
        assert marcus.post(f"{AT}/new", {"title": "Gold", "code": "gold", "position": "1"}).status_code == status
    assert Plan.objects.count() == 1


def test_the_officer_and_the_auditor_read_and_change_nothing(
    priya: Client, edith: Client, amira: Client, actor: Actor
) -> None:
    published_level(actor, "gold", "2000")
    for reader in (priya, edith):
        assert "Gold" in text_of(reader.get(AT))
        assert "Withdraw" not in text_of(reader.get(f"{AT}/gold"))
        assert reader.post(f"{AT}/gold", {"do": "withdraw"}).status_code == 403
        assert reader.get(f"{AT}/gold/versions/new").status_code == 403
    assert amira.get(AT).status_code == 404
    assert Plan.objects.get().state == "published"


def test_subscribers_are_listed_with_the_sum_of_all_and_as_csv(
    priya: Client, actor: Actor, oakfield: Organisation, council: Organisation
) -> None:
    silver = published_level(actor, "silver", "1200", [places(4)])
    gold = published_level(actor, "gold", "2000", [off("Leadership", "10")], position=2)
    for school, version in ((oakfield, gold), (council, silver)):
        subscribe(
            organisation=school, version=version, starts=date(2026, 9, 1), on=TODAY, actor=buyer(school),
            prepare=school == council,
        )  # fmt: skip
    page = text_of(priya.get("/finance/subscribers"))
    assert "2 subscriptions" in page and "£3,840.00 with VAT over the whole terms" in page
    only = text_of(priya.get("/finance/subscribers", {"level": "gold"}))
    assert (
        "Oakfield Primary School" in only and "Tidewell Borough" not in only and "Total of all 1 subscription" in only
    )
    rows = priya.get("/finance/subscribers", {"state": "offered", "format": "csv"}).content.decode().splitlines()
    assert len(rows) == 2 and rows[1].endswith("1440.00")
    assert "match these filters" in text_of(priya.get("/finance/subscribers", {"state": "suspended"}))
    assert "1 school has a level today" in text_of(priya.get(AT))


def test_the_list_costs_as_many_queries_for_many_subscribers(
    priya: Client, actor: Actor, oakfield: Organisation, council: Organisation, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    gold = published_level(actor, "gold", "2000")
    subscribe(organisation=oakfield, version=gold, starts=TODAY, on=TODAY, actor=buyer(oakfield))
    with django_assert_max_num_queries(60) as first:
        priya.get("/finance/subscribers")
    subscribe(organisation=council, version=gold, starts=TODAY, on=TODAY, actor=buyer(council))
    with django_assert_max_num_queries(len(first)):
        priya.get("/finance/subscribers")
