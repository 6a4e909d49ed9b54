"""Which events leave the house by webhook. Packages above say so; what nobody has published is never sent."""

from dataclasses import dataclass
from typing import Any

from marketplace.core.models import Event

TEST = "webhook.tested"


@dataclass(frozen=True)
class PublicKind:
    """A kind of event that customers may subscribe to.

    ``facts`` are the names in the payload that go along, for codes and days; ``figures`` are whole pence, which go
    only to an organisation that is alone in the event's scope. Nothing else of a payload leaves.
    """

    kind: str
    words: str
    facts: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()


_public: dict[str, PublicKind] = {TEST: PublicKind(TEST, "A test that somebody asked for")}


def add(*kinds: PublicKind) -> None:
    """Keeps kinds as public; ``services.publish_kinds`` is what packages call."""
    _public.update({kind.kind: kind for kind in kinds})


def public_kind(kind: str) -> PublicKind:
    """Raises KeyError for a kind that is not public."""
    return _public[kind]


def choosable() -> dict[str, str]:
    """The kinds to choose from, with their words; the test needs no choosing."""
    return {one.kind: one.words for one in _public.values() if one.kind != TEST}


def body_of(event: Event, *, organisation_id: int, organisation_number: str) -> dict[str, Any]:
    """What one organisation is told of an event: thin, without names, without anything about another organisation."""
    public = public_kind(event.kind)
    alone = event.organisation_ids == [organisation_id]
    names = (*public.facts, *(public.figures if alone else ()))
    facts = {name: event.payload[name] for name in names if _is_plain(event.payload.get(name))}
    return {
        "type": event.kind,
        "timestamp": event.at.isoformat(),
        "data": {
            "subject_kind": event.subject_kind,
            "subject": event.subject,
            "organisation": organisation_number,
            **facts,
        },
    }


def _is_plain(value: object) -> bool:
    """A code, a day or a whole number: never a list or an object that could hold more than was thought."""
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= 60)
