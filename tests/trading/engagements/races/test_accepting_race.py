"""Eight people accept the quotes of one request at one moment: one booking comes of it. The control shows the race."""

import threading
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection

from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.models import Engagement
from marketplace.trading.engagements.requests import ConsultantRequest
from marketplace.trading.engagements.services import request_locks
from marketplace.trading.engagements.services.accepting import accept_quote
from marketplace.trading.engagements.services.asking import ask_consultants
from marketplace.trading.engagements.services.ir35 import Ir35Answer
from marketplace.trading.engagements.services.quoting import Answer, answer_request
from tests.shop import person
from tests.trading.engagements.test_asking import BY, NEED
from tests.trading.engagements.world import ON, consultant_of, provider_of, rate_of

PEOPLE = 4
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def quoted(school: Organisation, actor: Actor) -> tuple[ConsultantRequest, Actor]:
    """Four consultants quoted for one need."""
    sam = person(school, actor, name="Sam Racer", role=Role.BUYER)
    provider = provider_of(actor)
    people = [consultant_of(provider, actor, name=f"Consultant {letter}") for letter in "ABCD"]
    for one in people:
        rate_of(one, audience="other")
    request = ask_consultants(school=school, consultants=people, need=NEED, answer_by=BY, on=ON, actor=sam)
    for quote in request.quotes.all():
        answer_request(quote=quote, answer=Answer(Decimal(2), 2, BY), on=ON, actor=actor)
    return request, sam


def accepted_together(request: ConsultantRequest, sam: Actor) -> Counter[str]:
    ready, told = threading.Barrier(PEOPLE), []

    def one(pk: int, pence: int) -> None:
        quote = request.quotes.get(pk=pk)
        ready.wait()
        try:
            accept_quote(quote=quote, expected_pence=pence, ir35=Ir35Answer(own_company=False), on=ON, actor=sam)
            told.append("agreed")
        except Exception as error:
            told.append(type(error).__name__)
        finally:
            connection.close()

    rows = list(request.quotes.values_list("pk", "gross_pence"))
    threads = [threading.Thread(target=one, args=row) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(told)


def test_one_of_four_quotes_becomes_a_booking(oakfield, actor):
    told = accepted_together(*quoted(oakfield, actor))
    print(f"quotes of one request: {PEOPLE} accepted at once, {Engagement.objects.count()} booked")
    assert told == Counter({"agreed": 1, "RequestClosed": PEOPLE - 1}) and Engagement.objects.count() == 1


def test_control_without_the_lock_the_database_alone_refuses_the_others(oakfield, actor, monkeypatch):
    """The request is read without its lock: all go on to book, and only the unique index stops three of them."""
    monkeypatch.setattr(request_locks, "open_request", lambda pk: ConsultantRequest.objects.get(pk=pk))
    told = accepted_together(*quoted(oakfield, actor))
    print(f"quotes of one request, control: {dict(told)}")
    assert told["agreed"] == 1 and told["RequestClosed"] == 0 and Engagement.objects.count() == 1
