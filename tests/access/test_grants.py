"""What a role reaches ends with its dates, with the trust's membership and with the token."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from invoicing.queries import documents_for
from invoicing.services import run_billing
from marketplace.core.actors import Actor, Role
from marketplace.core.models import User
from marketplace.organisations.models import Organisation, Person, RoleAssignment, TrustMembership
from marketplace.organisations.services.people import actor_for, give_role
from tests.access.drawing import PAGE, drawn
from tests.api.calling import Program
from tests.conftest import Charges
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person, trust_with


def test_the_page_of_rights_is_made_from_the_file() -> None:
    assert PAGE.read_text() == drawn(), "run: python -m tests.access.drawing"


@pytest.fixture
def numbers(db: None, oakfield: Organisation, council: Organisation, charges: Charges, actor: Actor) -> dict[int, str]:
    """An invoice of each."""
    on = timezone.localdate() - timedelta(days=3)
    for customer in (oakfield, council):
        charges(customer, 10_000, on=on)
    run_billing(on=on, actor=actor)
    return {one.customer_id: one.number or "" for one in documents_for(actor)}


@pytest.mark.parametrize("role", [Role.BUYER, Role.PROVIDER, Role.COUNCIL_PAYMENTS, Role.AUDITOR])
def test_a_role_that_ended_or_begins_tomorrow_gives_nothing(
    numbers: dict[int, str], oakfield: Organisation, actor: Actor, role: Role
) -> None:
    today = timezone.localdate()
    acts = person(oakfield, actor, role=role, on=today)
    user = User.objects.get(pk=acts.user_id)
    assert documents_for(acts).exists()
    held = RoleAssignment.objects.filter(person_id=acts.person_id)
    for dates in (
        {"valid_from": date(2020, 1, 1), "valid_to": today},
        {"valid_from": today + timedelta(days=1), "valid_to": None},
    ):
        held.update(**dates)
        now = actor_for(user=user, on=today)
        assert now.grants == frozenset() and not documents_for(now).exists()


def test_a_trust_reaches_its_schools_only_while_they_belong(
    partnership: Organisation, actor: Actor, tmp_path: Path
) -> None:
    trust, [academy] = trust_with(tmp_path, actor, "Harbour Academy")
    member = TrustMembership.objects.get(school_id=academy.pk)
    lead = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE, on=timezone.localdate())
    user = User.objects.get(pk=lead.user_id)
    first, last = date(2022, 9, 1), date(2026, 9, 1)
    TrustMembership.objects.filter(pk=member.pk).update(valid_from=first, valid_to=last)
    days = (first - timedelta(days=1), first, last - timedelta(days=1), last)
    reached = [academy.pk in actor_for(user=user, on=day).organisations() for day in days]
    assert reached == [False, True, True, False]


def test_a_token_for_one_organisation_leaves_the_others_out(
    numbers: dict[int, str], oakfield: Organisation, council: Organisation, actor: Actor
) -> None:
    today = timezone.localdate()
    acts = person(oakfield, actor, on=today)
    give_role(
        person=Person.objects.get(pk=acts.person_id), role=Role.COUNCIL_PAYMENTS, organisation=council,
        valid_from=date(2020, 1, 1), actor=actor,
    )  # fmt: skip
    acts = actor_for(user=User.objects.get(pk=acts.user_id), on=today)
    whole, narrow = Program(acts), Program(acts, organisation_id=oakfield.pk)
    assert whole.get(f"/invoices/{numbers[council.pk]}").status_code == 200
    assert narrow.get(f"/invoices/{numbers[oakfield.pk]}").status_code == 200
    assert narrow.get(f"/invoices/{numbers[council.pk]}").status_code == 404


def test_a_token_without_the_scope_is_refused(numbers: dict[int, str], oakfield: Organisation, actor: Actor) -> None:
    acts = person(oakfield, actor, on=timezone.localdate())
    program = Program(acts, scopes=["catalogue:read", "invoices:read"])
    assert program.get(f"/invoices/{numbers[oakfield.pk]}").status_code == 200
    assert program.get("/payments").status_code == 403
    assert program.post("/webhooks", {}).status_code == 403


@pytest.mark.parametrize("role", [Role.PROVIDER, Role.COMMISSIONER, Role.COUNCIL_PAYMENTS])
def test_who_only_reads_invoices_is_led_to_them_and_to_nothing_else(
    numbers: dict[int, str], oakfield: Organisation, actor: Actor, role: Role
) -> None:
    client = signed_in(person(oakfield, actor, role=role, on=timezone.localdate()))
    at = f"/customer/{oakfield.number}"
    assert f'href="{at}/invoices"' in client.get("/").content.decode()
    page = client.get(f"{at}/invoices")
    assert numbers[oakfield.pk] in text_of(page) and "Invoices of Oakfield Primary School" in text_of(page)
    for words in ("/find", "/basket", "/bookings", "/orders"):
        assert f"{at}{words}" not in page.content.decode()
    assert client.get(f"{at}/orders").status_code == 404
