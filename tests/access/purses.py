"""A purse in the world of the access matrix: the school leads it, with a partner of its own."""

from datetime import date, timedelta
from typing import Any

from marketplace.core.actors import Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.membership.rules.methods import Method
from subscriptions.services import Joining, open_purse

SINCE = date(2020, 1, 1)


def purse_held(*, school: Organisation, today: date, actor: Actor) -> dict[str, Any]:
    """The school leads a purse for a term to come, so that nothing is drawn from it."""
    number = school.number.lower()
    partner = add_organisation(
        kind=Organisation.Kind.OTHER, name=f"Neighbour of {school.name}", valid_from=SINCE, actor=actor
    )
    made = open_purse(
        code=f"purse-{number}", name=f"Purse of {number}", lead=school, members=[Joining(partner)], pence=100_00,
        term=Period(today + timedelta(days=40), today + timedelta(days=400)), method=Method.EQUAL, on=today, actor=actor,
    )  # fmt: skip
    return {"purse": made.code, "purse_member": made.members.get(organisation=partner).pk}
