"""What the commissioner's contracts achieve: indicators with their quarters, and claims at risk that wait to be verified."""

from django.http import HttpResponse
from django.utils import timezone

from frontend.council.access import CouncilRequest, council_page, show
from frontend.council.words import address, indicator_row
from frontend.jinja import url
from frontend.outcomes.heads_words import figures_words
from frontend.verify.heads import heads_url
from subscriptions.commissions.desk_queries import indicators_of
from subscriptions.commissions.queries import council_contracts_for
from subscriptions.outcomes.heads_queries import heads_to_decide_for
from subscriptions.outcomes.queries import to_verify_for


@council_page(section="council-outcomes")
def outcomes(request: CouncilRequest) -> HttpResponse:
    """Every indicator of every contract, those that are not on target first; above them what waits to be verified."""
    on = timezone.localdate()
    councils = {one.pk: one.contract for one in council_contracts_for(request.actor)}
    found = [(one, councils[one.indicator.council_id]) for one in indicators_of(list(councils), on)]
    rows = [
        {**indicator_row(one), "contract": of.title, "href": url("council-contract", number=of.number)}
        for one, of in found
    ]
    rows.sort(key=lambda row: (row["state"] == "indicator on target", row["contract"], row["name"]))
    waits = [
        {
            "submission": one,
            "href": address("verify-decide", number=one.item.contract.number, code=one.item.code, ordinal=one.ordinal),
        }
        for one in to_verify_for(request.actor).select_related("item__contract", "item__measure")
    ]
    heads = [(one, heads_url(one), figures_words(one)) for one in heads_to_decide_for(request.actor)[:50]]
    return show(request, "outcomes.html", {"rows": rows, "waits": waits, "heads": heads, "on": on})
