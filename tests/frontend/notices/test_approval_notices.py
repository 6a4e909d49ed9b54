"""An order that needs approval: who may decide is asked, a governor by a link that nothing keeps, and the asker told."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import Offer
from marketplace.core.actors import Actor, Role
from marketplace.core.models import Event
from marketplace.messaging.models import Message
from marketplace.messaging.services import send_waiting
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.delegation import name_deputy, set_approval_rule
from marketplace.trading.models import ApprovalLink, Order
from marketplace.trading.queries import approval_for
from marketplace.trading.services import Answer, ask_approval, check_basket, decide, remind, withdraw
from tests.frontend.school.conftest import Buying
from tests.messaging import failing
from tests.shop import person, trust_with

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]
ON = date(2026, 9, 1)
SENTENCE = "Safeguarding for new leaders, 24 March 2027, Tidewell"


@pytest.fixture(autouse=True)
def server(settings: Any) -> Iterator[None]:
    settings.EMAIL_BACKEND = "tests.messaging.failing.Backend"
    for kept in (failing.SAID, failing.TAKEN, failing.TRIED):
        kept.clear()  # type: ignore[attr-defined]
    yield


@pytest.fixture
def jamie(school: Organisation, actor: Actor) -> Actor:
    """A buyer with a limit of £50.00."""
    return person(school, actor, name="Jamie Pell", limit=5_000)


@pytest.fixture
def ruth(school: Organisation, actor: Actor) -> Actor:
    return person(school, actor, name="Ruth Head", role=Role.APPROVER)


def asked(buying: Buying, course: Offer, school: Organisation, by: Actor) -> Order:
    basket = buying.add(course, 2, by=by).basket
    seen = check_basket(basket=basket, on=ON, actor=by).total.gross.pence
    return ask_approval(basket=basket, purchase_order="", expected_pence=seen, on=ON, actor=by)


def governor(school: Organisation, actor: Actor) -> None:
    set_approval_rule(
        organisation=school, from_pence=10_000, valid_from=date(2026, 1, 1), actor=actor,
        email="chair@oakfield-governors.example", title="the chair of governors",
    )  # fmt: skip


def test_those_who_may_decide_are_asked_and_nobody_else(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, jamie: Actor, ruth: Actor, post: Post
) -> None:
    person(school, actor, name="Low Limit", role=Role.APPROVER, limit=10_000)
    order = asked(buying, course, school, jamie)
    [made] = post("approvals")
    until = approval_for(actor, order.number).kept_until
    assert made.person_id == ruth.person_id and made.stop_token == ""
    assert made.subject == f"Approve by {until:%-d %B %Y}: {SENTENCE} for {school.name}, £280.00"
    assert "Asked for by: Jamie Pell" in made.plain
    assert f"/school/{school.school.urn}/approvals/{order.number}" in made.plain
    assert post("orders") == [], "nothing is ordered yet"


def test_a_governor_gets_a_link_that_works_once_and_is_kept_nowhere(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, jamie: Actor, post: Post
) -> None:
    governor(school, actor)
    order = asked(buying, course, school, jamie)
    [made] = post("approvals")
    assert (made.to, made.person_id) == ("chair@oakfield-governors.example", None)
    assert "named you as the chair of governors" in " ".join(made.plain.split())
    assert not ApprovalLink.objects.exists(), "made when it leaves, not before"
    Message.objects.exclude(pk=made.pk).delete()
    Message.objects.update(next_at=timezone.now())
    assert send_waiting() == 1
    [mail] = failing.TAKEN
    [token] = re.findall(r"/decide/([\w-]+)", mail.body)
    made.refresh_from_db()
    kept = made.plain + made.html + "".join(str(event.payload) for event in Event.objects.all())
    assert token not in kept and ApprovalLink.objects.count() == 1
    answer = Client().get(f"/decide/{token}")
    assert answer.status_code == 200 and order.number in answer.content.decode()


def test_a_question_that_was_answered_meanwhile_does_not_leave(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, jamie: Actor, post: Post
) -> None:
    governor(school, actor)
    order = asked(buying, course, school, jamie)
    [made] = post("approvals")
    withdraw(approval=approval_for(actor, order.number), on=ON, actor=jamie)
    Message.objects.update(next_at=timezone.now())
    send_waiting()
    made.refresh_from_db()
    assert (made.state, failing.TAKEN) == ("dropped", []) and not ApprovalLink.objects.exists()


def test_a_reminder_is_another_message(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, jamie: Actor, ruth: Actor, post: Post
) -> None:
    order = asked(buying, course, school, jamie)
    assert len(post("approvals")) == 1
    remind(approval=approval_for(actor, order.number), at=timezone.now() + timedelta(days=2), actor=jamie)
    first, second = post("approvals")
    assert "A reminder" in second.plain and "A reminder" not in first.plain


@pytest.mark.parametrize(("answer", "word"), [(Answer.APPROVE, "Approved"), (Answer.DECLINE, "Not approved")])
def test_the_asker_is_told_once_and_not_why(
    buying: Buying, course: Offer, school: Organisation, actor: Actor, jamie: Actor, ruth: Actor, post: Post,
    answer: Answer, word: str,
) -> None:  # fmt: skip
    order = asked(buying, course, school, jamie)
    decide(approval=approval_for(actor, order.number), answer=answer, on=ON, actor=ruth, reason="Ask Mrs Secret first")
    [made] = post("decisions")
    assert made.person_id == jamie.person_id
    assert made.subject == f"{word} on 1 September 2026: {SENTENCE} for {school.name}, £280.00"
    assert "Secret" not in made.plain + made.html
    assert [one for one in post("orders") if one.person_id] == [], "the decision has told it"


def test_the_deputy_of_the_trusts_finance_is_asked_about_a_school(
    buying: Buying, course: Offer, actor: Actor, tmp_path: Any, post: Post
) -> None:
    trust, [academy] = trust_with(tmp_path, actor, "Harbour Academy")
    tess = person(trust, actor, name="Tess Trust", role=Role.TRUST_FINANCE)
    dora = person(trust, actor, name="Dora Deputy", role=Role.DELEGATE)
    other = person(trust, actor, name="Dan Delegate", role=Role.DELEGATE)
    name_deputy(
        organisation=trust, deputy=Person.objects.get(pk=dora.person_id), first_day=ON, last_day=ON, on=ON, actor=tess
    )
    jamie = person(academy, actor, name="Jamie Pell", limit=5_000)
    asked(Buying(actor, academy, jamie), course, academy, jamie)
    told = {one.person_id for one in post("approvals")}
    assert told == {tess.person_id, dora.person_id} and other.person_id not in told
