"""The same service at several prices: what the schools of a trust pay for it, a year and a pupil.

Services of ours are the same where their offer is; others where category and name are, written as people write them.
Only what stands today is compared, and only a service that two schools have. Schools are compared by their pupils of
record; one that was never counted is named and left out.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from marketplace.core.actors import BUYING, Actor
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation, PupilCount
from subscriptions.agreements.models import Agreement
from subscriptions.register.entries import OURS, OUTSIDE, Entry, lines_on, register_of
from subscriptions.register.rules.values import a_year_of

_WORD = re.compile(r"[a-z0-9]+")
_LITTLE = {"a", "an", "and", "contract", "for", "of", "service", "services", "the"}


@dataclass(frozen=True)
class SchoolPrice:
    """What one school pays for it: pence a year before VAT, with its pupils of record."""

    organisation: Organisation
    suppliers: tuple[str, ...]
    year_pence: int
    count: PupilCount | None
    numbers: tuple[tuple[str, str], ...]

    @property
    def a_pupil(self) -> Fraction | None:
        """Pence a pupil, unrounded; None where nobody was counted."""
        return Fraction(self.year_pence, self.count.pupils) if self.count and self.count.pupils else None

    @property
    def a_pupil_pence(self) -> int | None:
        return None if self.a_pupil is None else rounded(self.a_pupil)


@dataclass(frozen=True)
class SameService:
    """One service with the schools that have it, the dearest a pupil first."""

    title: str
    ours: bool
    prices: tuple[SchoolPrice, ...]

    @property
    def compared(self) -> list[SchoolPrice]:
        return [one for one in self.prices if one.a_pupil is not None]

    @property
    def lowest(self) -> SchoolPrice | None:
        return min(self.compared, key=lambda one: one.a_pupil or Fraction(0), default=None)

    @property
    def highest(self) -> SchoolPrice | None:
        return max(self.compared, key=lambda one: one.a_pupil or Fraction(0), default=None)

    @property
    def year_pence(self) -> int:
        return sum(one.year_pence for one in self.prices)

    @property
    def saving_pence(self) -> int:
        """What the schools compared would save a year if each paid the lowest price a pupil; rounded once for each."""
        return sum(self.saving_of(one) for one in self.compared)

    def saving_of(self, one: SchoolPrice) -> int:
        if self.lowest is None or self.lowest.a_pupil is None or one.count is None:
            return 0
        return one.year_pence - rounded(self.lowest.a_pupil * one.count.pupils)


def rounded(figure: Fraction) -> int:
    """Whole pence, half up; never below nought here."""
    return (2 * figure.numerator + figure.denominator) // (2 * figure.denominator)


def name_of(title: str) -> str:
    """The name of a service without case, punctuation, little words and years: "The Cleaning Service 2026" is "cleaning"."""
    words = [word for word in _WORD.findall(title.lower()) if word not in _LITTLE and not re.fullmatch(r"20\d\d", word)]
    return " ".join(words) or title.lower().strip()


def same_services(actor: Actor, organisation_ids: Collection[int], on: date) -> list[SameService]:
    """Services that two or more of the organisations have today, those that could save most first."""
    own = set(organisation_ids) & actor.organisations(*BUYING)
    groups: dict[tuple[str, str], list[_Piece]] = defaultdict(list)
    standing = [one for one in register_of(actor, own, on) if one.stands and one.term.start <= on]
    for piece in [*_of_ours(own, standing, on), *_of_others(standing)]:
        groups[piece.key].append(piece)
    several = {key: found for key, found in groups.items() if len({piece.organisation.pk for piece in found}) > 1}
    counts = _counts({piece.organisation.pk for found in several.values() for piece in found}, on)
    services = [_service(found, counts) for found in several.values()]
    return sorted(services, key=lambda one: (-one.saving_pence, one.title))


@dataclass(frozen=True)
class _Piece:
    """One school's line or contract of a service."""

    key: tuple[str, str]
    title: str
    organisation: Organisation
    supplier: str
    year_pence: int
    number: tuple[str, str]


def _of_ours(own: Collection[int], standing: Iterable[Entry], on: date) -> list[_Piece]:
    """The lines of agreements with us; one without an offer is known by its category and name."""
    entries = {one.pk: one for one in standing if one.kind == OURS}
    agreements = Agreement.objects.filter(pk__in=entries).prefetch_related("lines__offer").order_by("pk")
    return [
        _Piece(
            key=("offer", str(line.offer_id)) if line.offer_id else (f"ours {line.cfr_code}", name_of(line.title)),
            title=line.offer.title if line.offer else line.title,
            organisation=entries[one.pk].organisation,
            supplier=entries[one.pk].supplier,
            year_pence=a_year_of(line.base_pence, Period(line.base_from, line.base_to)),
            number=(OURS, one.number),
        )
        for one in agreements
        for line in lines_on(one, on)
        if line.base_pence
    ]


def _of_others(standing: Iterable[Entry]) -> list[_Piece]:
    return [
        _Piece(
            key=(f"outside {one.categories[0]}", name_of(one.title)),
            title=one.title,
            organisation=one.organisation,
            supplier=one.supplier,
            year_pence=one.year_pence,
            number=(OUTSIDE, one.number),
        )
        for one in standing
        if one.kind == OUTSIDE
    ]


def _service(found: list[_Piece], counts: dict[int, PupilCount]) -> SameService:
    by_school: dict[int, list[_Piece]] = defaultdict(list)
    for piece in found:
        by_school[piece.organisation.pk].append(piece)
    prices = [
        SchoolPrice(
            organisation=pieces[0].organisation,
            suppliers=tuple(sorted({piece.supplier for piece in pieces})),
            year_pence=sum(piece.year_pence for piece in pieces),
            count=counts.get(pk),
            numbers=tuple(sorted({piece.number for piece in pieces})),
        )
        for pk, pieces in by_school.items()
    ]
    dearest = sorted(prices, key=lambda one: (-(one.a_pupil or Fraction(-1)), one.organisation.name))
    title = min((piece.title for piece in found), key=lambda words: (len(words), words))
    return SameService(title=title, ours=found[0].number[0] == OURS, prices=tuple(dearest))


def _counts(school_ids: Collection[int], on: date) -> dict[int, PupilCount]:
    """The latest count of each school made on or before the day. One query."""
    rows = PupilCount.objects.filter(school_id__in=school_ids, counted_on__lte=on)
    latest = rows.order_by("school_id", "-counted_on", "-pk").distinct("school_id")
    return {one.school_id: one for one in latest}
