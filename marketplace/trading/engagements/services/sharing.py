"""What each school that shares a booking does for its own part."""

from django.db import transaction

from invoicing.receivables.charges import clean_purchase_order
from marketplace.core.actors import BUYING, Actor
from marketplace.core.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.trading.engagements.models import Engagement, EngagementShare
from marketplace.trading.engagements.services.agreeing import record


@transaction.atomic
def set_share_purchase_order(
    *, engagement: Engagement, school: Organisation, purchase_order: str, actor: Actor
) -> EngagementShare:
    """A school's own purchase order for its part, on what it is charged from now on; empty takes the lead school's.

    Those who buy for that school. Raises NotFound where the school does not share the booking or is not theirs.
    """
    shares = EngagementShare.objects.select_for_update().filter(engagement=engagement, school=school)
    found = list(shares) if school.pk in actor.organisations(*BUYING) else []
    if not found:
        raise NotFound("Page not found")
    [share] = found
    share.purchase_order = clean_purchase_order(purchase_order)
    share.save(update_fields=["purchase_order"])
    record("engagement.purchase_order", engagement, actor, share=share.position)
    return share
