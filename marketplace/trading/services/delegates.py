"""Who comes: names, e-mail addresses and needs of people, as a basket's line keeps them and as a place receives them.

All of it is personal and erasable. None of it reaches a price, a charge, a document or an event.
"""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Lower

from catalogue.rules.words import count_words
from marketplace.core.errors import WrongInput
from marketplace.core.text import clean_line
from marketplace.organisations.models import RoleAssignment
from marketplace.organisations.services.people import on_day
from marketplace.trading.models import BasketLine

NAME_LIMIT = 120
EMAIL_LIMIT = 254
NEEDS_LIMIT = 500


def clean_delegates(names: Sequence[str], quantity: Decimal) -> list[str]:
    """Names on one line each; empty ones are named later. Refuses more names than places."""
    return _for_places([_name(name) for name in names], quantity, "names")


def clean_emails(emails: Sequence[str], quantity: Decimal) -> list[str]:
    """E-mail addresses in the order of the names, empty where none is given. Refuses more of them than places."""
    return _for_places([clean_email(email) for email in emails], quantity, "e-mail addresses")


def clean_needs(needs: Sequence[str], quantity: Decimal) -> list[str]:
    """What people need, in the order of the names. Refuses more than places."""
    cleaned = [clean_line(one, what="Needs", limit=NEEDS_LIMIT, required=False) for one in needs]
    return _for_places(cleaned, quantity, "people's needs")


def clean_email(email: str) -> str:
    """One address in small letters; nothing stays nothing. Refuses what is no e-mail address."""
    email = clean_line(email, what="E-mail address", limit=EMAIL_LIMIT, required=False).lower()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise WrongInput("Enter the e-mail address in the form name@example.org, or leave it empty") from None
    return email


def _name(name: str) -> str:
    return clean_line(name, what="Name", limit=NAME_LIMIT, required=False)


def _for_places(cleaned: list[str], quantity: Decimal, what: str) -> list[str]:
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    if len(cleaned) > quantity:
        raise WrongInput(f"You gave {len(cleaned)} {what} for {count_words(quantity, 'place', 'places')}. Add places.")
    return cleaned


def people_at(emails: Collection[str], school_id: int, on: date) -> dict[str, int]:
    """By e-mail address the person who signs in at that school, where there is one. Whoever gave the address is never
    told whether there is. No query without addresses, else one."""
    wanted = {email.lower() for email in emails if email}
    if not wanted:
        return {}
    signs_in = RoleAssignment.objects.annotate(address=Lower("person__email")).filter(
        on_day(on), organisation_id=school_id, address__in=wanted, person__user__is_active=True
    )
    return dict(signs_in.order_by("-person_id").values_list("address", "person_id"))


def places_of(line: BasketLine, on: date) -> list[dict[str, Any]]:
    """For each place of a basket's line the personal fields of its booking, in order."""
    found = people_at(line.emails, line.school_id, on)
    places = []
    for index in range(int(line.quantity)):
        email = _at(line.emails, index)
        places.append(
            {
                "delegate_name": _at(line.delegates, index),
                "delegate_email": email,
                "delegate_person_id": found.get(email),
                "needs": _at(line.needs, index),
            }
        )
    return places


def _at(values: Sequence[str], index: int) -> str:
    return values[index] if index < len(values) else ""
