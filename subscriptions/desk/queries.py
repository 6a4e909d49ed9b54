"""Tickets and credits, scoped to an actor: schools see their own, the desk (organisers and finance) all."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Q, QuerySet

from marketplace.core.actors import BUYING, FINANCE, FINANCE_READERS, Actor, Role
from marketplace.core.errors import NotFound
from marketplace.core.files import visible_to
from marketplace.core.models import StoredFile
from marketplace.organisations.models import Organisation, Person, RoleAssignment
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.people import on_day
from subscriptions.agreements.models import Agreement, AgreementLine
from subscriptions.desk.models import ServiceCredit, Ticket, TicketMessage

DESK = FINANCE | {Role.ORGANISER}
"""Who works at the service desk."""
OWNER_KIND = "ticket-message"
WAITS = (Ticket.State.OPEN, Ticket.State.REOPENED)
LIVE = (*WAITS, Ticket.State.WITH_SCHOOL)


def is_desk(actor: Actor) -> bool:
    """Whether the actor works at the desk."""
    return actor.system or actor.has(*DESK)


def require_desk(actor: Actor) -> None:
    """Raises NotFound for everybody who does not work at the desk."""
    if not is_desk(actor):
        raise NotFound("Page not found")


def tickets_for(actor: Actor) -> QuerySet[Ticket]:
    """Newest first, with whose they are."""
    found = Ticket.objects.select_related(
        "organisation__school", "organisation__trust", "line", "opened_by__user", "assignee", "credit"
    ).order_by("-pk")
    return found if is_desk(actor) else found.filter(organisation__in=actor.organisations(*BUYING))


def ticket_for(actor: Actor, number: str) -> Ticket:
    """One ticket, or NotFound whether it is missing or not the actor's."""
    found = tickets_for(actor).filter(number=number).first()
    if found is None:
        raise NotFound("There is no such ticket.")
    return found


def messages_of(ticket: Ticket, actor: Actor) -> list[TicketMessage]:
    """What was written, oldest first; the desk's own notes for the desk alone."""
    found = TicketMessage.objects.filter(ticket=ticket).select_related("person").order_by("pk")
    return list(found if is_desk(actor) else found.filter(internal=False))


def files_by_message(messages: Iterable[TicketMessage]) -> dict[int, list[StoredFile]]:
    """The files that came with messages, without their content. One query."""
    owners = [str(one.pk) for one in messages]
    found: dict[int, list[StoredFile]] = {}
    kept = StoredFile.objects.filter(owner_kind=OWNER_KIND, owner__in=owners).defer("content").order_by("pk")
    for one in kept:
        found.setdefault(int(one.owner), []).append(one)
    return found


@visible_to(OWNER_KIND)
def sees_file(actor: Actor, owner: str) -> bool:
    """The desk sees all files, a school those of what it may read of its own tickets."""
    message = TicketMessage.objects.filter(pk=int(owner)).select_related("ticket").first()
    if message is None:
        return False
    own = message.ticket.organisation_id in actor.organisations(*BUYING)
    return is_desk(actor) or (own and not message.internal)


def services_of(organisations: Collection[Organisation], on: date) -> QuerySet[AgreementLine]:
    """What organisations have from us on a day and may need help with, by title."""
    own = [one.pk for one in organisations]
    return (
        AgreementLine.objects.filter(
            Q(agreement__organisation__in=own) | Q(consumer__in=own),
            agreement__state=Agreement.State.ACTIVE,
            agreement__kind__in=[Agreement.Kind.SERVICE, Agreement.Kind.SUBSCRIPTION],
            valid_from__lte=on,
            valid_to__gt=on,
        )
        .select_related("agreement", "consumer")
        .order_by("title", "consumer__name", "pk")
    )


def service_for(organisation: Organisation, pk: int, on: date) -> AgreementLine:
    """A service that the organisation has on that day, or NotFound."""
    found = services_of([organisation], on).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such service.")
    return found


def desk_people(on: date) -> list[Person]:
    """Who may be given a ticket, by name."""
    held = RoleAssignment.objects.filter(on_day(on), organisation_id=partnership().pk, role__in=[r.value for r in DESK])
    return list(Person.objects.filter(pk__in=held.values("person")).order_by("name", "pk"))


def credits_for(actor: Actor) -> QuerySet[ServiceCredit]:
    """Credits for missed promises, newest first: all for finance and the auditor, a school's own for the school."""
    found = ServiceCredit.objects.select_related(
        "ticket__organisation", "missed", "line__agreement", "decided_by"
    ).order_by("-pk")
    if actor.system or actor.has(*FINANCE_READERS, Role.ORGANISER):
        return found
    return found.filter(ticket__organisation__in=actor.organisations(*BUYING))


def credit_for(actor: Actor, pk: int) -> ServiceCredit:
    """One credit, or NotFound."""
    found = credits_for(actor).filter(pk=pk).first()
    if found is None:
        raise NotFound("There is no such credit.")
    return found
