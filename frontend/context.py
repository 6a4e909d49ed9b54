"""What every page needs: the partnership, who is signed in, for whom they act, and where they can go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from frontend.navigation import navigation_for
from marketplace.organisations.people_queries import keeps_people


def page(request: HttpRequest) -> dict[str, Any]:
    """Variables of the layout. On a buyer's page it reads nothing that the page has not read already."""
    actor = getattr(request, "actor", None)
    signed_in = request.user.is_authenticated if hasattr(request, "user") else False
    return {
        "partnership": {"name": settings.PARTNERSHIP_NAME, "email": settings.DEFAULT_FROM_EMAIL},
        "demonstration": settings.DEMONSTRATION,
        "mail_stays": not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"),
        "nav": navigation_for(request),
        "acting_for": getattr(request, "acting_for", None),
        "keeps_people": bool(signed_in and actor and keeps_people(actor)),
        "user_label": actor.name if signed_in and actor else "",
        "basket_count": getattr(request, "basket_count", None),
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
