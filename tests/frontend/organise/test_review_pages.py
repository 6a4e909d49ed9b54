"""An organiser keeps a round of peer review on pages, finance settles it; the register of support says what it comes to."""

from datetime import date

import pytest
import time_machine

from invoicing.models import Charge
from marketplace.core.actors import Role
from marketplace.trading.models import ReviewRound, SupportEntry
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person, schools

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(ON, tick=True):
        yield


@pytest.fixture
def organiser(partnership, actor):
    return signed_in(person(partnership, actor, name="Olive Organiser", role=Role.ORGANISER))


def test_a_round_is_opened_filled_and_settled(partnership, tmp_path, actor, organiser):
    one, other = schools(tmp_path, actor, {}, {"EstablishmentName": "Birch Vale"})
    made = organiser.post("/organise/reviews", {"title": "Autumn reviews", "day_pence": "350"})
    here = made["Location"]
    day = {"do": "add", "giver": one.name, "receiver": "birch vale", "held_on": "14/10/26", "days": "2"}
    assert organiser.post(here, day).status_code == 302
    page = text_of(organiser.get(here))
    assert "Settle £700.00" in page and other.name in page
    manager = signed_in(person(partnership, actor, name="Mo Manager", role=Role.FINANCE_MANAGER))
    stale = manager.post(here, {"do": "settle", "expected": "100"})
    assert stale.status_code == 400 and "Nothing was charged" in text_of(stale)
    assert not Charge.objects.exists()
    manager.post(here, {"do": "settle", "expected": "70000"})
    assert Charge.objects.get().net_pence == 700_00
    assert "Settled on 2 November 2026" in text_of(organiser.get(here))
    refused = organiser.post(here, day)
    assert refused.status_code == 400 and "Open a new round instead" in text_of(refused)


def test_what_is_typed_wrong_is_named(partnership, organiser):
    refused = organiser.post("/organise/reviews", {"title": "", "day_pence": "x"})
    assert refused.status_code == 400 and "Enter the title" in text_of(refused)
    assert not ReviewRound.objects.exists()


def test_the_register_adds_up_what_is_free(partnership, council, organiser, oakfield):
    given = {
        "kind": "secondment", "giver": council.name, "receiver": partnership.name, "what": "An adviser",
        "days_a_week": "2", "year_pence": "28,000", "first": "1/4/26", "last": "31/3/27",
    }  # fmt: skip
    assert organiser.post("/organise/support", given).status_code == 302
    page = text_of(organiser.get("/organise/support"))
    assert "comes to £28,000.00 in April 2026 to March 2027" in page and "2 days a week" in page
    refused = organiser.post("/organise/support", given | {"paid": "on"})
    assert refused.status_code == 400 and "Only what we give is charged" in text_of(refused)
    assert SupportEntry.objects.count() == 1 and not Charge.objects.exists()


def test_others_find_nothing_and_the_auditor_only_looks(partnership, oakfield, actor):
    school = signed_in(person(oakfield, actor))
    assert school.get("/organise/reviews").status_code == school.get("/organise/support").status_code == 404
    auditor = signed_in(person(partnership, actor, name="Ada Auditor", role=Role.AUDITOR))
    assert auditor.get("/organise/reviews").status_code == 200
    assert auditor.post("/organise/reviews", {"title": "Mine", "day_pence": "1"}).status_code == 403
