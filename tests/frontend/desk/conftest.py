"""Monday 15 June 2026 at 9am: a school with payroll and a promise, and the desk that answers."""

from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client

from marketplace.core.actors import Actor, Role
from marketplace.core.models import User
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from subscriptions.desk.rules.promises import Priority, Promise
from subscriptions.models import AgreementLine
from subscriptions.services import set_desk_hours
from tests.shop import person
from tests.subscriptions.agreements.terms import agreed
from tests.subscriptions.agreements.terms import line as line_terms


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 6, 15, 9, 0, tzinfo=LONDON), tick=False) as travelled:
        yield travelled


@pytest.fixture
def payroll(oakfield: Organisation, actor: Actor) -> AgreementLine:
    set_desk_hours(
        weekdays=range(5), opens=time(8, 30), closes=time(16, 30), valid_from=date(2026, 1, 1), on=date(2026, 1, 1),
        promises=[Promise(Priority.P2, 60, 480, Decimal(10))], actor=actor,
    )  # fmt: skip
    return agreed(oakfield, line_terms(120_000), actor=actor).lines.get()


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def sam_acts(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor, on=date(2026, 1, 1))


@pytest.fixture
def sam(sam_acts: Actor) -> Client:
    return signed_in(sam_acts)


@pytest.fixture
def olga_acts(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER, on=date(2026, 1, 1))


@pytest.fixture
def olga(olga_acts: Actor) -> Client:
    return signed_in(olga_acts)


@pytest.fixture
def fay(partnership: Organisation, actor: Actor) -> Client:
    return signed_in(person(partnership, actor, name="Fay Finance", role=Role.FINANCE_OFFICER, on=date(2026, 1, 1)))


@pytest.fixture
def mo(partnership: Organisation, actor: Actor) -> Client:
    return signed_in(person(partnership, actor, name="Mo Manager", role=Role.FINANCE_MANAGER, on=date(2026, 1, 1)))


@pytest.fixture
def outsider(council: Organisation, actor: Actor) -> Client:
    return signed_in(person(council, actor, name="Other Buyer", on=date(2026, 1, 1)))
