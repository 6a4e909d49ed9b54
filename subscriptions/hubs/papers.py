"""Who sees private files of hubs: of applications, and receipts of what the money was spent on. Each sight is recorded."""

from collections.abc import Collection

from marketplace.core.actors import FINANCE_READERS, Actor, Role
from marketplace.core.files import visible_to
from marketplace.core.models import StoredFile
from subscriptions.hubs.models import HubSpend
from subscriptions.hubs.queries import applications_for, leads

APPLICATION, SPEND = "hub-application", "hub-spend"


def receipts_of(lines: Collection[int]) -> dict[int, int]:
    """The id of the receipt of each line that has one, by the line's. One query."""
    kept = StoredFile.objects.filter(owner_kind=SPEND, owner__in=[str(pk) for pk in lines])
    return {int(owner): pk for owner, pk in kept.values_list("owner", "pk")}


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
