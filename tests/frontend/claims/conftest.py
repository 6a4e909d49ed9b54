"""Monday 11 January 2027 at 9am: a hub in its first year, its lead, and those who verify."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from marketplace.core.actors import Actor
from marketplace.core.models import User
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from subscriptions.outcomes.models import OutcomeContract
from tests.subscriptions.outcomes.claims import Cast, cast_of, hub_contract

Login = Callable[[Actor], Client]


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2027, 1, 11, 9, 0, tzinfo=LONDON), tick=False) as travelled:
        yield travelled


@pytest.fixture
def cast(partnership: Organisation, actor: Actor) -> Cast:
    return cast_of(partnership, actor)


@pytest.fixture
def contract(cast: Cast) -> OutcomeContract:
    return hub_contract(cast)


@pytest.fixture
def sign_in() -> Login:
    def client(actor: Actor) -> Client:
        made = Client()
        made.force_login(User.objects.get(pk=actor.user_id))
        return made

    return client


def text_of(response: Any) -> str:
    """What a page says, without its markup."""
    plain = re.sub(r"<script.*?</script>|<[^>]+>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+([.,;])", r"\1", " ".join(unescape(plain).split()))
