"""The cancellation policy of an offer, for what is ordered from now on."""

from django.db import transaction

from catalogue.models import Offer
from catalogue.rules.cancellation import Policy, check_policy
from marketplace.core import events
from marketplace.core.actors import Actor, Role


@transaction.atomic
def set_cancellation(*, offer: Offer, policy: Policy, name: str, actor: Actor) -> Offer:
    """Gives the offer a policy, called ``name`` in the log. What was ordered keeps the policy of its order.

    Refuses a policy that is not of the documented form (WrongPolicy).
    """
    actor.require(Role.ORGANISER, Role.ADMINISTRATOR, to="set what cancelling costs")
    check_policy(policy)
    offer = Offer.objects.select_for_update(of=("self",)).select_related("provider").get(pk=offer.pk)
    before = offer.cancellation
    Offer.objects.filter(pk=offer.pk).update(cancellation=policy)
    offer.cancellation = policy
    events.record(
        kind="offer.cancellation_set",
        subject_kind="offer",
        subject=offer.code,
        organisation_ids=[offer.provider.organisation_id],
        payload={"policy": name, "changed": before != policy},
        actor=actor,
    )
    return offer
