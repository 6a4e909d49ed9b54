"""Who asked for a pause or an end is told once when finance answers; why stands on the page alone."""

from collections.abc import Callable
from datetime import date

import pytest

from marketplace.core.actors import Actor, Role
from marketplace.messaging.models import Message
from marketplace.organisations.models import Organisation
from subscriptions.asking.models import AskedChange
from subscriptions.asking.services import ask_change, grant_change, refuse_change, withdraw_change
from tests.shop import person
from tests.subscriptions.renewals.agreed import agreed

pytestmark = pytest.mark.django_db
Post = Callable[[str], list[Message]]
TODAY, FROM, ANSWERED = date(2026, 9, 1), date(2026, 12, 1), date(2026, 9, 3)


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Priya Finance", role=Role.FINANCE_OFFICER)


def asked(school: Organisation, sam: Actor, kind: str = "end") -> AskedChange:
    reason = "Our trust does it"
    return ask_change(agreement=agreed(school), kind=kind, on=FROM, reason=reason, today=TODAY, actor=sam)


@pytest.mark.parametrize(("kind", "words"), [("end", "ends"), ("pause", "pauses")])
def test_who_asked_reads_that_it_is_granted_and_nobody_else_does(
    school: Organisation, sam: Actor, actor: Actor, priya: Actor, post: Post, kind: str, words: str
) -> None:
    person(school, actor, name="Bea Bursar")
    found = asked(school, sam, kind)
    assert post("renewals") == []
    grant_change(asked=found, today=ANSWERED, actor=priya)
    [made] = post("renewals")
    assert (made.person_id, made.subject) == (sam.person_id, f"Granted: HR advice {words} from 1 December 2026")
    assert f"/school/{school.school.urn}/services/{found.agreement.number}" in made.plain
    assert "Our trust does it" not in made.plain
    assert len(post("renewals")) == 1


def test_a_refusal_says_where_its_reason_stands_and_not_the_reason(
    school: Organisation, sam: Actor, priya: Actor, post: Post
) -> None:
    refuse_change(asked=asked(school, sam), answer="Notice is three months", today=ANSWERED, actor=priya)
    [made] = post("renewals")
    assert made.person_id == sam.person_id
    assert made.subject == "Read our answer: the end of HR advice from 1 December 2026 was not granted"
    assert "Why stands on the page of the service." in " ".join(made.plain.split())
    assert "three months" not in made.plain


def test_where_a_program_asked_those_who_buy_there_are_told(
    school: Organisation, sam: Actor, actor: Actor, priya: Actor, post: Post
) -> None:
    found = asked(school, sam)
    AskedChange.objects.update(asked_by_person=None)
    bea = person(school, actor, name="Bea Bursar")
    refuse_change(asked=found, answer="Not before the summer", today=ANSWERED, actor=priya)
    assert {one.person_id for one in post("renewals")} == {sam.person_id, bea.person_id}


def test_what_the_customer_took_back_itself_is_told_to_nobody(school: Organisation, sam: Actor, post: Post) -> None:
    withdraw_change(asked=asked(school, sam), today=ANSWERED, actor=sam)
    assert post("renewals") == []
