"""E-mails about notice dates: to who looks after the contract, else to everybody who buys for the school."""

from datetime import date

from frontend.buying import buyer_of
from frontend.formats import money, plural
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics_of_contracts import CONTRACTS
from marketplace.core.actors import BUYING
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from subscriptions.models import OutsideContract
from subscriptions.register.people import owners_of


@handles("outside_contract.notice_near", name="notices.contract_notice_near")
def notice_near(event: Event) -> None:
    """Tells by when notice must be given, unless it was decided, changed or ended meanwhile."""
    found = OutsideContract.objects.select_related("organisation__school", "organisation__trust", "owner_person__user")
    one = found.get(number=event.subject)
    told = date.fromisoformat(event.payload["notice_by"])
    if one.decision or one.ended_on is not None or one.notice_by != told:
        return
    on = london_day(event.at)
    for to in _readers(one, on):
        send(
            key=f"contract:{one.number}:{told}:{event.payload['days_before']}",
            topic=CONTRACTS,
            to=to,
            template="mail/contract_notice.jinja",
            context={
                "title": one.title,
                "supplier": one.supplier,
                "holder": one.organisation.name,
                "year": money(one.year_pence),
                "notice_by": one.notice_by,
                "left": plural(event.payload["days_left"], "day"),
                "last_day": one.term.last_day,
                "automatic": one.renewal == OutsideContract.Renewal.AUTOMATIC,
                "link": absolute(buyer_of(one.organisation).url("school-contract", number=one.number)),
            },
            event=event,
        )


def _readers(one: OutsideContract, on: date) -> list[To]:
    """Who looks after it, as long as they still buy there; else everybody who does."""
    owner = one.owner_person
    if owner is not None and owner in owners_of(one.organisation, on):
        return to_person(owner)
    return to_roles(one.organisation_id, BUYING, on)
