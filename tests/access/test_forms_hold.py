"""Whatever is typed into the forms of the pages, none of it is a fault of ours: a short part of tests/torture's."""

import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

import frontend.me.kept
from tests.access.building import built_world
from tests.access.form_fuzzing import Filling, forms_of
from tests.access.matrix import matrix
from tests.access.world import World

pytestmark = pytest.mark.django_db
SEED = int(os.environ.get("TORTURE_SEED") or 5)
TIMES = int(os.environ.get("FORM_TIMES") or 1)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with django_db_blocker.unblock(), built_world(tmp_path_factory.mktemp("forms")) as built:
        yield built


def test_no_form_of_any_page_fails_whatever_it_is_given(world: World) -> None:
    filling = Filling(world, random.Random(SEED))
    for thing in matrix():
        filling.thing(thing, times=TIMES)
    print(f"\nForms, seed {SEED}: {filling}")
    assert filling.faults == [], "\n".join(filling.faults)
    assert filling.pages > 400 and filling.forms > 700 and filling.sent == filling.forms * TIMES
    assert filling.statuses[302] > filling.sent / 10, "forms that do something are among them"
    assert filling.statuses[400] > filling.sent / 10, "and forms that are refused"


def test_control_a_page_that_fails_is_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(asked: str | None, **_: Any) -> str:
        raise LookupError(asked)

    monkeypatch.setattr(frontend.me.kept, "own_address", failing)
    filling = Filling(world, random.Random(SEED))
    filling.thing(next(thing for thing in matrix() if "find" in thing.kinds["pages"]), times=2)
    assert 0 < len(filling.faults) == filling.statuses[500] < filling.sent
    assert all("/me/favourites/" in one and "LookupError" in one for one in filling.faults), filling.faults


def test_a_form_is_read_with_what_stands_in_it_and_each_of_its_buttons() -> None:
    page = b"""<form method=post action=/go?a=1#there><input name=csrfmiddlewaretoken value=t><input name=pounds value=5>
    <input type=radio name=one value=a><input type=radio name=one value=b><input type=file name=paper>
    <button name=do value=keep>Keep</button><button name=do value=send formaction=/send>Send</button></form>
    <form action=https://elsewhere.example/><input name=q></form>"""
    keep, send = forms_of(page, "/here/")
    assert (keep.path, keep.method, send.path) == ("/go?a=1", "post", "/send")
    assert dict(keep.values) | {"do": "keep"} == dict(keep.values) and dict(send.values)["do"] == "send"
    assert keep.names == ["pounds", "one", "do"] and keep.files == ("paper",)
