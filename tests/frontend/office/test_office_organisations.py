"""The administrator finds organisations and decides how a school is billed; nobody else is told the pages exist."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.services.billing_class import decide_billing_class
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person, schools

pytestmark = pytest.mark.django_db


@pytest.fixture
def bea(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Bea Administrator", role=Role.ADMINISTRATOR)


@pytest.fixture
def as_bea(bea: Actor) -> Client:
    return signed_in(bea)


@pytest.fixture
def odd(partnership: Organisation, actor: Actor, tmp_path: Any) -> School:
    """A school of a type that is in no list."""
    odd_type = {"TypeOfEstablishment (code)": "99", "TypeOfEstablishment (name)": "Something new"}
    _, found = schools(tmp_path, actor, {}, odd_type | {"EstablishmentName": "Odd College"})
    return found.school


def decide_url(school: School) -> str:
    return f"/office/organisations/{school.urn}/billing-class"


def test_the_decision_waits_on_home_and_is_gone_once_made(as_bea: Client, odd: School) -> None:
    assert "Decide how 1 school is billed" in text_of(as_bea.get("/"))
    done = as_bea.post(decide_url(odd), {"billing_class": "academy", "reason": "funding_agreement"}, follow=True)
    words = text_of(done)
    assert "Odd College is billed as: academy or free school." in words and "No school waits for a decision." in words
    odd.refresh_from_db()
    assert (odd.billing_class, odd.billing_class_decided) == (BillingClass.ACADEMY, True)
    payload = Event.objects.get(kind="school.billing_class_decided").payload
    assert payload == {"before": {"class": "other"}, "after": {"class": "academy"}, "reason": "funding_agreement"}
    assert "billed" not in text_of(as_bea.get("/"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Choose how the school is billed"),
        ({"billing_class": "academy"}, "Choose the reason"),
        ({"billing_class": "other", "reason": "school"}, "must be one of those listed"),
        ({"billing_class": "academy", "reason": "because"}, "must be one of those listed"),
    ],
)
def test_half_a_decision_is_none(as_bea: Client, odd: School, given: dict[str, str], said: str) -> None:
    refused = as_bea.post(decide_url(odd), given)
    assert refused.status_code == 400 and said in text_of(refused)
    odd.refresh_from_db()
    assert not odd.billing_class_decided and not Event.objects.filter(kind="school.billing_class_decided").exists()


def test_organisations_are_found_by_name_urn_and_kind(as_bea: Client, odd: School) -> None:
    everything = text_of(as_bea.get("/office/organisations"))
    assert "Odd College" in everything and "Oakfield Primary School" in everything and "Tidewell" in everything
    found = text_of(as_bea.get(f"/office/organisations?q={odd.urn}"))
    assert "Odd College" in found and "Oakfield" not in found and "1 organisation" in found
    assert "No organisation matches what you chose." in text_of(as_bea.get("/office/organisations?q=zeppelin"))
    only = text_of(as_bea.get("/office/organisations?show=undecided"))
    assert "Odd College" in only and "Oakfield" not in only


@pytest.mark.parametrize("role", [Role.FINANCE_MANAGER, Role.AUDITOR, Role.ORGANISER, Role.BUYER])
def test_nobody_else_is_told_anything(odd: School, partnership: Organisation, actor: Actor, role: Role) -> None:
    other = signed_in(person(partnership, actor, name="Otto Other", role=role))
    assert other.get("/office/organisations").status_code == 404
    assert other.get(decide_url(odd)).status_code == 404
    assert other.post(decide_url(odd), {"billing_class": "academy", "reason": "school"}).status_code == 404
    assert Client().get("/office/organisations").status_code == 302
    odd.refresh_from_db()
    assert not odd.billing_class_decided


def test_the_service_refuses_by_itself(odd: School, bea: Actor, partnership: Organisation, actor: Actor) -> None:
    buyer = person(partnership, actor, name="Sam Buyer")
    with pytest.raises(NotAllowed):
        decide_billing_class(school=odd, billing_class=BillingClass.ACADEMY, reason="school", actor=buyer)
    with pytest.raises(WrongInput):
        decide_billing_class(school=odd, billing_class=BillingClass.OTHER, reason="school", actor=bea)
    with pytest.raises(WrongInput):
        decide_billing_class(school=odd, billing_class=BillingClass.ACADEMY, reason="a whim", actor=bea)
    odd.refresh_from_db()
    assert odd.billing_class == BillingClass.OTHER and not odd.billing_class_decided


def test_the_list_costs_the_same_queries_for_few_and_many(
    as_bea: Client, odd: School, actor: Actor, tmp_path: Any
) -> None:
    def cost(action: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            action()
        return len(seen)

    few = cost(lambda: as_bea.get("/office/organisations"))
    schools(tmp_path, actor, *({"EstablishmentName": f"School {number}"} for number in range(10)))
    assert cost(lambda: as_bea.get("/office/organisations")) == few
