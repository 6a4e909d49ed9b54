"""What waits of visits: to write up, to answer, to agree, to decide."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from frontend.buying import Buyer
from frontend.formats import long_date, money, plural
from frontend.jinja import url
from frontend.visit_words import taken_on
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import BUYING, Actor, Role
from marketplace.core.money import Money, TaxedAmount
from marketplace.core.wording import london_day
from marketplace.trading.engagements.models import EngagementDate
from marketplace.trading.engagements.services.charging import invoiced_to, school_vat
from marketplace.trading.engagements.visit_queries import delivered_by, net_of_each, to_write_up, visit_dates_for

MOST = 20
State = EngagementDate.State
Item = dict[str, Any]


def waits_for(actor: Actor, buyers: Sequence[Buyer], on: date) -> list[Item]:
    """What waits for the actor in each of their roles, as ``waits`` draws it. A few queries, however much."""
    if actor.system:
        return []
    return [*_to_agree(actor, buyers), *_to_write(actor), *_to_answer(actor), *_to_decide(actor)]


def _to_agree(actor: Actor, buyers: Sequence[Buyer]) -> Iterator[Item]:
    """ "Sign the visit of 4 March: £1,350.00, taken as agreed on 18 March"."""
    own = {one.organisation.pk: one for one in buyers if one.organisation.pk in actor.organisations(*BUYING)}
    if not own:
        return
    waiting = visit_dates_for(actor).filter(state=State.WRITTEN_UP, engagement__school_id__in=own)
    rows = list(waiting.order_by("visit__agree_by", "pk")[:MOST])
    nets = net_of_each(rows) if rows else {}
    vats: dict[tuple[int, int], VatTreatment] = {}
    for one in rows:
        gross = _gross(one, nets[one.pk], vats)
        on = long_date(taken_on(one.visit))
        yield {
            "text": f"Sign the visit of {long_date(one.starts_at)}{': ' + money(gross) if gross else ''}, taken as agreed on {on}",
            "href": own[one.engagement.school_id].url(
                "school-visit", number=one.engagement.number, ordinal=one.ordinal
            ),
            "since": one.visit.agree_by,
            "next": f"{one.engagement.consultant.name}, {one.engagement.title}. Agree it, or query it with a reason.",
            "organisation": one.engagement.school_id,
        }  # fmt: skip


def _gross(one: EngagementDate, net: int, vats: dict[tuple[int, int], VatTreatment]) -> int:
    """With the VAT of the visit's year; each customer is looked up once a year."""
    day, school = london_day(one.starts_at), one.engagement.school
    key = (school.pk, day.year)
    if key not in vats:
        vats[key] = school_vat(invoiced_to(one.engagement, school), day)
    return TaxedAmount.at(Money(net), vats[key].rate).gross.pence


def _to_write(actor: Actor) -> Iterator[Item]:
    if not actor.has(Role.PROVIDER, Role.CONSULTANT):
        return
    for one in to_write_up(actor, timezone.now())[:MOST]:
        yield {
            "text": f"Write up the visit of {long_date(one.starts_at)} at {one.engagement.school.name}",
            "href": url("visit", number=one.engagement.number, ordinal=one.ordinal),
            "since": london_day(one.starts_at),
            "next": "Then the school agrees it, and it is charged.",
        }


def _to_answer(actor: Actor) -> Iterator[Item]:
    if not actor.has(Role.PROVIDER, Role.CONSULTANT):
        return
    queried = visit_dates_for(actor).filter(delivered_by(actor), state=State.QUERIED, visit__answered_on__isnull=True)
    for one in queried.order_by("starts_at")[:MOST]:
        yield {
            "text": f"Answer the query of the visit of {long_date(one.starts_at)} at {one.engagement.school.name}",
            "href": url("visit", number=one.engagement.number, ordinal=one.ordinal),
            "since": one.visit.queried_on,
            "next": "Charge less, or stand by the record with your reasons.",
        }


def _to_decide(actor: Actor) -> Iterator[Item]:
    if not actor.has(Role.ORGANISER):
        return
    rows = visit_dates_for(actor).filter(state=State.QUERIED, visit__answered_on__isnull=False)
    since = list(rows.order_by("visit__answered_on").values_list("visit__answered_on", flat=True)[:MOST])
    if since:
        yield {
            "text": f"Decide on {plural(len(since), 'queried visit')}",
            "href": f"{url('organise-visits')}?state=queried",
            "since": since[0],
            "next": "The provider answered. The school may agree after all; otherwise you decide.",
        }
