"""The support plans that a commissioner's council pays for: read alone."""

from django.http import HttpResponse

from frontend.council.access import CouncilRequest, council_page, show
from frontend.finance.listing import page_of
from frontend.formats import plural
from frontend.jinja import url
from frontend.support_words import plan_row, shown
from marketplace.core.actors import Role
from marketplace.core.errors import NotFound
from subscriptions.support.queries import plans_for

PER_PAGE = 25


@council_page(section="council-schools")
def plans(request: CouncilRequest) -> HttpResponse:
    """Those that the council pays for, the newest first."""
    page = page_of(request, plans_for(request.actor).filter(**_ours(request)), per_page=PER_PAGE)
    context = {
        "page_obj": page, "rows": [plan_row(one) for one in page], "back_url": url("council-schools"),
        "count_text": plural(page.paginator.count, "plan"),
    }  # fmt: skip
    return show(request, "support_plans.html", context)


def _ours(request: CouncilRequest) -> dict[str, object]:
    """Whoever is more than a commissioner sees here what their council pays for alone."""
    return {"funder__in": request.actor.organisations(Role.COMMISSIONER)}


@council_page(section="council-schools")
def plan(request: CouncilRequest, number: str) -> HttpResponse:
    """One plan with its parts and reviews."""
    found = plans_for(request.actor).filter(**_ours(request), number=number).first()
    if found is None:
        raise NotFound("There is no such support plan.")
    return show(request, "support_plan.html", {**shown(found), "back_url": url("council-support-plans")})
