"""Reads over messages and addresses, scoped to an actor."""

from uuid import UUID

from django.db.models import Q, QuerySet

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.messaging.models import Message, NotificationAddress
from marketplace.messaging.topics import readable_by
from marketplace.organisations.models import Organisation

_Purpose = NotificationAddress.Purpose
FAILING = (Message.State.FAILED, Message.State.REFUSED)


def messages_for(actor: Actor) -> QuerySet[Message]:
    """Messages the actor may list, newest first: the administrator all, finance and the auditor those of their topics.

    Listing is not reading: whether the text may be seen, ``may_read`` says.
    """
    found = Message.objects.select_related("person", "organisation").order_by("-pk")
    if actor.system or actor.has(Role.ADMINISTRATOR):
        return found
    if actor.has(*FINANCE_READERS):
        return found.filter(topic__in=readable_by(actor))
    return found.none()


def message_for(actor: Actor, number: UUID) -> Message:
    """One message by its number, or NotFound whether it is missing or not the actor's."""
    found = messages_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("Page not found")
    return found


def may_read(actor: Actor, message: Message) -> bool:
    """Whether the actor may see the subject and the text; the administrator sees no money."""
    return actor.system or message.topic in readable_by(actor)


def failing(actor: Actor) -> QuerySet[Message]:
    """Messages that were given up or refused: somebody must look."""
    return messages_for(actor).filter(state__in=FAILING)


def address_for(organisation: Organisation, purpose: str) -> str:
    """The shared address for a purpose: its own, else that for everything; empty where there is none.

    Invoices fall back on the address that is printed on them.
    """
    kept = NotificationAddress.objects.filter(
        Q(purpose=purpose) | Q(purpose=_Purpose.ALL), organisation=organisation
    ).values_list("purpose", "email")
    found = dict(kept)
    printed = organisation.notify_email if purpose == _Purpose.INVOICES else ""
    return found.get(purpose) or found.get(_Purpose.ALL) or printed


def addresses_of(organisation: Organisation) -> dict[str, str]:
    """The organisation's own shared addresses by purpose."""
    return dict(organisation.notification_addresses.values_list("purpose", "email"))
