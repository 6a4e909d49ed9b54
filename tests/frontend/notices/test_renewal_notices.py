"""E-mails about services that end: by when to give notice, what is offered, and nothing once it is decided."""

from collections.abc import Callable
from datetime import date

import pytest

from marketplace.core.actors import Actor
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from subscriptions.renewals.preparing import next_term
from subscriptions.services import give_notice, prepare_renewal, remind_due
from tests.subscriptions.renewals.agreed import agreed

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]
NEAR, END = date(2026, 11, 12), date(2027, 3, 20)


def test_who_buys_is_told_once_by_when_to_give_notice(
    school: Organisation, sam: Actor, actor: Actor, post: Post
) -> None:
    agreed(school)
    assert [remind_due(on=NEAR, actor=actor) for _ in range(2)] == [1, 0]
    [made] = post("renewals")
    assert made.person_id == sam.person_id
    assert made.subject == "Give notice or renew by 7 January 2027: HR advice"
    assert "HR advice ends on 31 March 2027. Renew it, or give notice by 7 January 2027." in " ".join(
        made.plain.split()
    )
    assert f"/school/{school.school.urn}/renewals/2027" in " ".join(made.plain.split())


def test_an_offer_is_named_with_its_sum_and_what_renews_itself_says_so(
    school: Organisation, sam: Actor, actor: Actor, post: Post
) -> None:
    one = agreed(school, renewal="automatic")
    prepare_renewal(agreement=one, term=next_term(one), on=NEAR, actor=actor)
    remind_due(on=NEAR, actor=actor)
    remind_due(on=END, actor=actor)
    first, last = post("renewals")
    assert "is renewed by itself, unless you give notice by 7 January 2027" in " ".join(
        first.plain.split()
    ) and "£1,440.00" in " ".join(first.plain.split())
    assert last.subject == "Ends on 31 March 2027: HR advice"
    assert "A renewal is offered and waits for your answer." in " ".join(last.plain.split())


def test_what_was_decided_before_the_mail_left_is_told_to_nobody(
    school: Organisation, sam: Actor, actor: Actor, post: Post
) -> None:
    one = agreed(school)
    remind_due(on=NEAR, actor=actor)
    give_notice(agreement=one, on=NEAR, actor=sam)
    assert post("renewals") == []
