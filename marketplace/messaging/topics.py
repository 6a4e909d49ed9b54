"""What e-mails are about. A package above registers its topics; each says who may get it and who may switch it off."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.actors import Actor, Role


class Choice(StrEnum):
    """When a person wants the e-mails of a topic."""

    AT_ONCE = "at_once"
    DIGEST = "digest"
    NEVER = "never"

    @property
    def words(self) -> str:
        return {"at_once": "At once", "digest": "In the daily summary", "never": "Not at all"}[self.value]


EVERY_CHOICE = (Choice.AT_ONCE, Choice.DIGEST, Choice.NEVER)


@dataclass(frozen=True)
class Topic:
    """``code`` is stored with preferences and messages and never changes. ``words`` and ``hint`` stand on the page where
    one chooses, ``why`` is the sentence at the end of each e-mail to a person.

    ``choices`` are those that a person has; one alone cannot be switched off. ``roles`` are those whose holders get
    such e-mails. ``readers`` are the roles that may read the text of one that was sent to somebody else.
    """

    code: str
    words: str
    hint: str
    why: str
    default: Choice
    roles: frozenset[Role]
    choices: tuple[Choice, ...] = EVERY_CHOICE
    readers: frozenset[Role] = frozenset()

    @property
    def optional(self) -> bool:
        return len(self.choices) > 1


_topics: dict[str, Topic] = {}


def register(*topics: Topic) -> None:
    """Adds topics; the order is that of the page. Refuses a default that is not among the choices."""
    for topic in topics:
        if topic.default not in topic.choices:
            raise ValueError(f"The default of {topic.code} is not one of its choices.")
        _topics[topic.code] = topic


def topic(code: str) -> Topic:
    """The topic of that code. Raises LookupError for one that nobody registered."""
    if code not in _topics:
        raise LookupError(f"No topic of e-mails is called {code}.")
    return _topics[code]


def registered() -> list[Topic]:
    return list(_topics.values())


def topics_for(actor: Actor) -> list[Topic]:
    """The topics about which the actor may be written to, by their roles today."""
    return [one for one in _topics.values() if actor.has(*one.roles)]


def readable_by(actor: Actor) -> Sequence[str]:
    """The codes of the topics whose messages the actor may read, whoever they were sent to."""
    return [one.code for one in _topics.values() if actor.system or actor.has(*one.readers)]
