"""A reader with preferences, a topic of the tests' own with its template, and mail servers that fail on purpose."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from marketplace.core.actors import Actor, Role
from marketplace.messaging import rendering, topics
from marketplace.messaging.services import To, send
from marketplace.messaging.topics import Choice, Topic
from marketplace.organisations.models import Organisation
from tests.shop import person

NEWS = Topic("test-news", "News", "Now and then.", "You asked.", Choice.AT_ONCE, frozenset({Role.BUYER}))
DUTY = Topic(
    "test-duty", "Duties", "Always.", "You must know.", Choice.AT_ONCE, frozenset({Role.BUYER}), (Choice.AT_ONCE,)
)
TEMPLATE = """{% extends "layout.jinja" %}
{% from "parts.jinja" import action, facts, para %}
{% block subject %}News for {{ who }}{% endblock %}
{% block body %}{{ para("Dear " ~ who) }}{{ facts([("Sum", 123450 | money)]) }}
{%- if link %}{{ action("Look", link) }}{% endif %}{% if fills %}{{ action("Decide", fills.decide) }}{% endif %}{% endblock %}
"""


@pytest.fixture(autouse=True)
def news(tmp_path: Path) -> Iterator[None]:
    """Two topics of the tests' own."""
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "news.jinja").write_text(TEMPLATE)
    topics.register(NEWS, DUTY)
    rendering.add_templates(tmp_path / "mails")
    yield
    rendering._folders.remove(tmp_path / "mails")
    rendering._environments.clear()
    for code in ("test-news", "test-duty"):
        del topics._topics[code]


@pytest.fixture
def sam(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor)


def tell(
    to: To, *, key: str = "news:1", topic: str = "test-news", who: str = "Sam", link: str = "", **more: Any
) -> None:
    """Queues one e-mail."""
    send(key=key, topic=topic, to=to, template="news.jinja", context={"who": who, "link": link}, **more)


def reader(actor: Actor) -> To:
    """A person as a reader."""
    return To("sam@oakfield.example", person_id=actor.person_id)
