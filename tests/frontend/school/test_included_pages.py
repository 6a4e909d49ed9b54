"""What a subscription includes on the pages of a school and of finance, on home, by e-mail, and which level would do."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.test import Client

from frontend.buying import buyer_of
from frontend.included_words import left_sentence
from frontend.notices.included import allowance_lapses_soon
from frontend.school.included_waits import waits_for
from marketplace.core.actors import Role
from marketplace.core.models import Event
from marketplace.messaging.models import Message
from subscriptions.allowances.duties import announce_lapses
from subscriptions.models import Allowance
from subscriptions.services import expire_allowances, grant_allowance, release_included, reserve_places
from tests.frontend.finance.test_finance_journals import text_of
from tests.frontend.school.conftest import ON
from tests.frontend.school.visits import signed_in
from tests.shop import person

pytestmark = pytest.mark.django_db
SOON = date(2026, 10, 1)


def granted(school, actor, **more) -> Allowance:
    given = {"source_key": "gold", "name": "Gold", "places": 6, "valid_from": ON, "valid_to": date(2027, 9, 1)} | more
    return grant_allowance(organisation=school, actor=actor, on=ON, **given)


@pytest.fixture
def gold(school, actor) -> Allowance:
    return granted(school, actor)


@pytest.fixture
def morgan(partnership, actor) -> Client:
    """Our finance manager."""
    return signed_in(person(partnership, actor, name="Morgan Hale", role=Role.FINANCE_MANAGER))


@pytest.fixture
def edith(partnership, actor) -> Client:
    """The auditor."""
    return signed_in(person(partnership, actor, name="Edith Marlow", role=Role.AUDITOR))


def cells(response) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(response.content.decode().removeprefix("\ufeff"))))


def test_a_school_sees_what_is_left_and_what_each_was_used_for(gold, school, base, as_sam, as_outsider, buying, course):
    buying.add(course, 2)
    order = buying.order()
    page = as_sam.get(f"{base}/places-left")
    said = text_of(page)
    assert "4 of 6 Gold places are left until 31 August 2027." in said
    assert "Gold Places 1 Sep 2026 to 31 Aug 2027 6 0 2 0 0 4" in said
    assert f"1 Sep 2026 Kept {course.title}" in said
    assert f"{base}/orders/{order.number}" in page.content.decode()
    assert as_outsider.get(f"{base}/places-left").status_code == 404


def test_the_entries_of_one_allowance_are_chosen_and_saved_as_a_file(gold, school, actor, base, as_sam):
    days = granted(school, actor, source_key="days", name="Silver", places=5, unit="half_day")
    reserve_places(source_key="visit:1", allowance_id=days.pk, places=3, label="Review of phonics", on=ON)
    release_included(source_key="visit:1", places=1, on=ON)
    said = text_of(as_sam.get(f"{base}/places-left", {"of": days.pk}))
    assert "1½ of 2½ Silver days are left until 31 August 2027." in said
    assert "Came back Review of phonics ½ 1½" in said and "Kept Review of phonics 1½ 1" in said
    rows = cells(as_sam.get(f"{base}/places-left", {"of": days.pk, "format": "csv"}))
    assert [(row["what"], row["units"], row["left_afterwards"]) for row in rows] == [
        ("Came back", "1", "3"), ("Kept", "3", "2"), ("Granted", "5", "5"),
    ]  # fmt: skip


def test_without_a_subscription_the_page_says_so(base, as_sam):
    assert "No subscription of Oakfield Primary School includes places" in text_of(as_sam.get(f"{base}/places-left"))


def test_one_half_day_is_said_in_the_singular(school, actor):
    assert left_sentence(granted(school, actor, source_key="d", places=1, unit="half_day")) == (
        "½ of ½ Gold day is left until 31 August 2027."
    )


def test_what_lapses_waits_on_home_and_is_told_by_e_mail_once(school, actor, sam, as_sam, gold):
    soon = granted(
        school, actor, source_key="soon", name="Silver", places=3, valid_from=date(2026, 1, 1), valid_to=SOON
    )
    [wait] = waits_for(sam, [buyer_of(school)], ON)
    assert (wait["text"], wait["due"]) == ("Use 3 Silver places", date(2026, 9, 30))
    assert "Use 3 Silver places by 30 September 2026" in text_of(as_sam.get("/"))
    assert announce_lapses(on=ON, actor=actor) == 1
    allowance_lapses_soon(Event.objects.get(kind="allowance.lapses_soon"))
    message = Message.objects.get()
    assert message.subject == "3 Silver places lapse on 30 September 2026"
    assert "3 of 3 Silver places are left until 30 September 2026." in message.plain
    reserve_places(source_key="all", allowance_id=soon.pk, places=3, label="Course", on=ON)
    assert waits_for(sam, [buyer_of(school)], ON) == []


def test_nobody_is_written_to_about_what_is_used_up_meanwhile(school, actor, sam):
    soon = granted(school, actor, source_key="soon", valid_from=date(2026, 1, 1), valid_to=SOON)
    announce_lapses(on=ON, actor=actor)
    reserve_places(source_key="all", allowance_id=soon.pk, places=6, label="Course", on=ON)
    allowance_lapses_soon(Event.objects.get(kind="allowance.lapses_soon"))
    assert not Message.objects.exists()


def test_a_manager_grants_days_and_corrects_them_with_a_reason(school, morgan, edith):
    here = f"/finance/customers/{school.number}/places"
    sent = {"name": "Gold", "unit": "half_day", "places": "2.5", "first": "1/9/26", "last": "31/8/27", "carry_most": ""}
    assert "Oakfield Primary School has 2½ days from Gold." in text_of(morgan.post(here, sent, follow=True))
    row = Allowance.objects.get()
    assert (row.unit, row.granted, row.valid_to) == ("half_day", 5, date(2027, 9, 1))
    refused = morgan.post(here, sent | {"places": "2.25"})
    assert refused.status_code == 400 and "How many must be whole or half days, like 2.5" in text_of(refused)
    own = f"{here}/{row.pk}"
    fix = {"do": "correct", "granted": "3", "seen": "5", "reason": "Three days were agreed"}
    assert "3 Gold days are granted now." in text_of(morgan.post(own, fix, follow=True))
    assert "Granted Three days were agreed Morgan Hale ½ 3" in text_of(edith.get(own))
    stale = morgan.post(own, fix | {"granted": "4"})
    assert stale.status_code == 400 and "Somebody changed it meanwhile" in text_of(stale)
    assert "Enter the reason" in text_of(morgan.post(own, fix | {"reason": ""}))
    assert edith.post(own, fix).status_code == 403
    row.refresh_from_db()
    assert row.granted == 6


def test_what_was_left_is_carried_over_on_the_page(school, actor, morgan, today):
    old = granted(school, actor, source_key="old", valid_from=date(2025, 9, 1), valid_to=ON, carry_most=2)
    own = f"/finance/customers/{school.number}/places/{old.pk}"
    assert "Carry over" not in text_of(morgan.get(own)).replace("Carry over what", "")
    new = granted(school, actor)
    expire_allowances(on=ON)
    assert "Carry over 2 places" in text_of(morgan.get(own))
    done = morgan.post(own, {"do": "carry", "into": str(new.pk)}, follow=True)
    assert "2 places went over into Gold, 1 Sep 2026 to 31 Aug 2027." in text_of(done)
    new.refresh_from_db()
    assert (new.granted, new.carried_in) == (8, 2)


def test_finance_sees_all_customers_and_what_lapses_within_sixty_days(school, gold, actor, oakfield, edith, as_sam):
    granted(oakfield, actor, source_key="soon", name="Silver", places=4, valid_from=date(2026, 1, 1), valid_to=SOON)
    reserve_places(source_key="one", allowance_id=gold.pk, places=3, label="Course", on=ON)
    page = text_of(edith.get("/finance/included"))
    assert "3 of 10 places kept or used, 30%." in page
    assert page.index("Silver") < page.index("Gold Places")
    rows = cells(edith.get("/finance/included", {"show": "lapsing", "format": "csv"}))
    assert [(row["subscription"], row["left"], row["last_day"]) for row in rows] == [("Silver", "4", "2026-09-30")]
    assert "No allowances match" in text_of(edith.get("/finance/included", {"unit": "download"}))
    assert as_sam.get("/finance/included").status_code == 404


def test_an_allowance_of_another_customer_is_not_found(gold, oakfield, morgan):
    assert morgan.get(f"/finance/customers/{oakfield.number}/places/{gold.pk}").status_code == 404
