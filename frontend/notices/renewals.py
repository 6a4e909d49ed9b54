"""E-mails about agreements that end: by when to give notice, whether a renewal waits, and where to decide."""

from datetime import date, timedelta

from frontend.buying import buyer_of
from frontend.formats import money, period
from frontend.notices.readers import Purpose, absolute, to_address, to_roles
from frontend.notices.topics_of_renewals import RENEWALS
from marketplace.core.actors import BUYING
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.messaging.services import send
from marketplace.organisations.models import Organisation
from subscriptions.queries import whole_term
from subscriptions.renewals.models import RenewalReminder
from subscriptions.renewals.rules.dates import Remind


@handles("agreement.reminded", name="notices.agreement_reminded")
def agreement_reminded(event: Event) -> None:
    """Tells who buys for the customer, and its shared address for orders."""
    kind = event.payload["reminder"]
    row = RenewalReminder.objects.select_related("agreement").get(agreement__number=event.subject, kind=kind)
    agreement, on = row.agreement, date.fromisoformat(event.payload["on"])
    renewed = agreement.successors.filter(state__in=["active", "suspended", "ended"]).exists()
    if agreement.notice_given_on or agreement.ended_on or renewed:
        return  # decided before the mail left
    holder = Organisation.objects.select_related("school", "trust").get(pk=agreement.organisation_id)
    offered = agreement.successors.filter(state="offered").first()
    by_end = kind == Remind.END
    last = agreement.runs_to - timedelta(days=1)
    for to in to_roles(holder.pk, BUYING, on) + to_address(holder, Purpose.ORDERS):
        send(
            key=f"agreement:{agreement.pk}:reminded:{kind}",
            topic=RENEWALS,
            to=to,
            template="mail/agreement_ends.jinja",
            context={
                "title": agreement.title,
                "number": agreement.number,
                "holder": holder.name,
                "term": period(agreement.term_from, agreement.runs_to),
                "by": last if by_end or agreement.notice_by is None else agreement.notice_by,
                "last": last,
                "notice": not by_end,
                "automatic": agreement.renewal == "automatic",
                "offer": money(whole_term(offered).gross.pence) if offered else "",
                "link": absolute(buyer_of(holder).url("school-renewals", year=agreement.term_to.year)),
            },
            event=event,
        )
