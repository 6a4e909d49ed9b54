"""Telling schools that a council's contract pays for them: by e-mail to who buys there, at most once in thirty days."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import WrongInput
from marketplace.core.models import Event
from marketplace.organisations.models import Organisation
from subscriptions.commissions.models import Package
from subscriptions.commissions.queries import eligible_of
from subscriptions.commissions.services.drawing import hold
from subscriptions.commissions.services.recording import CommissionStands, record, require_commissioner, require_live

AGAIN_DAYS = 30
KIND = "commission.package_offered"


@transaction.atomic
def tell_schools(
    *, package: Package, schools: Collection[Organisation], on: date, actor: Actor
) -> list[Organisation]:  # fmt: skip
    """Tells schools of a package that pays for them; returns those that are told now. One event for each, read by its
    school; whoever was told in the last thirty days is not told again.

    By an organiser, or a commissioner of the council. Never of a confidential package: to its schools one speaks. Refuses
    a package that pays for nothing on that day, and a school for which it does not pay.
    """
    held = hold(package.pk)
    if not actor.has(Role.ORGANISER):
        require_commissioner(held.council, actor, to="tell schools of a package")
    require_live(held.council, active=True)
    if held.confidential:
        raise WrongInput("This package is confidential. Speak with the school instead of writing to it.")
    if not held.valid_from <= on < held.valid_to or held.left <= 0:
        raise CommissionStands(f"{held.title} pays for nothing now, so nobody was told of it.")
    eligible = set(eligible_of(held, on).values_list("pk", flat=True))
    if other := next((one for one in schools if one.pk not in eligible), None):
        raise WrongInput(f"{held.title} does not pay for {other.name}. Choose schools for which it pays.")
    told = told_since(held, on - timedelta(days=AGAIN_DAYS))
    found = [one for one in schools if one.pk not in told]
    for one in found:
        record(
            KIND, held.council, actor, schools=(one.pk,), package=held.code, school=one.pk, on=on.isoformat()
        )  # fmt: skip
    return found


def told_since(package: Package, day: date) -> set[int]:
    """The schools that were told of a package after a day. One query."""
    number = package.council.contract.number
    events = Event.objects.filter(
        kind=KIND, subject_kind="outcome_contract", subject=number, payload__package=package.code
    )
    return {one["school"] for one in events.values_list("payload", flat=True) if one["on"] > day.isoformat()}
