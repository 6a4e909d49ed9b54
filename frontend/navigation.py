"""The main navigation of each kind of user: what stands in it, and which entry is the present page's.

An entry names a page of the URL configuration. One that has no page yet is left out, so nothing leads
nowhere; ``unbuilt`` lists those for a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from marketplace.core.actors import ANONYMOUS, BUYING, FINANCE_READERS, Actor, Role


@dataclass(frozen=True)
class Entry:
    """A word in the navigation and the name of its page; ``of_school`` when the address holds the URN."""

    text: str
    page: str
    of_school: bool = False


class Link(TypedDict):
    """What the service navigation draws."""

    text: str
    href: str
    active: bool


HOME = Entry("Home", "home")
PUBLIC = (Entry("Find", "find"),)
SCHOOL = (
    HOME,
    Entry("Find", "school-find", of_school=True),
    Entry("Bookings", "school-bookings", of_school=True),
    Entry("Services", "school-services", of_school=True),
    Entry("Invoices", "school-invoices", of_school=True),
    Entry("Our school", "school-about", of_school=True),
)
FINANCE = (
    HOME,
    Entry("Invoicing", "finance-invoicing"),
    Entry("Customers", "finance-customers"),
    Entry("Bank", "finance-bank"),
    Entry("Ledger", "finance-ledger"),
)
ADMINISTRATOR = (
    HOME,
    Entry("People", "people"),
    Entry("Organisations", "organisations"),
    Entry("Imports", "imports"),
)
ALL = (*PUBLIC, *SCHOOL, *FINANCE, *ADMINISTRATOR)


def navigation_for(request: HttpRequest) -> list[Link]:
    """The links for whoever asks, by their roles today.

    At a school's address a buyer sees that school's entries alone; elsewhere all that their roles open, once each.
    """
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    match = getattr(request, "resolver_match", None)
    urn = (match.kwargs.get("urn") if match else "") or (getattr(request, "acting_for", None) or {}).get("urn", "")
    return navigation(entries_for(actor, at_school=bool(urn)), path=request.path, urn=str(urn))


def entries_for(actor: Actor, *, at_school: bool) -> list[Entry]:
    """The entries that the actor's roles open, in order, each page once."""
    if at_school and actor.has(*BUYING) and not actor.system:
        return list(SCHOOL)
    opened = [HOME]
    opened += FINANCE if actor.has(*FINANCE_READERS) else ()
    opened += ADMINISTRATOR if actor.has(Role.ADMINISTRATOR) else ()
    opened += SCHOOL if actor.has(*BUYING) else ()
    opened += PUBLIC if actor == ANONYMOUS else ()
    return list(dict.fromkeys(opened))


def navigation(entries: Sequence[Entry], *, path: str, urn: str = "") -> list[Link]:
    """The links for a page at ``path``; the longest address that begins it is the active one.

    Entries that need a school are left out where no ``urn`` is given.
    """
    found = [(entry.text, _address(entry, urn)) for entry in entries]
    links = [(text, href) for text, href in found if href]
    active = max((href for _, href in links if _leads_to(href, path)), key=len, default=None)
    return [{"text": text, "href": href, "active": href == active} for text, href in links]


def unbuilt(*, urn: str = "100001") -> list[str]:
    """The names of pages that stand in a navigation and have no address."""
    return sorted({entry.page for entry in ALL if not _address(entry, urn)})


def _leads_to(href: str, path: str) -> bool:
    """The home page leads only to itself; any other also to what lies beneath it."""
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))


def _address(entry: Entry, urn: str) -> str:
    if entry.of_school and not urn:
        return ""
    try:
        return reverse(entry.page, kwargs={"urn": urn} if entry.of_school else None)
    except NoReverseMatch:
        return ""
