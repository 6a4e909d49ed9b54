"""For whom one buys: the organisation in the address, checked against the actor on every request.

A buyer's address is ``/<kind>/<code>/…``: a school by its URN, a trust by its UID, any other customer by its
customer number. An organisation that is not the actor's does not exist for them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Basket, BasketLine

SCHOOL, TRUST, CUSTOMER = "school", "trust", "customer"
KINDS = (SCHOOL, TRUST, CUSTOMER)
_OWN_PAGE = {SCHOOL: "Our school", TRUST: "Our trust", CUSTOMER: "Our details"}


class SignedInRequest(HttpRequest):
    """A request after the middleware: it knows who acts."""

    actor: Actor
    acting_for: dict[str, Any]
    section_path: str
    basket_count: int


@dataclass(frozen=True)
class Buyer:
    """An organisation with its place in the addresses."""

    organisation: Organisation
    kind: str
    code: str

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def own_page(self) -> str:
        """What the page about the organisation is called: "Our school"."""
        return _OWN_PAGE[self.kind]

    @property
    def keys(self) -> dict[str, str]:
        return {"kind": self.kind, "code": self.code}

    def url(self, page: str, **more: Any) -> str:
        """The address of one of the buyer's pages: ``buyer.url("school-invoice", number="INV-000001")``."""
        return reverse(page, kwargs={**self.keys, **more})


def buyer_of(organisation: Organisation) -> Buyer:
    """The organisation's place in the addresses. Load it with ``select_related("school", "trust")``."""
    if organisation.kind == Organisation.Kind.SCHOOL and hasattr(organisation, "school"):
        return Buyer(organisation, SCHOOL, organisation.school.urn)
    if organisation.kind == Organisation.Kind.TRUST and hasattr(organisation, "trust"):
        return Buyer(organisation, TRUST, organisation.trust.uid)
    return Buyer(organisation, CUSTOMER, organisation.number)


def buyers_of(actor: Actor, roles: Collection[Role] = BUYING, *, deputies: bool = False) -> list[Buyer]:
    """Every organisation for which the actor may buy today (or holds another of ``roles``): trusts first, then by name.

    With ``deputies`` also where they only decide for somebody else. One query.
    """
    own = actor.organisations(*roles, deputies=deputies)
    found = Organisation.objects.filter(pk__in=own).select_related("school", "trust")
    buyers = [buyer_of(organisation) for organisation in found]
    return sorted(buyers, key=lambda buyer: (buyer.kind != TRUST, buyer.name, buyer.code))


def usual_buyer(buyers: list[Buyer]) -> Buyer | None:
    """The one that needs no choosing: the only one, or the only trust, whose schools are bought for from it."""
    trusts = [buyer for buyer in buyers if buyer.kind == TRUST]
    if len(trusts) == 1 and len(buyers) > 1:
        return trusts[0]
    return buyers[0] if len(buyers) == 1 else None


def buyer_for(
    request: HttpRequest, kind: str, code: str, roles: Collection[Role] = BUYING, *, deputies: bool = False
) -> Buyer:
    """The organisation of the address, or NotFound where the actor holds none of the roles there today, in their own
    right or, with ``deputies``, for somebody else.

    Puts on the request what the layout says: for whom one buys, how to change, and what lies in the basket; for
    somebody who may only read the organisation's invoices, whose they are.
    """
    actor: Actor = request.actor  # type: ignore[attr-defined]
    buyers = buyers_of(actor, roles, deputies=deputies)
    buyer = next((one for one in buyers if (one.kind, one.code) == (kind, code)), None)
    if buyer is None:
        raise NotFound("Page not found")
    may_buy = buyer.organisation.pk in actor.organisations(*BUYING)
    deputy = buyer.organisation.pk not in actor.organisations(*roles)
    otherwise = "Deciding for" if deputy else "Invoices of"
    request.acting_for = {  # type: ignore[attr-defined]
        "label": "Buying for" if may_buy else otherwise,
        "name": buyer.name,
        "kind": kind,
        "code": code,
        "own_page": buyer.own_page,
        "may_buy": may_buy,
        "deputy": deputy,
        "change_url": reverse("choose") if may_buy and len(buyers) > 1 else "",
    }
    if may_buy:
        _show_basket(request, buyer, actor)
    return buyer


def receivers_for(buyer: Buyer, actor: Actor) -> list[Organisation]:
    """Who may receive what is bought here: the school itself, or each school of the trust."""
    if buyer.kind != TRUST:
        return [buyer.organisation]
    # The roles of a trust's finance people reach its schools of today: the actor was resolved for the day.
    own = Organisation.objects.select_related("school").filter(
        pk__in=actor.organisations(Role.TRUST_FINANCE), school__trust_memberships__trust_id=buyer.organisation.pk
    )
    return [*own.distinct().order_by("name"), buyer.organisation]


def _show_basket(request: HttpRequest, buyer: Buyer, actor: Actor) -> None:
    """The basket's address and how many lines lie in it. One query."""
    mine = BasketLine.objects.filter(
        basket__organisation=buyer.organisation,
        basket__owner_person=actor.person_id,
        basket__state=Basket.State.OPEN,
    )
    request.acting_for["basket_url"] = buyer.url("school-basket")  # type: ignore[attr-defined]
    request.basket_count = mine.count()  # type: ignore[attr-defined]
