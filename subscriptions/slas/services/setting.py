"""Saying how an offer is agreed for a term, and what it promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from catalogue.models import Offer
from catalogue.offer_queries import LOOKING
from marketplace.core import events
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError, WrongInput
from subscriptions.agreements.models import Agreement
from subscriptions.agreements.rules.forms import CreditRule, Prorate
from subscriptions.slas.models import Promise, PromiseTable, ServiceTerms
from subscriptions.slas.rules.terms import DOCUMENT, MONTHS_OF_A_YEAR, MOST_YEARS, PartYear

MOST_WEEKS = 104
MOST_UPLIFT = Decimal(25)
WORKING_DAY = 24 * 60
MOST_MINUTES = 60 * WORKING_DAY


class NoTerm(DomainError):
    """The offer is delivered once, so that it is not agreed for a term."""

    code = "no_term"


@dataclass(frozen=True)
class PromiseOf:
    """What is promised for one priority, in minutes of working hours and per cent of the month's share."""

    priority: str
    response_minutes: int
    fix_minutes: int
    credit_percent: Decimal = Decimal(0)


@transaction.atomic
def set_service_terms(
    *,
    offer: Offer,
    years: Sequence[int],
    actor: Actor,
    maintained_starts: str = "",
    academy_starts: str = "",
    prorate: Prorate = Prorate.MONTHS,
    part_year: PartYear = PartYear.FIRST,
    frozen_years: int = 1,
    uplift: Decimal = Decimal(0),
    notice_weeks: int = 12,
    renewal: str = Agreement.Renewal.ASK,
    credit: CreditRule = CreditRule.MONTHS,
    terms_code: str = DOCUMENT,
) -> ServiceTerms:
    """How the offer is agreed from now on; what was agreed before keeps what held then.

    ``years`` are those that a school may choose, 1 to 7. ``uplift`` is per cent a year, at most 25, with at most 2
    decimal places. Refuses an offer without a term (NoTerm), and terms that make no sense (WrongInput).
    """
    actor.require(*LOOKING, to="set how services are agreed")
    offer = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    if offer.term_months is None:
        raise NoTerm(
            f"{offer.title} has no term: it is delivered once. Say on the offer for how many months it is sold."
        )
    values: dict[str, Any] = {
        "years": _years(years, offer),
        "maintained_starts": _start(maintained_starts, "maintained schools", offer),
        "academy_starts": _start(academy_starts, "academies", offer),
        "prorate": Prorate(prorate),
        "part_year": PartYear(part_year),
        "frozen_years": _within(frozen_years, 1, MOST_YEARS, "Years at one price"),
        "uplift": _uplift(uplift),
        "notice_weeks": _within(notice_weeks, 0, MOST_WEEKS, "Weeks of notice"),
        "renewal": Agreement.Renewal(renewal),
        "credit": CreditRule(credit),
        "terms_code": terms_code or DOCUMENT,
    }
    before = ServiceTerms.objects.filter(pk=offer.pk).first()
    made, _ = ServiceTerms.objects.update_or_create(offer=offer, defaults=values)
    payload = {"before": _told(before) if before else None, "after": _told(made)}
    _record("service_terms.set", offer, payload, actor)
    return made


def _years(years: Sequence[int], offer: Offer) -> list[int]:
    found = sorted(set(years))
    if not found or found[0] < 1 or found[-1] > MOST_YEARS:
        raise WrongInput(f"Lengths of the agreement must be from 1 to {MOST_YEARS} years, like 1, 3")
    if found != [1] and offer.term_months != MONTHS_OF_A_YEAR:
        raise WrongInput(f"{offer.title} is sold for {offer.term_months} months, so it is agreed for one such term: 1")
    return found


def _start(given: str, whose: str, offer: Offer) -> str:
    """ "04-01" for 1 April; 29 February begins no year."""
    if not given:
        return ""
    try:
        day = date.fromisoformat(f"2025-{given}")
    except ValueError:
        raise WrongInput(f"Start of the year for {whose} must be a day of each year, like 1 April") from None
    if offer.term_months != MONTHS_OF_A_YEAR:
        raise WrongInput(f"Only what is sold for a year begins on a day of the year. Leave it empty for {whose}")
    return f"{day:%m-%d}"


def _within(value: int, least: int, most: int, what: str) -> int:
    if not least <= value <= most:
        raise WrongInput(f"{what} must be from {least} to {most}")
    return value


def _uplift(percent: Decimal) -> Decimal:
    if not 0 <= percent <= MOST_UPLIFT or percent != percent.quantize(Decimal("0.01")):
        raise WrongInput(f"Rise a year must be from 0 to {MOST_UPLIFT} per cent, with at most 2 decimal places")
    return percent


def _told(terms: ServiceTerms) -> dict[str, Any]:
    names = ("years", "maintained_starts", "academy_starts", "prorate", "part_year", "frozen_years", "notice_weeks",
             "renewal", "credit", "terms_code")  # fmt: skip
    told = {name: getattr(terms, name) for name in names}
    return {name: str(value) if isinstance(value, str) else value for name, value in told.items()} | {
        "uplift": f"{Decimal(terms.uplift):.2f}"
    }


@transaction.atomic
def set_promises(
    *, offer: Offer, level: str, promises: Sequence[PromiseOf], valid_from: date, actor: Actor
) -> PromiseTable:
    """What the offer, or one level of it, promises agreements that begin from a day on; the same call again changes nothing.

    Refuses a level that the offer does not have, a priority twice, mending before answering, and another table from the
    same day (WrongInput): what was promised stays.
    """
    actor.require(*LOOKING, to="set what services promise")
    offer = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    if level and not offer.levels.filter(code=level).exists():
        raise WrongInput(f"{offer.title} has no level {level}. Choose one of its levels, or all of them")
    wanted = [_checked(one) for one in sorted(promises, key=lambda one: one.priority)]
    if len({one.priority for one in wanted}) != len(wanted):
        raise WrongInput("Each priority is promised once")
    same = PromiseTable.objects.filter(offer=offer, level=level, valid_from=valid_from).first()
    if same is not None:
        standing = [
            PromiseOf(row.priority, row.response_minutes, row.fix_minutes, row.credit_percent)
            for row in same.promises.all()
        ]
        if standing != wanted:
            raise WrongInput(f"Promises from {valid_from:%-d %B %Y} are set already. Choose a later day for new ones")
        return same
    table = PromiseTable.objects.create(offer=offer, level=level, valid_from=valid_from)
    Promise.objects.bulk_create([Promise(table=table, **vars(one)) for one in wanted])
    told = [[one.priority, one.response_minutes, one.fix_minutes, str(one.credit_percent)] for one in wanted]
    payload = {"level": level, "from": valid_from.isoformat(), "after": {"promises": told}}
    _record("promises.set", offer, payload, actor)
    return table


def _checked(one: PromiseOf) -> PromiseOf:
    if one.priority not in Promise.Priority.values:
        raise WrongInput("Priority must be P1, P2, P3 or P4")
    if not 1 <= one.response_minutes <= one.fix_minutes <= MOST_MINUTES:
        raise WrongInput(f"{one.priority}: answering must come first, mending at the same time or later")
    if not 0 <= one.credit_percent <= 100 or one.credit_percent != one.credit_percent.quantize(Decimal("0.01")):
        raise WrongInput(
            f"{one.priority}: what comes back must be from 0 to 100 per cent, with at most 2 decimal places"
        )
    return one


def _record(kind: str, offer: Offer, payload: dict[str, Any], actor: Actor) -> None:
    events.record(
        kind=kind, subject_kind="offer", subject=offer.code, organisation_ids=[offer.provider.organisation_id],
        payload=payload, actor=actor,
    )  # fmt: skip
