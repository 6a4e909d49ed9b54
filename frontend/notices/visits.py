"""E-mails about visits: to the school when one is to be agreed, to the provider when it is queried or agreed.

Neither the record nor a reason stands in them: both are on the page alone.
"""

from typing import Any

from django.db.models import QuerySet

from frontend.jinja import url
from frontend.notices.orders import page_of
from frontend.notices.readers import absolute, to_person, to_roles
from frontend.notices.topics_of_visits import VISITS
from frontend.visit_words import taken_on, with_vat
from marketplace.core.actors import BUYING, Role, platform
from marketplace.core.models import Event
from marketplace.core.outbox import handles
from marketplace.core.wording import london_day
from marketplace.messaging.services import To, send
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.services.charging import worth_of
from marketplace.trading.engagements.visit_queries import visit_dates_for

ACTOR = platform("notices")


@handles("visit.submitted", "visit.amended", "visit.reminded", "visit.answered", name="notices.visit_to_agree")
def visit_to_agree(event: Event) -> None:
    """Tells those who buy for the school that a visit waits for them, and when it counts as agreed; organisers too, where
    the provider stood by a queried record.
    """
    date_ = date_of(event.subject)
    school = Organisation.objects.select_related("school", "trust").get(pk=date_.engagement.school_id)
    link = page_of(school, "school-visit", number=date_.engagement.number, ordinal=date_.ordinal)
    day = london_day(event.at)
    for to in to_roles(school.pk, BUYING, day):
        _send(date_, to, event, event.kind.removeprefix("visit."), link)
    if event.kind == "visit.answered":
        ours = url("organise-visit", number=date_.engagement.number, ordinal=date_.ordinal)
        for to in to_roles(partnership().pk, [Role.ORGANISER], day):
            _send(date_, to, event, "to_decide", absolute(ours))


@handles("visit.queried", "visit.agreed", "visit.taken", name="notices.visit_answered")
def visit_answered(event: Event) -> None:
    """Tells the provider's staff and the consultant what the school said."""
    date_ = date_of(event.subject)
    consultant = date_.engagement.consultant
    link = absolute(url("visit", number=date_.engagement.number, ordinal=date_.ordinal))
    staff = to_roles(consultant.provider.organisation_id, [Role.PROVIDER], london_day(event.at))
    told = {to.person_id for to in staff}
    own = [to for to in to_person(consultant.person) if to.person_id not in told]
    for to in [*staff, *own]:
        _send(date_, to, event, event.kind.removeprefix("visit."), link)


def date_of(subject: str) -> EngagementDate:
    """The date of which an event tells: the booking's number and the date's."""
    number, _, ordinal = subject.rpartition("/")
    found: QuerySet[EngagementDate] = visit_dates_for(ACTOR).select_related("engagement__consultant__person__user")
    return found.get(engagement__number=number, ordinal=int(ordinal))


def _send(date_: EngagementDate, to: To, event: Event, what: str, link: str) -> None:
    visit, booking = date_.visit, date_.engagement
    to_school = what in ("submitted", "amended", "reminded", "answered")
    context: dict[str, Any] = {
        "what": what,
        "title": booking.title,
        "visit_day": date_.starts_at,
        "school": booking.school.name,
        "number": booking.number,
        "gross": with_vat(visit, worth_of(visit).net_pence).gross.pence if to_school else None,
        "taken_on": taken_on(visit),
        "last_day": visit.agree_by,
        "link": link,
    }
    send(
        key=f"visit:{event.pk}:{what}",
        topic=VISITS,
        to=to,
        template="mail/visit.jinja",
        context=context,
        event=event,
    )
