"""Tokens are shown once and end when they should; a key makes a write happen once."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from catalogue.models import CourseRun
from marketplace.core.actors import Actor
from marketplace.core.api.idempotency import forget_old
from marketplace.core.api.tokens import create_token, digest_of, revoke_token
from marketplace.core.errors import NotAllowed, NotFound, WrongInput
from marketplace.core.models import ApiToken, Event, IdempotentRequest
from marketplace.organisations.models import Organisation
from marketplace.trading.models import BasketLine
from tests.api.calling import Program

pytestmark = pytest.mark.django_db


def line(run: CourseRun, quantity: str = "1") -> dict[str, str]:
    return {"offer": run.offer.code, "run": run.code, "quantity": quantity}


def test_only_the_digest_of_a_token_is_kept(program: Program) -> None:
    kept = ApiToken.objects.get(pk=program.token.pk)
    assert kept.digest == digest_of(program.secret)
    assert program.secret not in str(ApiToken.objects.values().get())
    told = Event.objects.get(kind="api_token.created")
    assert program.secret not in str(told.payload) and program.token.name not in str(told.payload)


def test_a_revoked_token_ends_at_once(program: Program, sam: Actor) -> None:
    assert program.get("/me").status_code == 200
    revoke_token(pk=program.token.pk, actor=sam)
    answer = program.get("/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
    with pytest.raises(NotFound):
        revoke_token(pk=program.token.pk, actor=sam)


def test_a_token_works_on_its_last_day_and_not_after(program: Program) -> None:
    last = timezone.now() + timedelta(days=30)
    with time_machine.travel(last, tick=False):
        assert program.get("/me").status_code == 200
    with time_machine.travel(last + timedelta(days=1), tick=False):
        assert program.get("/me").status_code == 401


def test_nobody_ends_the_token_of_another(program: Program, outsider: Program) -> None:
    with pytest.raises(NotFound):
        revoke_token(pk=program.token.pk, actor=outsider.actor)
    assert program.get("/me").status_code == 200


def test_a_token_needs_a_person_a_scope_and_an_end(sam: Actor, actor: Actor, oakfield: Organisation) -> None:
    today = timezone.localdate()
    soon = today + timedelta(days=3)
    with pytest.raises(NotAllowed):
        create_token(name="x", scopes=["orders:read"], expires_on=soon, on=today, actor=actor)
    for scopes, last in (([], soon), (["everything"], soon), (["orders:read"], today + timedelta(days=400))):
        with pytest.raises(WrongInput):
            create_token(name="x", scopes=scopes, expires_on=last, on=today, actor=sam)
    with pytest.raises(NotFound):
        create_token(
            name="x", scopes=["orders:read"], expires_on=soon, on=today, actor=sam, organisation_id=oakfield.pk
        )
    assert not ApiToken.objects.exists()


def test_a_write_without_a_key_does_nothing(program: Program, school: Organisation, run: CourseRun) -> None:
    for key in ("", "short", "with space in it", "x" * 65):
        answer = program.post(f"/baskets/{school.number}/lines", line(run), key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert not BasketLine.objects.exists()


def test_the_same_key_and_body_give_the_same_answer_once(
    program: Program, school: Organisation, run: CourseRun
) -> None:
    path = f"/baskets/{school.number}/lines"
    first = program.post(path, line(run), key="one-and-the-same")
    second = program.post(path, line(run), key="one-and-the-same")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json() and second["Idempotent-Replayed"] == "true"
    assert BasketLine.objects.count() == 1


def test_the_same_key_for_something_else_is_refused(program: Program, school: Organisation, run: CourseRun) -> None:
    path = f"/baskets/{school.number}/lines"
    program.post(path, line(run), key="one-and-the-same")
    answer = program.post(path, line(run, "2"), key="one-and-the-same")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert BasketLine.objects.get().quantity == 1


def test_two_people_may_use_the_same_key(
    program: Program, outsider: Program, school: Organisation, oakfield: Organisation, run: CourseRun
) -> None:
    assert program.post(f"/baskets/{school.number}/lines", line(run), key="same-words").status_code == 201
    assert outsider.post(f"/baskets/{oakfield.number}/lines", line(run), key="same-words").status_code == 201
    assert BasketLine.objects.count() == 2


def test_a_refusal_is_not_kept_so_the_key_may_be_tried_again(
    program: Program, school: Organisation, run: CourseRun
) -> None:
    path = f"/baskets/{school.number}/lines"
    assert program.post(path, line(run, "0.5"), key="tried-again").status_code == 400
    assert not IdempotentRequest.objects.exists()
    assert program.post(path, line(run), key="tried-again").status_code == 201


def test_a_key_is_forgotten_after_a_day(program: Program, school: Organisation, run: CourseRun) -> None:
    path = f"/baskets/{school.number}/lines"
    program.post(path, line(run), key="for-one-day")
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        again = program.post(path, line(run), key="for-one-day")
        assert (again.status_code, again.json()["code"]) == (409, "already_in_basket"), "it is asked for anew"
        assert forget_old() == 1
    assert BasketLine.objects.count() == 1
