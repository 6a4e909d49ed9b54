"""Which schools a round is for: members of a class, the schools of an authority, or a list of URNs."""

import re
from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from catalogue.models import Offer
from catalogue.queries import published_offers
from marketplace.core.errors import WrongInput
from marketplace.organisations.models import Authority, School
from marketplace.organisations.models.schools import BillingClass
from marketplace.organisations.services.people import on_day
from subscriptions.membership.models import MemberEntry

MOST_SCHOOLS = 5_000
YEAR_MONTHS = 12
_TOLD = 10
_BETWEEN = re.compile(r"[\s,;]+")
_OPEN = (School.Status.OPEN, School.Status.CLOSING)


def offers_of_rounds() -> QuerySet[Offer]:
    """What can be taken in a round: published services for a year that we sell ourselves, by title."""
    found = published_offers().filter(term_months=YEAR_MONTHS, sold_by=None).exclude(kind=Offer.Kind.COURSE)
    return found.order_by("title", "pk")


def offers_called(codes: Sequence[str]) -> list[Offer]:
    """The offers of these codes, by title. Refuses one that cannot be taken in a round, and an empty list."""
    found = list(offers_of_rounds().filter(code__in=set(codes)))
    missing = sorted(set(codes) - {one.code for one in found})
    if missing:
        raise WrongInput(f"{missing[0]} is not a published service for a year that we sell. Leave it out.")
    if not found:
        raise WrongInput("Choose at least one service")
    return found


def members_of_class(code: str, on: date) -> list[int]:
    """The open schools that are members of the class on the day."""
    entries = MemberEntry.objects.filter(on_day(on), member_class__code=code)
    return _some(
        entries.filter(organisation__school__status__in=_OPEN).values_list("organisation_id", flat=True),
        "No open school is a member of this class on the first day.",
    )


def schools_of_authority(code: str, billing_class: BillingClass) -> list[int]:
    """The open maintained schools, or academies, of an authority by its three digits."""
    if not Authority.objects.filter(code=code).exists():
        raise WrongInput(f"There is no authority {code}. Its code has three digits, like 202.")
    found = School.objects.filter(authority__code=code, billing_class=billing_class, status__in=_OPEN)
    return _some(found.values_list("pk", flat=True), "This authority has no open school of this kind.")


def schools_listed(text: str) -> list[int]:
    """The schools of URNs parted by spaces, commas or lines; a URN twice is one school.

    Refuses the whole list where a URN is unknown or its school closed, and names them.
    """
    urns = list(dict.fromkeys(part for part in _BETWEEN.split(text) if part))
    if not urns:
        raise WrongInput("Paste at least one URN")
    if len(urns) > MOST_SCHOOLS:
        raise WrongInput(f"One round is for at most {MOST_SCHOOLS:,} schools. Divide the list.")
    found = {
        urn: (pk, state) for urn, pk, state in School.objects.filter(urn__in=urns).values_list("urn", "pk", "status")
    }
    unknown = [urn for urn in urns if urn not in found]
    if unknown:
        raise WrongInput(f"The register of schools has no URN {_few(unknown)}. Correct the list.")
    closed = [urn for urn in urns if found[urn][1] not in _OPEN]
    if closed:
        raise WrongInput(f"Not open: the school of URN {_few(closed)}. Leave it out.")
    return [found[urn][0] for urn in urns]


def _few(urns: Sequence[str]) -> str:
    shown = ", ".join(urn[:12] for urn in urns[:_TOLD])
    return shown if len(urns) <= _TOLD else f"{shown} and {len(urns) - _TOLD:,} more"


def _some(found: QuerySet[School, int] | QuerySet[MemberEntry, int], empty: str) -> list[int]:
    ids = sorted(found[: MOST_SCHOOLS + 1])
    if not ids:
        raise WrongInput(empty)
    if len(ids) > MOST_SCHOOLS:
        raise WrongInput(f"One round is for at most {MOST_SCHOOLS:,} schools. Choose fewer, by authority or URN.")
    return ids
