"""A round before it is contracted: what it is, and what it comes to for whom. Nothing is written."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug

from catalogue.models import Offer
from invoicing.queries import require_finance_reader
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import Billing, Every
from subscriptions.agreements.services.round import Round, quotes_of_round
from subscriptions.rounds.choosing import MOST_SCHOOLS, YEAR_MONTHS, offers_of_rounds

CHUNK = 250
FIRST = 10
KEY, TITLE, MOST_WEEKS = 40, 160, 104
NEAR = timedelta(days=2 * 366)
TO = "contract services for many schools"


@dataclass(frozen=True)
class Plan:
    """The services of ``offers`` (ids) for a year from ``first_day``, for ``organisations`` (ids), under one key."""

    key: str
    title: str
    offers: tuple[int, ...]
    first_day: date
    organisations: tuple[int, ...]
    every: Every = Every.YEAR
    notice_weeks: int = 0

    def round(self) -> Round:
        """As the agreements want it. Refuses what is not offered any more."""
        found = list(offers_of_rounds().filter(pk__in=self.offers))
        if len(found) != len(set(self.offers)):
            raise WrongInput("One of these services is not offered any more. Look at it again without it.")
        return Round(self.key, self.title, found, self.term, self.notice_weeks, Billing(every=self.every))

    @property
    def term(self) -> Period:
        return Period.months_from(self.first_day, YEAR_MONTHS)

    def arguments(self) -> dict[str, Any]:
        return {
            "key": self.key, "title": self.title, "offers": list(self.offers), "first_day": self.first_day.isoformat(),
            "organisations": list(self.organisations), "every": self.every.value, "notice_weeks": self.notice_weeks,
        }  # fmt: skip

    @property
    def mark(self) -> str:
        """Another for another plan, so that only what was looked at is contracted."""
        return hashlib.sha256(orjson.dumps(self.arguments())).hexdigest()[:32]

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Plan":
        return cls(
            kept["key"], kept["title"], tuple(kept["offers"]), date.fromisoformat(kept["first_day"]),
            tuple(kept["organisations"]), Every(kept["every"]), kept["notice_weeks"],
        )  # fmt: skip


@dataclass(frozen=True)
class School:
    """One school of a round: ``pence`` a year before VAT, or ``why`` it cannot be priced."""

    number: str
    name: str
    pence: int = 0
    why: str = ""


@dataclass(frozen=True)
class Preview:
    """What a round comes to: ``schools`` asked for, of whom ``already`` have theirs; the first by name; who is left out."""

    schools: int
    already: int
    priced: int
    net_pence: int
    first: tuple[School, ...]
    refused: tuple[School, ...]


def round_for_schools(
    *,
    key: str,
    title: str,
    offers: Sequence[Offer],
    first_day: date,
    organisations: Sequence[int],
    on: date,
    every: Every = Every.YEAR,
    notice_weeks: int = 0,
) -> Plan:
    """A plan in order, or WrongInput. ``on`` is today: the year begins within two years of it.

    A key belongs to one first day and title, so that last year's key never hides this year's round.
    """
    key, title = clean_line(key, what="Key", limit=KEY).lower(), clean_line(title, what="Title", limit=TITLE)
    try:
        validate_slug(key)
    except ValidationError:
        raise WrongInput("Key must be letters, digits and hyphens, like services-2027") from None
    if abs(first_day - on) > NEAR:
        raise WrongInput("First day must be within two years of today")
    if not 0 <= notice_weeks <= MOST_WEEKS:
        raise WrongInput(f"Weeks of notice must be from 0 to {MOST_WEEKS}")
    if not 1 <= len(organisations) <= MOST_SCHOOLS:
        raise WrongInput(f"One round is for 1 to {MOST_SCHOOLS:,} schools")
    other = Agreement.objects.filter(source_key__startswith=f"round:{key}:").exclude(term_from=first_day, title=title)
    if (used := other.first()) is not None:
        raise WrongInput(
            f"The key {key} belongs to the round {used.title} from {used.term_from:%-d %B %Y}. Choose another key, or "
            "its title and first day to add schools to it."
        )
    ids = tuple(one.pk for one in offers)
    return Plan(key, title, ids, first_day, tuple(dict.fromkeys(organisations)), every, notice_weeks)


def preview_round(*, plan: Plan, actor: Actor) -> Preview:
    """Prices everybody as ``contract_round`` would, by finance managers; writes nothing."""
    require_finance_reader(actor)
    actor.require(Role.FINANCE_MANAGER, to=TO)
    round_, already, total = plan.round(), 0, 0
    priced: list[School] = []
    refused: list[School] = []
    for there, organisations in _todo(plan):
        already += there
        _, quoted = quotes_of_round(round_, organisations)
        for one in organisations:
            quotes = quoted[one.pk]
            if isinstance(quotes, DomainError):
                refused.append(School(one.number, one.name, why=quotes.message))
                continue
            pence = sum(quote.net.pence for quote in quotes)
            total += pence
            priced.append(School(one.number, one.name, pence))
    priced.sort(key=_by_name)
    refused.sort(key=_by_name)
    return Preview(
        len(plan.organisations), already, len(priced), total, tuple(priced[:FIRST]), tuple(refused)
    )  # fmt: skip


def _by_name(school: School) -> tuple[str, str]:
    return school.name.casefold(), school.number


def _todo(plan: Plan) -> Iterator[tuple[int, list[Organisation]]]:
    """Chunk by chunk: how many have their agreement of the round, and the others."""
    for begin in range(0, len(plan.organisations), CHUNK):
        ids = plan.organisations[begin : begin + CHUNK]
        keys = [f"round:{plan.key}:{pk}" for pk in ids]
        there = set(Agreement.objects.filter(source_key__in=keys).values_list("organisation_id", flat=True))
        yield len(there), list(Organisation.objects.filter(pk__in=[pk for pk in ids if pk not in there]).order_by("pk"))
