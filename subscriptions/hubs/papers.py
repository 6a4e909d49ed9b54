"""Who sees private files of hubs: of applications, and receipts of what the money was spent on. Each sight is recorded."""

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.files import visible_to
from subscriptions.hubs.models import HubSpend
from subscriptions.hubs.queries import applications_for, leads

APPLICATION, SPEND = "hub-application", "hub-spend"


@visible_to(APPLICATION)
def sees_application(actor: Actor, owner: str) -> bool:
    """Whoever may read the application; ``owner`` is its number."""
    return applications_for(actor).filter(number=owner).exists()


@visible_to(SPEND)
def sees_receipt(actor: Actor, owner: str) -> bool:
    """The hub's own people, organisers, finance and the auditor; ``owner`` is the line's id."""
    found = HubSpend.objects.select_related("contract").filter(pk=owner).first()
    if found is None:
        return False
    return actor.has(Role.ORGANISER, *FINANCE_READERS) or leads(actor, found.contract)
