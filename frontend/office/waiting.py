"""What waits for the administrator."""

from typing import Any

from django.urls import reverse

from frontend.formats import plural
from frontend.office.organisations import undecided
from marketplace.core.actors import Actor


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """Schools whose billing class nobody knows yet, in the form of the component ``waits``. One query."""
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
