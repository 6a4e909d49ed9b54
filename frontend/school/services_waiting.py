"""What of its services waits for a buyer: offers to answer, and last days for notice that come near."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from frontend.buying import Buyer
from frontend.formats import plural
from marketplace.core.actors import Actor
from subscriptions.agreements.models import Agreement
from subscriptions.queries import agreements_for, whole_terms

SOON = timedelta(weeks=8)
State = Agreement.State


def services_waits(actor: Actor, own: Mapping[int, Buyer], on: date) -> list[dict[str, Any]]:
    """One item for each organisation and kind of thing to do. Three queries, however many there are."""
    mine = agreements_for(actor).filter(organisation_id__in=own)
    offers = list(mine.filter(state=State.OFFERED).order_by("term_from", "pk"))
    return _offers(offers, own, on) + _notices(mine, own, on)


def _offers(found: list[Agreement], own: Mapping[int, Buyer], on: date) -> list[dict[str, Any]]:
    """Offers to accept or decline, before they begin or, while they stand, today.

    Renewals are decided together, on the page of their year.
    """
    sums = whole_terms([one.pk for one in found]) if found else {}
    kinds: dict[tuple[int, int], list[Agreement]] = {}
    for one in found:
        year = one.term_from.year if one.succeeds_id else 0
        kinds.setdefault((one.organisation_id, year), []).append(one)
    waits = []
    for (place, year), rows in kinds.items():
        what = plural(
            len(rows), "renewal" if year else "service that is offered", None if year else "services that are offered"
        )
        page = own[place].url("school-renewals", year=year) if year else own[place].url("school-services")
        waits.append(
            {
                "text": f"{'Decide' if year else 'Answer'} {what}",
                "href": page,
                "pence": sum(sums[one.pk].gross.pence for one in rows),
                "due": max(min(one.term_from for one in rows) - timedelta(days=1), on),
                "next": "With VAT over the whole terms.",
                "organisation": place,
            }
        )
    return waits


def _notices(mine: Any, own: Mapping[int, Buyer], on: date) -> list[dict[str, Any]]:
    """Services whose last day for notice comes near and for which no renewal stands."""
    near = mine.filter(
        state=State.ACTIVE, notice_given_on=None, ended_on=None, notice_by__gte=on, notice_by__lte=on + SOON
    ).exclude(renewal=Agreement.Renewal.NONE)
    near = near.exclude(successors__state__in=[State.OFFERED, State.ACTIVE, State.SUSPENDED])
    groups: dict[int, list[Agreement]] = {}
    for one in near.order_by("notice_by", "pk"):
        groups.setdefault(one.organisation_id, []).append(one)
    return [
        {
            "text": f"{plural(len(rows), 'service')} to renew, or to give notice for",
            "href": own[place].url("school-renewals", year=rows[0].term_to.year),
            "due": rows[0].notice_by,
            "next": "Notice given later is charged.",
            "organisation": place,
        }
        for place, rows in groups.items()
    ]
