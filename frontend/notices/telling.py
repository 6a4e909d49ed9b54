"""One shape of e-mail: a subject, some facts, some sentences and one link; told to readers once for each key."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.models import Event
from marketplace.messaging.services import To, send


@dataclass(frozen=True)
class Told:
    """What it says. ``facts`` are names with their values; empty values are left out. ``action`` is the link's words."""

    subject: str
    facts: Sequence[tuple[str, str]]
    sentences: Sequence[str]
    action: str
    link: str


def tell(readers: Sequence[To], said: Told, *, key: str, topic: str, event: Event | None = None) -> int:
    """Writes it to each reader once; how many there are."""
    context = {
        "subject": said.subject, "facts": [(name, value) for name, value in said.facts if value],
        "sentences": said.sentences, "action_words": said.action, "link": said.link,
    }  # fmt: skip
    once = {to.name: to for to in readers}
    for to in once.values():
        send(key=key, topic=topic, to=to, template="mail/told.jinja", context=context, event=event)
    return len(once)
