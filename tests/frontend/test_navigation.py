"""Everybody sees the navigation of their roles, with the entry of the present page marked."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path, resolve

from frontend.navigation import FINANCE, HOME, SCHOOL, entries_for, navigation, navigation_for, unbuilt
from marketplace.core.actors import ANONYMOUS, Actor, Grant, Role


def _page(*args: object, **kwargs: object) -> HttpResponse:
    return HttpResponse()


urlpatterns = [
    path("", _page, name="home"),
    path("school/<urn>/find", _page, name="school-find"),
    path("school/<urn>/invoices", _page, name="school-invoices"),
    path("school/<urn>/invoices/<number>", _page, name="school-invoice"),
    path("finance/bank", _page, name="finance-bank"),
]
pytestmark = pytest.mark.urls(__name__)


def someone(*roles: Role) -> Actor:
    return Actor(person_id=1, user_id=1, name="Amira Khan", grants=frozenset(Grant(role, 7) for role in roles))


def test_the_entry_above_the_present_page_is_active_and_home_is_not() -> None:
    links = navigation(SCHOOL, path="/school/100001/invoices/INV-000001", urn="100001")
    assert [(link["text"], link["active"]) for link in links] == [
        ("Home", False),
        ("Find", False),
        ("Invoices", True),
    ]


def test_an_address_that_only_begins_alike_is_not_active() -> None:
    assert not any(link["active"] for link in navigation(SCHOOL, path="/school/100001/findings", urn="100001"))
    assert [link["active"] for link in navigation([HOME], path="/")] == [True]


def test_an_entry_without_a_page_leads_nowhere_and_is_named() -> None:
    assert [link["text"] for link in navigation(FINANCE, path="/")] == ["Home", "Bank"]
    assert "finance-ledger" in unbuilt() and "finance-bank" not in unbuilt()


def test_roles_open_entries_once_each_and_a_school_page_shows_the_school_alone() -> None:
    both = someone(Role.FINANCE_OFFICER, Role.BUYER)
    texts = [entry.text for entry in entries_for(both, at_school=False)]
    assert texts.count("Home") == 1 and "Bank" in texts and "Our school" in texts
    assert entries_for(both, at_school=True) == list(SCHOOL)
    assert [entry.text for entry in entries_for(ANONYMOUS, at_school=False)] == ["Home", "Find"]
    assert entries_for(someone(Role.PROVIDER), at_school=True) == [HOME]


def test_a_request_for_a_schools_page_keeps_to_that_school() -> None:
    request = RequestFactory().get("/school/100002/find")
    request.resolver_match = resolve("/school/100002/find")
    request.actor = someone(Role.BUYER)  # type: ignore[attr-defined]
    assert [link["href"] for link in navigation_for(request)] == [
        "/",
        "/school/100002/find",
        "/school/100002/invoices",
    ]
    outside = RequestFactory().get("/")
    outside.actor = someone(Role.BUYER)  # type: ignore[attr-defined]
    assert [link["href"] for link in navigation_for(outside)] == ["/"]
