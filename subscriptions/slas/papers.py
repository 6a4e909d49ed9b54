"""Who may see the papers on which terms were signed: whoever may see the agreement."""

from marketplace.core.actors import Actor
from marketplace.core.files import visible_to
from subscriptions.agreements.queries import agreements_for

OWNER_KIND = "acceptance"


@visible_to(OWNER_KIND)
def sees_acceptance(actor: Actor, owner: str) -> bool:
    """``owner`` is the agreement's number."""
    return agreements_for(actor).filter(number=owner).exists()
