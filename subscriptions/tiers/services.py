"""Who is a member from when."""

from datetime import date

from django.db import transaction

from catalogue.rules.classes import PriceClass
from marketplace.core import events
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.people import on_day
from subscriptions.tiers.models import CLASSES, Membership


class MembershipOverlaps(DomainError):
    """The dates lie across a membership that is already agreed."""

    code = "membership_overlaps"


@transaction.atomic
def set_membership(
    *,
    organisation: Organisation,
    price_class: PriceClass,
    valid_from: date,
    actor: Actor,
    valid_to: date | None = None,
) -> Membership:
    """The class an organisation buys at from a date on, ``[valid_from, valid_to)``.

    A membership running on that date ends there; the same call again returns what exists. Refuses dates
    that lie across a later membership (MembershipOverlaps), an empty period and the class ``ANY``.
    """
    actor.require(Role.FINANCE_MANAGER, Role.ADMINISTRATOR, to="set memberships")
    if price_class not in CLASSES:
        raise WrongInput(f"Price class must be one of {', '.join(one.words for one in CLASSES)}")
    if valid_to is not None and valid_to <= valid_from:
        raise WrongInput("The last day of a membership must be after its first")
    # The organisation's row is the lock: two people setting its membership wait for each other.
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    rows = Membership.objects.filter(organisation=organisation)
    same = rows.filter(valid_from=valid_from, valid_to=valid_to, price_class=price_class).first()
    if same is not None:
        return same
    standing = rows.filter(on_day(valid_from)).first()
    rows.filter(valid_from__lt=valid_from, valid_to__isnull=True).update(valid_to=valid_from)
    rows.filter(valid_from__lt=valid_from, valid_to__gt=valid_from).update(valid_to=valid_from)
    later = rows.filter(valid_from__gte=valid_from)
    if valid_to is not None:
        later = later.filter(valid_from__lt=valid_to)
    if (across := later.order_by("valid_from").first()) is not None:
        raise MembershipOverlaps(
            f"{organisation.name} already has a membership from {across.valid_from:%-d %B %Y}. "
            "End the new one on that day, or choose later dates."
        )
    membership = Membership.objects.create(
        organisation=organisation, price_class=int(price_class), valid_from=valid_from, valid_to=valid_to
    )
    events.record(
        kind="membership.set",
        subject_kind="organisation",
        subject=organisation.number,
        organisation_ids=[organisation.pk],
        payload={
            "before": {"class": PriceClass(standing.price_class).code} if standing else None,
            "after": {"class": price_class.code},
            "from": valid_from.isoformat(),
            "to": valid_to.isoformat() if valid_to else None,
        },
        actor=actor,
    )
    return membership
