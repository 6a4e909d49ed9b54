"""Of which offers a council's contract pays a share for which schools: what trading asks before it quotes a price."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import F, Sum

from catalogue.models import Offer
from catalogue.rules.facts import FundedShare
from subscriptions.commissions.models import Package, PackageDraw, PackageOffer
from subscriptions.commissions.queries import eligible_of
from subscriptions.outcomes.models import OutcomeContract

HUNDRED = Decimal(100)
Funded = dict[tuple[int, int], FundedShare]


def funded_shares(wanted: Iterable[tuple[int, Offer]], on: date) -> Funded:
    """By school and offer the share that a contract pays on a day; the highest where several would.

    One query where no contract pays for any of the offers. Services that are agreed for a term are never funded: they are
    part of no package. Nothing is kept by this; ``drawing.draw`` does.
    """
    asked = [(school, offer.pk) for school, offer in wanted if offer.term_months is None]
    if not asked:
        return {}
    rows = PackageOffer.objects.filter(
        offer__in={offer for _, offer in asked}, package__valid_from__lte=on, package__valid_to__gt=on,
        package__council__contract__state=OutcomeContract.State.ACTIVE, package__drawn__lt=F("package__allocation"),
    ).select_related("package__council__contract__party")  # fmt: skip
    found: Funded = {}
    for row in rows.order_by("-share", "pk"):
        schools = {school for school, offer in asked if offer == row.offer_id}
        left = _left(row.package, schools, on)
        for school, units in left.items():
            if units > 0:
                found.setdefault((school, row.offer_id), _share(row, units))
    return found


def _share(row: PackageOffer, left: Decimal) -> FundedShare:
    """A confidential package is never named: the price is read by more people than may know of it."""
    package = row.package
    return FundedShare(
        payer=package.council.contract.party.name, percent=row.share * HUNDRED, package=package.pk, left=left,
        name="" if package.confidential else package.title,
    )  # fmt: skip


def _left(package: Package, schools: set[int], on: date) -> dict[int, Decimal]:
    """By school what it may still draw, for those that are eligible. Two queries."""
    eligible = set(eligible_of(package, on).filter(pk__in=schools).values_list("pk", flat=True))
    if package.each_most is None or not eligible:
        return dict.fromkeys(eligible, package.left)
    drawn = dict(
        PackageDraw.objects.filter(package=package, school__in=eligible)
        .order_by()
        .values_list("school")
        .annotate(units=Sum(F("units") - F("released")))
    )
    return {pk: min(package.left, package.each_most - (drawn.get(pk) or 0)) for pk in eligible}
