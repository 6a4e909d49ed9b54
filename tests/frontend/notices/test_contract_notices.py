"""E-mails of notice dates: to who looks after the contract, else to everybody who buys; to nobody once it is decided."""

from collections.abc import Callable
from datetime import date

import pytest

from marketplace.core.actors import Actor
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation, Person
from subscriptions.services import announce_notices, decide_notice
from tests.shop import person
from tests.subscriptions.register.held import held

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]
NEAR = date(2026, 12, 1)


def test_everybody_who_buys_is_told_once_for_each_of_the_two_days(
    school: Organisation, sam: Actor, actor: Actor, post: Post
) -> None:
    held(school, sam)
    announce_notices(on=NEAR, actor=actor)
    announce_notices(on=NEAR, actor=actor)
    [made] = post("contracts")
    assert made.person_id == sam.person_id
    assert made.subject == "Give notice by 7 January 2027, or keep it: Cleaning, £14,200.00 a year"
    assert "Cleaning by Sparkle Ltd, which Oakfield Primary School has" in made.plain and "in 37 days." in made.plain
    announce_notices(on=date(2026, 12, 30), actor=actor)
    assert len(post("contracts")) == 2


def test_who_looks_after_it_is_told_alone(school: Organisation, sam: Actor, actor: Actor, post: Post) -> None:
    pat = person(school, actor, name="Pat Premises")
    held(school, sam, owner=Person.objects.get(pk=pat.person_id))
    announce_notices(on=NEAR, actor=actor)
    assert [made.person_id for made in post("contracts")] == [pat.person_id]


def test_what_was_decided_before_the_mail_left_is_told_to_nobody(
    school: Organisation, sam: Actor, actor: Actor, post: Post
) -> None:
    one = held(school, sam)
    announce_notices(on=NEAR, actor=actor)
    decide_notice(contract=one, decision="keep", on=NEAR, actor=sam)
    assert post("contracts") == []
