"""Who is in a network: added by an organiser, or joining by the level of its subscription; and how long."""

from datetime import date

from django.db import IntegrityError, transaction

from marketplace.core import events
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.errors import DomainError, NotFound, WrongInput
from marketplace.core.text import clean_line
from marketplace.core.wording import long_date
from marketplace.organisations.models import Organisation, Person
from marketplace.organisations.services.people import on_day
from marketplace.trading.models import Network, NetworkMember
from marketplace.trading.services.delegates import NAME_LIMIT
from subscriptions.plans.queries import may_join
from subscriptions.plans.rules.includes import Kind


class NetworkClosed(DomainError):
    """The network has ended."""

    code = "network_closed"


@transaction.atomic
def add_member(
    *,
    network: Network,
    organisation: Organisation,
    kind: NetworkMember.Kind,
    valid_from: date,
    actor: Actor,
    contact_name: str = "",
    contact_email: str = "",
) -> NetworkMember:
    """An organisation joins from a day on, with the person who is told of meetings; one with that address who has a
    sign-in at the organisation sees them there.

    Refuses an organisation that is a member already.
    """
    actor.require(Role.ORGANISER, to="add members to networks")
    still_open(network)
    email = contact_email.strip()
    person = Person.objects.filter(
        user__is_active=True, user__email__iexact=email, roles__organisation=organisation
    ).first() if email else None  # fmt: skip
    try:
        with transaction.atomic():
            made = NetworkMember.objects.create(
                network=network,
                organisation=organisation,
                kind=kind,
                contact_name=clean_line(contact_name, what="Name of the contact", limit=NAME_LIMIT, required=False),
                contact_email=email,
                person=person,
                valid_from=valid_from,
            )
    except IntegrityError:
        raise WrongInput(f"{organisation.name} is in {network.name} already") from None
    record("network.member_joined", network, [organisation.pk], actor, member_kind=kind.value)
    return made


@transaction.atomic
def end_membership(*, member: NetworkMember, on: date, actor: Actor) -> None:
    """The organisation is in the network until the day before ``on``. Places that it booked stay booked."""
    actor.require(Role.ORGANISER, to="end memberships of networks")
    if on <= member.valid_from:
        raise WrongInput("A membership ends after the day on which it began")
    if NetworkMember.objects.filter(pk=member.pk, valid_to=None).update(valid_to=on) != 1:
        raise WrongInput("This membership has ended already")
    record("network.member_left", member.network, [member.organisation_id], actor)


@transaction.atomic
def join_by_level(*, network: Network, organisation: Organisation, on: date, actor: Actor) -> NetworkMember:
    """A school whose subscription level opens the network joins it by itself, and books as long as it has the level.

    By who buys for it. The same call again returns its membership. NotFound where its level does not open it: an outsider
    is told of no network.
    """
    if organisation.pk not in actor.organisations(*BUYING) or network.name not in opened_by_level(organisation, on):
        raise NotFound("There is no such network.")
    still_open(network)
    Network.objects.select_for_update().get(pk=network.pk)  # a second click waits here, and then finds the membership
    found = NetworkMember.objects.filter(on_day(on), network=network, organisation=organisation).first()
    if found is not None:
        return found
    made = NetworkMember.objects.create(
        network=network, organisation=organisation, kind=NetworkMember.Kind.MEMBER, valid_from=on, by_level=True,
        contact_name=actor.name[:NAME_LIMIT], person_id=actor.person_id,
    )  # fmt: skip
    record("network.member_joined", network, [organisation.pk], actor, member_kind=made.kind, by_level=True)
    return made


def opened_by_level(organisation: Organisation, on: date) -> set[str]:
    """The names of the networks that the organisation's subscription level opens to it on a day."""
    return {name for kind, name in may_join(organisation, on) if kind == Kind.NETWORK}


def still_open(network: Network) -> None:
    """Raises NetworkClosed for one that has ended."""
    if network.closed_on is not None:
        raise NetworkClosed(f"{network.name} ended on {long_date(network.closed_on)}.")


def record(kind: str, network: Network, organisations: list[int], actor: Actor, **payload: object) -> None:
    """An event of a network, in the scope of these organisations."""
    events.record(
        kind=kind,
        subject_kind="network",
        subject=network.code,
        organisation_ids=organisations,
        payload=dict(payload),
        actor=actor,
    )
