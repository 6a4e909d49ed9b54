"""Every list page asks the database as often for many rows as for 5; with `make torture`, for 500."""

import os
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from frontend.office import organisations
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.frontend.lists.pages import LIST_PAGES, ListPage
from tests.frontend.lists.paging import paged, paging_names
from tests.frontend.lists.world import World

LENGTHS = (5, 50, 500 if os.environ.get("TORTURE") else 120)


@pytest.fixture
def world(partnership: Organisation, oakfield: Organisation, actor: Actor, charges: Charges) -> World:
    return World(partnership, oakfield, actor, charges)


def visit(client: Client, path: str) -> tuple[int, int]:
    """How many queries the page takes once it is warm, and its length in characters."""
    assert client.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as caught:
        response: Any = client.get(path)
    return len(caught), len(response.content)


def visits(world: World, page: ListPage) -> tuple[list[int], list[int]]:
    """Queries and lengths of the page with 5, 50 and more rows."""
    client = world.client(page.role) if page.role else Client()
    seen, before = [], 0
    for length in LENGTHS:
        page.grow(world, range(before, length))
        before = length
        seen.append(visit(client, page.path(world)))
    return [queries for queries, _ in seen], [size for _, size in seen]


@pytest.mark.django_db
@pytest.mark.parametrize("name", LIST_PAGES)
def test_a_list_takes_the_same_queries_for_5_rows_for_50_and_for_more(world: World, name: str) -> None:
    queries, sizes = visits(world, LIST_PAGES[name])
    assert queries[0] == queries[1] == queries[2], f"{name}: {queries}"
    assert sizes[1] > sizes[0] + 15 * 50, f"{name} does not show its rows: {sizes}"  # twenty rows more, or forty-five


@pytest.mark.django_db
def test_a_query_for_each_row_would_be_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = organisations._row

    def asks_again(organisation: Organisation) -> dict[str, Any]:
        return plain(Organisation.objects.get(pk=organisation.pk))

    monkeypatch.setattr(organisations, "_row", asks_again)
    queries, _ = visits(world, LIST_PAGES["organisations"])
    assert queries[0] < queries[1]


WHOLE = {"finance-payment-batch-new", "provider-accreditation"}
"""Lists that are shown whole; their queries are counted all the same."""


def test_every_page_that_divides_rows_into_pages_is_among_them() -> None:
    assert set(LIST_PAGES) - WHOLE == paged()


def test_a_view_that_pages_through_another_function_is_found() -> None:
    source = """
def plain(request): return show(request)
def helper(request): return {"page": page_of(request, [])}
def through(request): return show(request, helper(request))
def direct(request): return Paginator([], 5)
"""
    assert paging_names(source) == {"helper", "through", "direct"}
