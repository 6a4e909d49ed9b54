"""What an offer says as one piece of data: read from it, written to it, frozen as its next version."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max

from catalogue.models import Offer, OfferDraft, OfferLevel, OfferVersion
from catalogue.rules import supply
from catalogue.rules.offer_content import Content
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import Organisation

_SAME = (
    "kind", "title", "summary", "description", "themes", "phases", "roles", "evidence", "evidence_url", "term_months",
    "supply_kind", "vat_category", "vat_reason", "cfr_code", "aar_code", "audience", "signposted_url",
    "list_price_pence", "who_may_join",
)  # fmt: skip
_DATES = ("deal_from", "deal_to")


def content_of(offer: Offer) -> Content:
    """The offer as it stands now, in the form of ``rules.offer_content``."""
    content: Content = {name: getattr(offer, name) for name in _SAME}
    content |= {name: day.isoformat() if (day := getattr(offer, name)) else None for name in _DATES}
    levels = offer.levels.values("code", "title", "included") if offer.pk else []
    return content | {
        "kind": str(offer.kind),
        "supply_kind": str(offer.supply_kind),
        "vat_category": str(offer.vat_category),
        "provider": offer.provider.code,
        "provider_name": offer.provider.organisation.name,
        "sold_by": offer.sold_by.number if offer.sold_by else None,
        "sold_by_name": offer.sold_by.name if offer.sold_by else "",
        "of_event": offer.of_event.code if offer.of_event else None,
        "levels": list(levels),
    }


def pending_of(offer: Offer) -> Content:
    """What the next version would say: the working copy where there is one, else the offer."""
    draft: OfferDraft | None = getattr(offer, "draft", None)
    return dict(draft.content) if draft else content_of(offer)


def named(content: Content, changes: Content) -> Content:
    """The content with the changes, and with the names and codes that follow from them."""
    merged = {**content, **changes}
    if "sold_by" in changes:
        found = _supplier(changes["sold_by"])
        merged["sold_by_name"] = found.name if found else ""
    if changes.get("audience") == Offer.Audience.SCHOOLS:
        merged["of_event"] = None
    if merged["of_event"] is not None:
        event_for(merged["of_event"])
    return merged


def _supplier(number: Any) -> Organisation | None:
    if not number:
        return None
    found = Organisation.objects.filter(number=number).first()
    if found is None:
        raise WrongInput(f"There is no organisation {number}. An administrator adds it first.")
    return found


def event_for(code: str) -> Offer:
    """The event that a package belongs to: a course for schools."""
    found = Offer.objects.filter(code=code, kind=Offer.Kind.COURSE, audience=Offer.Audience.SCHOOLS).first()
    if found is None:
        raise WrongInput(f"There is no event {code}. A package belongs to a course of the catalogue.")
    return found


def set_content(offer: Offer, content: Content) -> None:
    """Puts the content on the offer in memory, with the words by which it is found; ``write_levels`` does the rest.

    Account and income stream follow the kind of supply where that changes.
    """
    if offer.supply_kind != content["supply_kind"]:
        offer.account_code = supply.ACCOUNT[content["supply_kind"]]
        offer.stream_code = supply.STREAM[content["supply_kind"]]
    for name in _SAME:
        setattr(offer, name, content[name])
    for name in _DATES:
        setattr(offer, name, date.fromisoformat(content[name]) if content[name] else None)
    offer.sold_by = _supplier(content["sold_by"])
    offer.of_event = event_for(content["of_event"]) if content["of_event"] else None
    offer.keywords = keywords(content)


def keywords(content: Mapping[str, Any]) -> str:
    """What an offer is also searched by."""
    return " ".join([*content["themes"], *content["phases"], *content["roles"], content["provider_name"]])[:600]


def write_levels(offer: Offer, content: Content) -> None:
    """The levels of the content in place of those that stand, where they differ."""
    if list(offer.levels.values("code", "title", "included")) == content["levels"]:
        return
    offer.levels.all().delete()
    OfferLevel.objects.bulk_create(
        [OfferLevel(offer=offer, position=place, **level) for place, level in enumerate(content["levels"], start=1)]
    )


def write_version(offer: Offer, content: Content, on: date | None) -> OfferVersion:
    """The next version; the caller holds the offer's lock. Without a day: the present one."""
    last = OfferVersion.objects.filter(offer=offer).aggregate(last=Max("number"))["last"] or 0
    given = {"published_on": on} if on else {}
    return OfferVersion.objects.create(offer=offer, number=last + 1, content=content, **given)
