"""Every address for every role: what the file of rights says is what happens."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

import invoicing.api.documents
from invoicing import queries
from invoicing.documents.models import Document
from tests.access.building import built_world
from tests.access.matrix import KINDS, ROLES, matrix, page_names, unnamed
from tests.access.walking import LISTS, Walk
from tests.access.world import World

pytestmark = pytest.mark.django_db
THINGS = matrix()


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Built once; each request is rolled back."""
    with django_db_blocker.unblock(), built_world(tmp_path_factory.mktemp("access")) as built:
        yield built


def operations() -> set[str]:
    """Every operation of the API's description."""
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]
    return {f"{method.upper()} {path.removeprefix('/api/v1')}" for path, methods in paths.items() for method in methods}


def test_every_page_and_operation_is_listed_once_and_nothing_else() -> None:
    listed = Counter(name for thing in THINGS for kind in KINDS for name in thing.kinds[kind])
    assert [name for name, times in listed.items() if times > 1] == []
    assert set(listed) == page_names() | operations()
    assert unnamed() == [r"^(?P<rest>(?s:.*))\Z"], "only the API's own refusal has no name"
    assert set(LISTS) <= set(listed)


def test_every_thing_says_what_each_role_may() -> None:
    for thing in THINGS:
        assert set(thing.rights) == set(ROLES), f"{thing.name}: {set(ROLES) ^ set(thing.rights)}"
        assert thing.rights["signed_out"] in {"S", "R", "RW"}, thing.name


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.name)
def test_what_the_file_says_is_what_happens(world: World, thing: Any, total: Walk) -> None:
    walk = Walk(world, timezone.localdate())
    walk.thing(thing)
    total.asked += walk.asked
    total.names |= walk.names
    total.surprises += walk.surprises
    assert walk.surprises == [], "\n" + "\n".join(walk.surprises)
    assert walk.asked == len(thing.asks) * len(thing.scopes) * len(ROLES) > 0


@pytest.fixture(scope="module")
def total() -> Iterator[Walk]:
    """Adds up all things and says so at the end."""
    walk = Walk(World(), timezone.localdate())
    yield walk
    print(f"\nWho may do what: {walk}")


def test_control_documents_shown_to_everybody_are_surprises(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = Document.objects.filter(state=Document.State.ISSUED).select_related("customer")
    monkeypatch.setattr(queries, "documents_for", lambda actor: everything)
    walk = Walk(world, timezone.localdate())
    walk.thing(next(thing for thing in THINGS if "GET /invoices" in thing.kinds["operations"]))
    assert len(walk.surprises) > 100 and invoicing.api.documents.invoices_for is queries.invoices_for
    assert any("GET /invoices for buyer, foreign" in one for one in walk.surprises)
    assert any("GET /invoices/{number}/pdf for panel, own" in one for one in walk.surprises)
