"""E-mails about returns: to who decides, to who sent it, to the partnership when it is late; to nobody of the wrong side."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from marketplace.core import outbox
from marketplace.core.actors import platform
from marketplace.core.models import Delivery
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation, Person
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.claiming import name_deputy
from subscriptions.outcomes.services.watching import escalate_due, remind_due
from tests.subscriptions.outcomes import claims
from tests.subscriptions.outcomes.claims import Cast, accepted, hub_contract, item, rejected, submitted

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]


@pytest.fixture
def post() -> Post:
    """Delivers every event, then returns the messages about a topic."""

    def deliver(topic: str) -> list[Message]:
        Delivery.objects.update(next_at=timezone.now())
        while outbox.deliver():
            pass
        ours = Delivery.objects.filter(handler__startswith="notices.return").exclude(last_error="")
        assert list(ours.values_list("handler", "last_error")) == []
        return list(Message.objects.filter(topic=topic).order_by("pk"))

    return deliver


def readers(messages: list[Message]) -> list[str]:
    return sorted(one.to.split(".")[0] for one in messages)


def test_a_return_that_waits_is_told_to_those_who_may_decide(contract: OutcomeContract, cast: Cast, post: Post) -> None:
    submitted(cast, contract)
    found = post("deciding")
    assert readers(found) == ["vera", "vic"]
    assert found[0].subject == "Decide on a return due 31 January 2027: Autumn outputs, £2,800.00"
    assert f"/verify/{contract.number}/autumn/1" in found[0].plain
    assert "40" not in found[0].plain.replace("£2,800.00", ""), "what was claimed stands on the page alone"


def test_where_a_verifier_is_named_only_they_are_told(cast: Cast, post: Post) -> None:
    submitted(cast, hub_contract(cast, measures=claims.measures(verifier=cast.moor)))
    assert readers(post("deciding")) == ["vera"]


def test_where_the_council_pays_its_commissioner_is_told(cast: Cast, council: Organisation, post: Post) -> None:
    contract = claims.council_contract(cast, council)
    submitted(Cast(**{**vars(cast), "lead": cast.organiser}), contract)
    assert readers(post("deciding")) == ["cora"]


def test_who_sent_it_is_told_what_was_decided_and_not_why(contract: OutcomeContract, cast: Cast, post: Post) -> None:
    rejected(cast, contract)
    [told] = post("returns")
    assert (told.to.split(".")[0], "unsigned" in told.plain) == ("lena", False)
    assert told.subject.startswith("Send it again due 8 February 2027: Autumn outputs")


def test_accepted_too(contract: OutcomeContract, cast: Cast, post: Post) -> None:
    accepted(cast, contract)
    [told] = post("returns")
    assert told.subject.startswith("Read what was accepted")


def test_what_falls_due_is_told_to_the_lead_and_the_deputy(contract: OutcomeContract, cast: Cast, post: Post) -> None:
    tom = Person.objects.get(pk=cast.teacher.person_id)
    name_deputy(contract=contract, person=tom, valid_from=claims.BEGIN, on=claims.BEGIN, actor=cast.lead)
    remind_due(on=date(2027, 1, 20), actor=platform("test"))
    assert readers(post("returns")) == ["lena", "tom"]
    remind_due(on=date(2027, 1, 21), actor=platform("test"))
    assert len(post("returns")) == 2


def test_a_late_decision_is_told_to_the_partnership_too(contract: OutcomeContract, cast: Cast, post: Post) -> None:
    submitted(cast, contract)
    before = len(post("deciding"))
    escalate_due(on=date(2027, 2, 1), actor=platform("test"))
    found = post("deciding")[before:]
    assert readers(found) == ["olu", "vera", "vic"]
    assert all(one.subject.startswith("Overdue") for one in found)
    assert item(contract).state == "submitted"
