"""Who did what to an agreement and why, for finance: the timeline with what people wrote."""

from typing import Any

from frontend.finance.history import history_of
from marketplace.core.models import Event, EventText


def written_history(number: str) -> list[dict[str, Any]]:
    """The events of an agreement, newest first, each with its reason or the reference of its paper. Three queries."""
    found = history_of(subject_kind="agreement", subject=number)
    ids = Event.objects.filter(subject_kind="agreement", subject=number).order_by("-pk").values_list("pk", flat=True)
    texts = {one.event_id: one.words for one in EventText.objects.filter(event__in=list(ids))}
    for row, pk in zip(found, ids, strict=False):
        words = ". ".join(str(text) for text in texts.get(pk, {}).values() if text)
        row["text"] = ": ".join(part for part in (row["text"], words) if part)
    return found
