"""What waits about offers: to look at for organisers, to change for providers."""

from typing import Any

from catalogue.offer_queries import STAGES, offers_for
from frontend.formats import plural
from frontend.jinja import url
from marketplace.core.actors import Actor, Role


def waits_for(actor: Actor) -> list[dict[str, Any]]:
    """In the form of the component ``waits``. One query for each of the two roles."""
    if actor.system:
        return []
    found = []
    if actor.has(Role.ORGANISER) and (count := offers_for(actor).filter(STAGES["submitted"]).count()):
        found.append(
            {
                "text": f"Look at {plural(count, 'offer')} that providers submitted",
                "href": f"{url('organise-offers')}?state=submitted",
                "next": "Schools find them once you publish them",
            }
        )
    if own := actor.organisations(Role.PROVIDER):
        asked = offers_for(actor).filter(STAGES["changes_asked"], provider__organisation_id__in=own)
        found += [
            {
                "text": f"Change {offer.title} as asked",
                "href": url("provider-offer", provider=offer.provider.code, code=offer.code),
                "next": "Then submit it again: we publish it, or ask once more",
            }
            for offer in asked.order_by("title", "pk")
        ]
    return found
