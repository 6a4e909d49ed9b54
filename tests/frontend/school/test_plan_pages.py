"""The school's pages about subscription levels: compared at its own price, taken, prepared for an approver."""

import pytest
from django.test import Client

from invoicing.receivables.models import Charge
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from subscriptions.models import Agreement, PlanVersion
from tests.frontend.school.visits import hidden_fields, signed_in, text_of
from tests.shop import person
from tests.subscriptions.plans.levels import off, places, published_level

pytestmark = pytest.mark.django_db
BY_PUPILS = {"sum": [{"flat": "500"}, {"rate": "1", "per": "pupils"}]}


@pytest.fixture
def silver(school: Organisation, actor: Actor) -> PlanVersion:
    return published_level(actor, "silver", BY_PUPILS, [places(4)])


@pytest.fixture
def gold(school: Organisation, actor: Actor) -> PlanVersion:
    includes = [places(6), off("Leadership", "10")]
    ways = ["year:advance", "month:advance"]
    return published_level(actor, "gold", "2000", includes, position=2, billings=ways, notice_weeks=12)


def test_the_levels_stand_side_by_side_at_the_schools_own_price(
    as_sam: Client, base: str, silver: PlanVersion, gold: PlanVersion
) -> None:
    page = text_of(as_sam.get(f"{base}/subscription"))
    assert "has no subscription level" in page
    assert "A year, before VAT £912.00 £2,000.00 With VAT £1,094.40 £2,400.00" in page
    assert "Places on courses 4 6 Off Leadership – 10%" in page
    assert "412 pupils" in page and "Take Silver" in page and "Take Gold" in page


def test_taking_a_level_shows_the_sum_and_then_charges_it(
    as_sam: Client, base: str, school: Organisation, gold: PlanVersion
) -> None:
    shown = as_sam.get(f"{base}/subscription/gold")
    assert "Take Gold: pay £2,000.00 + VAT £400.00 = £2,400.00 now" in text_of(shown)
    assert not Agreement.objects.exists()
    done = text_of(as_sam.post(f"{base}/subscription/gold", hidden_fields(shown), follow=True))
    assert "You have Gold from 1 September 2026" in done
    assert "6 of 6 Gold places" in done and "You have this" in done
    assert Charge.objects.get().net_pence == 200000


def test_monthly_payments_are_listed_before_one_decides(as_sam: Client, base: str, gold: PlanVersion) -> None:
    asked = {"starts_day": "1", "starts_month": "2", "starts_year": "2027", "billing": "month:advance"}
    page = text_of(as_sam.get(f"{base}/subscription/gold", asked))
    assert "What is left of this year: 1 February 2027 to 31 August 2027" in page
    assert "Before VAT £1,166.67" in page
    assert "Take Gold: £1,400.00 over the term, nothing to pay now" in page
    assert page.count("£166.67") + page.count("£166.66") == 7


def test_a_wrong_day_is_said_in_words_and_nothing_is_taken(as_sam: Client, base: str, gold: PlanVersion) -> None:
    wrong = {"starts_day": "31", "starts_month": "2", "starts_year": "2027", "billing": "year:advance", "expected": "1"}
    answer = as_sam.post(f"{base}/subscription/gold", wrong)
    assert (answer.status_code, "must be a real date" in text_of(answer)) == (400, True)
    moved = as_sam.post(f"{base}/subscription/gold", wrong | {"starts_day": "1"})
    assert moved.status_code == 409
    assert "It now costs £1,400.00 over the term, not £0.01. Nothing is agreed." in text_of(moved)
    assert not Agreement.objects.exists()


def test_over_ones_limit_the_page_names_who_may_and_prepares_it(
    base: str, school: Organisation, actor: Actor, gold: PlanVersion
) -> None:
    small = signed_in(person(school, actor, name="Lim Ited", limit=50_000))
    assert "£1,900.00 over your limit of £500.00, and nobody" in text_of(small.get(f"{base}/subscription/gold"))
    head = person(school, actor, name="Hanna Head", role=Role.APPROVER)
    shown = small.get(f"{base}/subscription/gold")
    assert "so Hanna Head may accept it" in text_of(shown)
    done = text_of(small.post(f"{base}/subscription/gold", hidden_fields(shown), follow=True))
    assert "Gold is prepared. It runs once an approver" in done and "Waits to be accepted" in done
    made = Agreement.objects.get()
    assert (made.state, Charge.objects.exists()) == ("offered", False)
    assert "Look at it and decide" in text_of(signed_in(head).get(f"{base}/subscription"))


def test_who_posts_over_their_limit_all_the_same_is_refused(
    base: str, school: Organisation, actor: Actor, gold: PlanVersion
) -> None:
    small = signed_in(person(school, actor, name="Lim Ited", limit=50_000))
    shown = hidden_fields(small.get(f"{base}/subscription/silver"))
    sent = {"starts_day": "1", "starts_month": "9", "starts_year": "2026", "billing": "year:advance"}
    answer = small.post(f"{base}/subscription/gold", sent | {"expected": "240000", "do": "take"})
    assert shown == {} and answer.status_code == 409
    assert "£1,900.00 over your limit" in text_of(answer)
    assert not Agreement.objects.exists()


def test_another_school_sees_and_takes_nothing(as_outsider: Client, base: str, gold: PlanVersion) -> None:
    assert as_outsider.get(f"{base}/subscription").status_code == 404
    assert as_outsider.post(f"{base}/subscription/gold", {}).status_code == 404
    assert Client().get(f"{base}/subscription").status_code == 302


def test_without_levels_the_page_says_so(as_sam: Client, base: str) -> None:
    assert "No subscription levels are offered" in text_of(as_sam.get(f"{base}/subscription"))
    assert as_sam.get(f"{base}/subscription/gold").status_code == 404
