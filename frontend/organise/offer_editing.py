"""Writing an offer part by part: the task list and the pages it leads to, alike for providers and organisers."""

from typing import Any

from catalogue.models import Offer
from catalogue.offer_queries import asks_of, stage_of, versions_of
from catalogue.rules.offer_content import Content, missing, says
from catalogue.services import change_offer
from catalogue.services.versions import pending_of
from frontend.finance.history import history_of
from frontend.organise.offer_forms import Part, PartForm, parts_of
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, NotFound

# What a sentence of ``missing`` is about, by the word that it has.
_ABOUT = {"about": ("summary", "description"), "for-whom": ("for whom",), "deal": ("deal",)}


def task_list(content: Content, *, organiser: bool, address: Any) -> list[dict[str, Any]]:
    """One item for each part, in the form of the GOV.UK task list; ``address(key)`` leads to its page."""
    open_questions = " ".join(missing(content)).lower()
    items = []
    for part in parts_of(content, organiser=organiser):
        waits = any(word in open_questions for word in _ABOUT.get(part.key, ()))
        filled = any(content[name] for name in part.names)
        tag = {"tag": {"text": "Not complete", "classes": "govuk-tag--yellow"}}
        status = tag if waits else {"text": "Completed" if filled else "Optional"}
        items.append({"title": {"text": part.title}, "href": address(part.key), "status": status})
    return items


def part_for(content: Content, key: str, *, organiser: bool) -> Part:
    """The part of that name, or NotFound where this offer or this person has none."""
    found = next((part for part in parts_of(content, organiser=organiser) if part.key == key), None)
    if found is None:
        raise NotFound("Page not found")
    return found


def save_part(offer: Offer, form: PartForm, actor: Actor) -> bool:
    """Whether the part was saved; where it was refused, the form says why."""
    if not form.is_valid():
        return False
    try:
        change_offer(offer=offer, changes=form.changes(), actor=actor)
    except DomainError as error:
        form.add_error(None, " ".join([error.message, *error.detail]))
        return False
    return True


def about(offer: Offer) -> dict[str, Any]:
    """What both task lists say of an offer."""
    content = pending_of(offer)
    return {
        "offer": offer,
        "content": content,
        "said": says(content),
        "stage": stage_of(offer),
        "copy": hasattr(offer, "draft"),
        "asks": asks_of(offer),
        "versions": versions_of(offer),
        "history": history_of(subject_kind="offer", subject=offer.code),
    }
