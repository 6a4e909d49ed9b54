"""One's own tokens on the account page: shown once, narrowed, ended; and the page that describes the API."""

import re
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from marketplace.core.actors import Actor, Role
from marketplace.core.api.tokens import tokens_of
from marketplace.core.models import ApiToken, Event
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import actor_for, give_role
from tests.frontend.school.visits import signed_in, text_of
from tests.shop import person

pytestmark = pytest.mark.django_db
TOKENS = "/account/tokens"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-09-01 10:00:00+01:00", tick=True):
        yield


@pytest.fixture
def sam(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor)


@pytest.fixture
def priya(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Priya Nair", role=Role.FINANCE_OFFICER)


def test_a_token_is_shown_once_and_works(sam: Actor, oakfield: Organisation) -> None:
    page = signed_in(sam)
    assert "You have no token yet" in text_of(page.get(TOKENS))
    sent = {"name": "Our finance system", "scopes": ["organisations:read", "orders:read"], "days": "30"}
    answer = page.post(TOKENS, sent)
    [secret] = re.findall(r"psk_[\w-]+", answer.content.decode())
    assert "no-store" in answer.headers["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.scopes, token.expires_on) == (["orders:read", "organisations:read"], date(2026, 10, 1))
    assert Event.objects.filter(kind="api_token.created", subject=str(token.pk)).count() == 1
    headers = {"Authorization": f"Bearer {secret}"}
    rows = Client().get("/api/v1/organisations", headers=headers).json()["results"]
    assert [row["number"] for row in rows] == [oakfield.number]
    again = text_of(page.get(TOKENS))
    assert secret not in again and f"{secret[:10]}…" in again and "1 October 2026" in again


def test_an_ended_token_is_refused_at_once(sam: Actor) -> None:
    page = signed_in(sam)
    answer = page.post(TOKENS, {"name": "Lost laptop", "scopes": ["orders:read"], "days": "90"})
    [secret] = re.findall(r"psk_[\w-]+", answer.content.decode())
    ended = page.post(f"{TOKENS}/{ApiToken.objects.get().pk}/end", follow=True)
    assert "“Lost laptop” has ended" in text_of(ended)
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert page.get(f"{TOKENS}/{ApiToken.objects.get().pk}/end").status_code == 405


def test_nobody_sees_or_ends_the_token_of_another(sam: Actor, priya: Actor) -> None:
    signed_in(sam).post(TOKENS, {"name": "Sam's own", "scopes": ["orders:read"], "days": "90"})
    other = signed_in(priya)
    assert "Sam's own" not in text_of(other.get(TOKENS))
    assert other.post(f"{TOKENS}/{ApiToken.objects.get().pk}/end").status_code == 404
    assert tokens_of(sam).count() == 1
    assert Client().get(TOKENS).status_code == 302


def test_only_scopes_that_are_of_use_are_offered(sam: Actor, priya: Actor) -> None:
    schools, finances = (signed_in(who).get(TOKENS).content.decode() for who in (sam, priya))
    assert 'value="invoices:read"' in schools and 'value="bank:read"' not in schools
    assert 'value="bank:write"' in finances and 'value="ledger:read"' in finances
    refused = signed_in(sam).post(TOKENS, {"name": "x", "scopes": ["bank:read"], "days": "90"})
    assert refused.status_code == 400 and not ApiToken.objects.exists()


def test_what_is_missing_is_asked_for_and_nothing_is_made(sam: Actor) -> None:
    answer = signed_in(sam).post(TOKENS, {"name": "", "days": "5000"})
    said = text_of(answer)
    assert answer.status_code == 400 and "There is a problem" in said
    assert "Choose at least one thing that the token may do" in said
    assert not ApiToken.objects.exists()


def test_somebody_with_two_organisations_narrows_the_token(
    sam: Actor, oakfield: Organisation, council: Organisation, actor: Actor
) -> None:
    assert "For whom" not in text_of(signed_in(sam).get(TOKENS))
    sams = Person.objects.get(pk=sam.person_id)
    give_role(person=sams, role=Role.BUYER, organisation=council, valid_from=date(2020, 1, 1), actor=actor)
    both = actor_for(user=sams.user, on=date(2026, 9, 1))  # type: ignore[arg-type]
    page = signed_in(both)
    assert "For whom" in text_of(page.get(TOKENS))
    sent = {"name": "School only", "scopes": ["orders:read"], "days": "90", "organisation": str(oakfield.pk)}
    assert page.post(TOKENS, sent).status_code == 200
    assert ApiToken.objects.get().organisation_id == oakfield.pk
    assert page.post(TOKENS, sent | {"organisation": "999999"}).status_code == 400


def test_the_description_is_on_a_page_for_everybody_and_fetches_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/api/docs")
    html = answer.content.decode()
    assert answer.status_code == 200 and "For programs" in html
    assert not re.search(r'(src|href)="(https?:)?//', html)
    assert "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
    assert 'data-schema="/api/v1/schema"' in html and "<style" not in html
    assert client.get("/").content.decode().count('href="/api/docs"') == 1
