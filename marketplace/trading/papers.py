"""Who may see the papers of an approval: whoever may see the order, and the auditor."""

from marketplace.core.actors import Actor
from marketplace.core.files import visible_to
from marketplace.trading.queries import approvals_for

OWNER_KIND = "approval"


@visible_to(OWNER_KIND)
def sees_papers(actor: Actor, owner: str) -> bool:
    """``owner`` is the order's number."""
    return approvals_for(actor).filter(order__number=owner).exists()
