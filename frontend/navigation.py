"""The main navigation of each kind of user: what stands in it, and which entry is the present page's.

An entry names a page of the URL configuration. One that has no page yet is left out, so nothing leads
nowhere; ``unbuilt`` lists those for a test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from catalogue.offer_queries import providers_of
from frontend.buying import Buyer, buyers_of, usual_buyer
from marketplace.core.actors import ANONYMOUS, BUYING, FINANCE_READERS, Actor, Role
from providers.queries import own_consultants


@dataclass(frozen=True)
class Entry:
    """A word in the navigation and the name of its page; ``of_buyer`` when the address names the organisation that buys,
    ``of_provider`` when it names the provider, ``of_hub`` when it names a contract that pays on verification."""

    text: str
    page: str
    of_buyer: bool = False
    of_provider: bool = False
    of_hub: bool = False


class Link(TypedDict):
    """What the service navigation draws."""

    text: str
    href: str
    active: bool


HOME = Entry("Home", "home")
FIND = Entry("Find", "find")
EVENTS = Entry("Events", "audit-events")
PUBLIC = (HOME, FIND)
BUYER = (
    HOME,
    Entry("Find", "school-find", of_buyer=True),
    Entry("Bookings", "school-bookings", of_buyer=True),
    Entry("Approvals", "school-approvals", of_buyer=True),
    Entry("Consultants", "school-consultants", of_buyer=True),
    Entry("Services", "school-services", of_buyer=True),
    Entry("Invoices", "school-invoices", of_buyer=True),
    Entry("Our school", "school-about", of_buyer=True),
)
READER = (HOME, Entry("Find", "find"), Entry("Invoices", "school-invoices", of_buyer=True))
FINANCE = (
    HOME,
    Entry("Invoicing", "finance-invoicing"),
    Entry("Customers", "finance-customers"),
    Entry("Bank", "finance-bank"),
    Entry("Paying out", "finance-payment-batches"),
    Entry("Aged debtors", "finance-aged-debtors"),
    Entry("Ledger", "finance-ledger"),
    EVENTS,
)
ADMINISTRATOR = (
    HOME,
    Entry("People", "people"),
    Entry("Organisations", "organisations"),
    Entry("Imports", "imports"),
    EVENTS,
    Entry("Messages", "messages"),
    Entry("Jobs", "jobs"),
)
ORGANISER = (
    HOME,
    Entry("Courses", "organise-dates"),
    Entry("Networks", "organise-networks"),
    Entry("Offers", "organise-offers"),
    Entry("Consultants", "organise-accreditation"),
    Entry("Contracts", "organise-outcome-contracts"),
    Entry("Messages", "organise-messages"),
    Entry("Reports", "organise-reports"),
)
DELEGATE = (HOME, Entry("My courses", "me-courses"), Entry("My record", "me-record"))
PROVIDER = (
    HOME,
    Entry("Requests", "provider-requests", of_provider=True),
    Entry("Bookings", "provider-bookings", of_provider=True),
    Entry("Offers", "provider-offers", of_provider=True),
    Entry("Calendar", "provider-calendar", of_provider=True),
    Entry("Money", "provider-money", of_provider=True),
    Entry("Rates", "provider-rates", of_provider=True),
    Entry("Accreditation", "provider-accreditation", of_provider=True),
)
PANEL = (HOME, Entry("To decide", "panel-calls"), Entry("My interests", "panel-interests"))
VERIFIER = (HOME, Entry("To decide", "verify"), Entry("Decided", "verify-decided"))
HUB_ENTRY = Entry("Hub", "hub")
HUB = (
    HOME,
    Entry("Returns", "hub-returns", of_hub=True),
    Entry("Hub schools", "hub-schools", of_hub=True),
    Entry("Statements", "hub-statements", of_hub=True),
    Entry("Contract", "hub-contract", of_hub=True),
)
CONSULTANT = (HOME, Entry("Visits", "visits"), Entry("Calendar", "provider-calendar", of_provider=True))
COMMISSIONER = (
    HOME,
    Entry("Contracts", "council-contracts"),
    Entry("Schools", "council-schools"),
    Entry("Outcomes", "council-outcomes"),
    Entry("Invoices", "council-invoices"),
    Entry("Reports", "council-reports"),
)
ALL = (
    *PUBLIC,
    *BUYER,
    *FINANCE,
    *ORGANISER,
    *ADMINISTRATOR,
    *DELEGATE,
    *PROVIDER,
    *CONSULTANT,
    *COMMISSIONER,
    *PANEL,
    *VERIFIER,
    *HUB,
)


def navigation_for(request: HttpRequest) -> list[Link]:
    """The links for whoever asks, by their roles today.

    At a buyer's address stand that buyer's entries alone, on a finance or audit page those of finance, on an
    organiser's page those of the organisers; elsewhere all that the roles open, once each, with a buyer's where there is
    no doubt for whom they buy.
    """
    actor: Actor = getattr(request, "actor", ANONYMOUS)
    keys = _keys(getattr(request, "acting_for", None))
    acting = getattr(request, "acting_for", None) or {}
    if keys:
        reader = [HOME] if acting.get("deputy") else READER
        entries = _named(BUYER, acting.get("own_page", "")) if acting.get("may_buy", True) else reader
        return navigation(entries, path=getattr(request, "section_path", request.path), keys=keys)
    if code := _provider_of(request, actor):
        return navigation(PROVIDER, path=getattr(request, "section_path", request.path), provider=code)
    if actor.has(*FINANCE_READERS) and request.path.startswith(("/finance/", "/audit/")):
        # Pages of one section lie at several addresses; a page says which entry is its own.
        return navigation(FINANCE, path=getattr(request, "section_path", request.path))
    if actor.has(Role.ORGANISER) and request.path.startswith("/organise/"):
        return navigation(ORGANISER, path=getattr(request, "section_path", request.path))
    section = getattr(request, "section_path", "")
    if section.startswith("/hub/") and not actor.has(*FINANCE_READERS, Role.ORGANISER, Role.COMMISSIONER):
        return navigation(HUB, path=section, hub=section.split("/")[2])
    if actor.has(Role.COMMISSIONER) and not actor.system and request.path.startswith("/council/"):
        return navigation(COMMISSIONER, path=getattr(request, "section_path", request.path))
    buyer = usual_buyer(buyers_of(actor)) if actor.has(*BUYING) and not actor.system else None
    return navigation(
        entries_for(actor, buyer), path=request.path, keys=buyer.keys if buyer else {}, provider=_own_provider(actor)
    )


def entries_for(actor: Actor, buyer: Buyer | None) -> list[Entry]:
    """The entries that the actor's roles open, in order, each page once."""
    opened = [HOME]
    opened += DELEGATE if Role.DELEGATE in {grant.role for grant in actor.grants} else ()
    opened += FINANCE if actor.has(*FINANCE_READERS) else ()
    opened += ORGANISER if actor.has(Role.ORGANISER) else ()
    opened += ADMINISTRATOR if actor.has(Role.ADMINISTRATOR) else ()
    opened += PROVIDER if actor.has(Role.PROVIDER) and not actor.system else ()
    opened += CONSULTANT if actor.has(Role.CONSULTANT) and not actor.system else ()
    opened += PANEL if actor.has(Role.PANEL) and not actor.system else ()
    opened += _verifier(actor) if actor.has(Role.VERIFIER) and not actor.system else ()
    opened += (HUB_ENTRY,) if actor.has(Role.HUB_LEAD) and not actor.system else ()
    opened += COMMISSIONER if actor.has(Role.COMMISSIONER) and not actor.system else ()
    opened += _named(BUYER, buyer.own_page) if buyer else ()
    staff = actor.has(
        *FINANCE_READERS, Role.ORGANISER, Role.ADMINISTRATOR, Role.PROVIDER, Role.CONSULTANT, Role.COMMISSIONER
    )
    opened += [] if buyer or staff else PUBLIC
    return list(dict.fromkeys(opened))


def navigation(
    entries: Sequence[Entry],
    *,
    path: str,
    keys: Mapping[str, str] | None = None,
    provider: str = "",
    hub: str = "",
) -> list[Link]:
    """The links for a page at ``path``; the longest address that begins it is the active one.

    Entries that need a buyer are left out where no ``keys`` (kind and code) are given, those that need a provider or the
    number of a contract (``hub``) where none is named.
    """
    found = [(entry.text, _address(entry, keys or {}, provider, hub)) for entry in entries]
    links = [(text, href) for text, href in found if href]
    active = max((href for _, href in links if _leads_to(href, path)), key=len, default=None)
    return [{"text": text, "href": href, "active": href == active} for text, href in links]


def unbuilt() -> list[str]:
    """The names of pages that stand in a navigation and have no address."""
    example = {"kind": "school", "code": "100001"}
    return sorted({entry.page for entry in ALL if not _address(entry, example, "example", "example")})


def _keys(acting_for: Mapping[str, str] | None) -> dict[str, str]:
    return {name: acting_for[name] for name in ("kind", "code")} if acting_for and "code" in acting_for else {}


def _named(entries: Sequence[Entry], own_page: str) -> list[Entry]:
    """The buyer's entries with their own name for the page about themselves."""
    return [replace(e, text=own_page) if own_page and e.page == "school-about" else e for e in entries]


def _leads_to(href: str, path: str) -> bool:
    """The home page leads only to itself; any other also to what lies beneath it."""
    return path == href or (href != "/" and path.startswith(href.rstrip("/") + "/"))


def _verifier(actor: Actor) -> tuple[Entry, ...]:
    """The verifier's entries; beside a panel's under other words."""
    if not actor.has(Role.PANEL):
        return VERIFIER
    return (Entry("To verify", "verify"), Entry("Verified", "verify-decided"))


def _provider_of(request: HttpRequest, actor: Actor) -> str:
    """The code of the provider at whose address the page is, where the actor acts for one."""
    if not request.path.startswith("/provider/") or not actor.has(Role.PROVIDER):
        return ""
    code = request.path.split("/")[2]
    return code if any(one.code == code for one in providers_of(actor)) else ""


def _own_provider(actor: Actor) -> str:
    """The code of the one provider for which the actor acts or works as a consultant; empty where there are several."""
    if actor.system:
        return ""
    codes = {one.code for one in providers_of(actor)} if actor.has(Role.PROVIDER) else set()
    if not codes and actor.has(Role.CONSULTANT):
        codes = set(own_consultants(actor).values_list("provider__code", flat=True))
    return codes.pop() if len(codes) == 1 else ""


def _address(entry: Entry, keys: Mapping[str, str], provider: str, hub: str) -> str:
    if (entry.of_buyer and not keys) or (entry.of_provider and not provider) or (entry.of_hub and not hub):
        return ""
    named = {"provider": provider} if entry.of_provider else {"number": hub} if entry.of_hub else None
    given = dict(keys) if entry.of_buyer else named
    try:
        return reverse(entry.page, kwargs=given)
    except NoReverseMatch:
        return ""
