"""What waits of consultants' requests: to answer, to compare, leaders to release, dates to choose."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from frontend.buying import Buyer
from frontend.formats import long_date, plural
from frontend.jinja import url
from marketplace.core.actors import Actor, Role
from marketplace.core.wording import london_day
from marketplace.trading.engagements.queries import releases_for, to_answer, to_compare

MOST = 20
Item = dict[str, Any]


def waits_for(actor: Actor, buyers: Sequence[Buyer], on: date) -> list[Item]:
    """What waits for the actor in each of their roles, as ``waits`` draws it. Three queries at most, however much."""
    if actor.system:
        return []
    own = {one.organisation.pk: one for one in buyers}
    return [*_to_answer(actor), *_to_compare(actor, own, on), *_to_release(actor, own)]


def _to_answer(actor: Actor) -> Iterator[Item]:
    if not actor.has(Role.PROVIDER):
        return
    for one in to_answer(actor)[:MOST]:
        provider = one.consultant.provider.code
        yield {
            "text": f"Answer {one.request.school.name}: {one.request.title}, for {one.consultant.name}",
            "href": url("provider-request", provider=provider, pk=one.pk),
            "due": one.request.answer_by,
            "next": "Quote, or say why not. Then the school compares the answers.",
        }


def _to_compare(actor: Actor, own: dict[int, Buyer], on: date) -> Iterator[Item]:
    if not own:
        return
    for one in to_compare(actor, on)[:MOST]:
        if one.school_id in own:
            yield {
                "text": f"Compare the quotes for {one.title}",
                "href": own[one.school_id].url("school-consultant-request", number=one.number),
                "since": one.asked_on,
                "next": f"Those who have not answered may until {long_date(one.answer_by)}. Accept one, or withdraw.",
                "organisation": one.school_id,
            }


def _to_release(actor: Actor, own: dict[int, Buyer]) -> Iterator[Item]:
    if not actor.has(Role.APPROVER):
        return
    by_school: dict[int, list[date]] = {}
    for one in releases_for(actor)[:MOST]:
        home = one.engagement.consultant.home_school_id
        if home in own:
            by_school.setdefault(home, []).append(london_day(one.starts_at))
    for home, days in by_school.items():
        yield {
            "text": f"Release your leaders for {plural(len(days), 'date')}",
            "href": own[home].url("school-releases"),
            "due": min(days),
            "next": "Other schools booked them. What you do not release is free again at once.",
            "organisation": home,
        }
