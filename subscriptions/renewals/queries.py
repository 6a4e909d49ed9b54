"""What a school decides when its agreements end: each beside what follows it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from marketplace.core.actors import Actor
from subscriptions.agreements.models import Agreement, AgreementLine
from subscriptions.agreements.queries import agreements_for
from subscriptions.renewals.reading import lines_by_agreement, still_taken, worth_of

State = Agreement.State
_PUPILS = re.compile(r"([\d,]+) pupils")


@dataclass(frozen=True)
class Renewal:
    """An agreement whose term ends, and its renewal where one is offered. Pence of a year before VAT.

    ``answer`` is "decide" where an offer waits, "waiting" where none is made yet, "kept", "stopped", or "ends" for what is
    not asked to go on.
    """

    agreement: Agreement
    follows: Agreement | None
    before_pence: int
    after_pence: int | None
    after_gross: int
    pupils: int | None
    answer: str

    @property
    def change_pence(self) -> int | None:
        return None if self.after_pence is None else self.after_pence - self.before_pence


def ending_in(actor: Actor, organisation_ids: Sequence[int], year: int) -> QuerySet[Agreement]:
    """What the organisations agreed whose term ends in the year (its first day without lies in it)."""
    found = agreements_for(actor).filter(organisation__in=organisation_ids, term_to__year=year)
    found = found.exclude(state__in=[State.OFFERED, State.DECLINED, State.WITHDRAWN])
    return found.order_by("organisation__name", "organisation_id", "title", "pk")


def renewals_of(agreements: Sequence[Agreement], on: date) -> list[Renewal]:
    """Each with what follows it. A few queries, however many they are."""
    ids = [one.pk for one in agreements]
    follows: dict[int, Agreement] = {}
    for one in Agreement.objects.filter(succeeds__in=ids).exclude(state=State.WITHDRAWN).order_by("pk"):
        follows[one.succeeds_id or 0] = one
    lines = lines_by_agreement([*ids, *(one.pk for one in follows.values())])
    worth = worth_of(list(follows.values()), on, lines=lines)
    found = []
    for one in agreements:
        after = follows.get(one.pk)
        first = [line for line in lines[after.pk] if line.valid_from == after.term_from] if after else []
        found.append(
            Renewal(
                agreement=one,
                follows=after,
                before_pence=sum(line.base_pence for line in still_taken(lines[one.pk], one)),
                after_pence=sum(line.base_pence for line in first) if after else None,
                after_gross=worth[after.pk].value.gross.pence if after else 0,
                pupils=_pupils(first or lines[one.pk]),
                answer=_answer(one, after),
            )
        )
    return found


def _answer(one: Agreement, after: Agreement | None) -> str:
    if after is not None and after.state == State.OFFERED:
        return "decide"
    if after is not None and after.state != State.DECLINED:
        return "kept"
    if one.notice_given_on or one.ended_on or after is not None:
        return "stopped"
    return "ends" if one.renewal == Agreement.Renewal.NONE or one.state == State.ENDED else "waiting"


def _pupils(lines: Sequence[AgreementLine]) -> int | None:
    """The pupils for whom it was priced: kept as a fact, or said by the working."""
    for line in lines:
        if isinstance(count := line.facts.get("pupils"), int):
            return count
        for step in line.steps:
            if match := _PUPILS.search(str(step)):
                return int(match[1].replace(",", ""))
    return None
