"""What waits for the administrator."""

from typing import Any

from django.db.models import Exists
from django.urls import reverse
from django.utils import timezone

from frontend.formats import plural
from frontend.office.organisations import undecided
from marketplace.core.actors import Actor, Role
from marketplace.messaging.queries import failing
from marketplace.organisations.models import Organisation, RoleAssignment
from providers.models import Provider


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """First steps of a new site, schools to decide on and messages that did not arrive, in the form of the component
    ``waits``. Three queries."""
    return [*_first_steps(), *_undecided(actor), *not_sent(actor)]


def _first_steps() -> list[dict[str, Any]]:
    """What a site needs before anything can be sold: somebody for each of our own duties, and a provider. One query."""
    held = RoleAssignment.objects.exclude(valid_to__lte=timezone.localdate())
    ours = Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).annotate(
        sells=Exists(Provider.objects.all()),
        organises=Exists(held.filter(role=Role.ORGANISER)),
        manages=Exists(held.filter(role=Role.FINANCE_MANAGER)),
    )
    place = ours.first()
    if place is None:
        return []
    add = f"{reverse('people-add')}?at={place.number}"
    make = reverse("office-make-provider", kwargs={"number": place.number})
    steps = [
        (place.manages, "Add a finance manager", add, "They add the bank account, and approve what officers prepare."),
        (place.organises, "Add a course organiser", add, "They write and publish what schools can buy."),
        (
            place.sells,
            f"Make {place.name} a provider",
            make,
            "Offers are written in a provider's name; until then none can be.",
        ),
    ]
    return [{"text": text, "href": href, "next": then} for done, text, href, then in steps if not done]


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
