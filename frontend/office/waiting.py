"""What waits for the administrator."""

from typing import Any

from django.urls import reverse

from frontend.formats import plural
from frontend.office.organisations import undecided
from marketplace.core.actors import Actor
from marketplace.messaging.queries import failing


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """Schools to decide on and messages that did not arrive, in the form of the component ``waits``. Two queries."""
    return [*_undecided(actor), *not_sent(actor)]


def not_sent(actor: Actor) -> list[dict[str, Any]]:
    """Messages that were given up or that a mail server refused, of those the actor may list. One query."""
    count = failing(actor).count()
    if not count:
        return []
    return [
        {
            "text": f"Mend {plural(count, 'e-mail')} that did not arrive",
            "href": f"{reverse('messages')}?show=not_sent",
            "next": "Correct the address, or ask the mail server's keeper; then send it again.",
        }
    ]


def _undecided(actor: Actor) -> list[dict[str, Any]]:
    count = undecided(actor).count()
    if not count:
        return []
    return [
        {
            "text": f"Decide how {plural(count, 'school is', 'schools are')} billed",
            "href": f"{reverse('organisations')}?show=undecided",
            "next": "Their kind is not in our list, so nobody knows yet whether they are invoiced or pay by journal.",
        }
    ]
