"""Everybody sees the navigation of their roles, with the entry of the present page marked."""

from typing import Any

import pytest
from django.test import RequestFactory

from frontend import navigation as navigation_module
from frontend.buying import Buyer
from frontend.navigation import BUYER, FINANCE, HOME, entries_for, navigation, navigation_for, unbuilt
from marketplace.core.actors import ANONYMOUS, Actor, Grant, Role
from marketplace.organisations.models import Organisation

OAKFIELD = Buyer(Organisation(name="Oakfield Primary", number="C-000001", kind="school"), "school", "100001")
KEYS = {"kind": "school", "code": "100001"}


def someone(*roles: Role) -> Actor:
    return Actor(person_id=1, user_id=1, name="Amira Khan", grants=frozenset(Grant(role, 7) for role in roles))


def a_request(path: str, actor: Actor, acting_for: dict[str, Any] | None = None) -> Any:
    request: Any = RequestFactory().get(path)
    request.actor = actor
    if acting_for:
        request.acting_for = acting_for
    return request


def test_the_entry_above_the_present_page_is_active_and_home_is_not() -> None:
    links = navigation(BUYER, path="/school/100001/invoices/INV-000001", keys=KEYS)
    assert [link["text"] for link in links if link["active"]] == ["Invoices"]
    assert links[0] == {"text": "Home", "href": "/", "active": False}


def test_an_address_that_only_begins_alike_is_not_active() -> None:
    assert not any(link["active"] for link in navigation(BUYER, path="/school/100001/findings", keys=KEYS))
    assert [link["active"] for link in navigation([HOME], path="/")] == [True]


def test_an_entry_without_a_page_leads_nowhere_and_is_named() -> None:
    texts = [link["text"] for link in navigation(BUYER, path="/", keys=KEYS)]
    assert unbuilt() == []
    assert "Services" in texts and "Invoices" in texts


def test_roles_open_entries_once_each() -> None:
    both = entries_for(someone(Role.FINANCE_OFFICER, Role.BUYER), OAKFIELD)
    texts = [entry.text for entry in both]
    assert texts.count("Home") == 1 and "Bank" in texts and "Our school" in texts
    assert [entry.text for entry in entries_for(ANONYMOUS, None)] == ["Home", "Find"]
    provider = [entry.text for entry in entries_for(someone(Role.PROVIDER), None)]
    assert provider == ["Home", "Requests", "Bookings", "Offers", "Calendar", "Money", "Rates", "Accreditation"]
    assert [entry.text for entry in entries_for(someone(Role.CONSULTANT), None)] == ["Home", "Visits", "Calendar"]
    administrator = [entry.text for entry in entries_for(someone(Role.ADMINISTRATOR), None)]
    assert administrator == ["Home", "People", "Organisations", "Imports", "Events", "Messages", "Jobs"]


def test_a_buyers_page_keeps_to_that_buyer_and_names_its_own_page() -> None:
    acting = {"kind": "trust", "code": "9901", "own_page": "Our trust"}
    links = navigation_for(a_request("/trust/9901/find", someone(Role.FINANCE_OFFICER, Role.TRUST_FINANCE), acting))
    assert {link["href"].split("/")[1] for link in links[1:]} == {"trust"}
    assert links[-1]["text"] == "Our trust" and "Bank" not in [link["text"] for link in links]


def test_a_finance_page_shows_finance_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation_module, "buyers_of", lambda actor: pytest.fail("not looked up on a finance page"))
    links = navigation_for(a_request("/finance/bank", someone(Role.FINANCE_OFFICER, Role.BUYER)))
    wanted = navigation(FINANCE, path="/finance/bank")
    assert links == wanted and [link["text"] for link in links if link["active"]] == ["Bank"]


def test_home_leads_to_the_pages_of_the_one_buyer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation_module, "buyers_of", lambda actor: [OAKFIELD])
    hrefs = [link["href"] for link in navigation_for(a_request("/", someone(Role.BUYER)))]
    assert "/school/100001/find" in hrefs
    monkeypatch.setattr(navigation_module, "buyers_of", lambda actor: [OAKFIELD, OAKFIELD])
    assert not any("school" in link["href"] for link in navigation_for(a_request("/", someone(Role.BUYER))))
