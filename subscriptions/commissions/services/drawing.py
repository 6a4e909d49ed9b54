"""Drawing on a package, pushed down by whoever delivers: kept once for each source, never more than is allocated."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F, Sum

from marketplace.core.errors import DomainError, WrongInput
from marketplace.organisations.models import Organisation
from subscriptions.commissions.models import Package, PackageDraw, PackageMovement
from subscriptions.commissions.queries import is_eligible
from subscriptions.outcomes.models import OutcomeContract

Kind = PackageMovement.Kind


class PackageUsedUp(DomainError):
    """Less is left of the package, or for this school, than is asked. ``left`` is in units."""

    code = "package_used_up"


class NotEligible(DomainError):
    """The package does not pay for this school, or not on that day."""

    code = "not_eligible"


class DrawnBefore(DomainError):
    """The same source drew something else before."""

    code = "drawn_before"


@transaction.atomic
def draw(
    *,
    package: Package,
    school: Organisation,
    units: Decimal,
    source_key: str,
    label: str,
    on: date,
    person_id: int | None = None,
) -> PackageDraw:
    """Keeps units of a package for a source (``order-line:812``). The same call twice is one; other facts: DrawnBefore.

    Raises NotEligible for a school that the package does not pay for on that day, PackageUsedUp where less is left.
    """
    if units <= 0 or units != units.quantize(Decimal("0.01")):
        raise WrongInput("Units must be more than 0, with at most two decimals")
    # The package's row is held first, so that two draws of one source, and of one school, come one after the other.
    held = hold(package.pk)
    found = PackageDraw.objects.filter(source_key=source_key).first()
    if found is not None:
        if (found.package_id, found.school_id, found.units) != (held.pk, school.pk, units):
            raise DrawnBefore(f"{source_key} drew something else before. Use another source.")
        return found
    _check(held, school, units, on)
    if not claim(held, units):
        raise PackageUsedUp(
            f"{held.left.normalize():f} of {held.title} is left, not {units.normalize():f}. Nothing was drawn.",
            left=str(held.left),
        )
    made = PackageDraw.objects.create(
        package=held, school=school, source_key=source_key, label=label[:120], on=on, units=units,
        price_pence=held.price_pence,
    )  # fmt: skip
    PackageMovement.objects.create(draw=made, kind=Kind.DRAWN, units=units, on=on, person_id=person_id)
    return made


def hold(pk: int) -> Package:
    """The package, held until the transaction ends."""
    return Package.objects.select_for_update(of=("self",)).select_related("council__contract__party").get(pk=pk)


def claim(package: Package, units: Decimal) -> bool:
    """The guard of invariant 27: one conditional UPDATE that takes the units, or touches nothing."""
    room = Package.objects.filter(pk=package.pk, drawn__lte=F("allocation") - units)
    return room.update(drawn=F("drawn") + units) == 1


def _check(package: Package, school: Organisation, units: Decimal, on: date) -> None:
    contract = package.council.contract
    if contract.state != OutcomeContract.State.ACTIVE or not package.valid_from <= on < package.valid_to:
        raise NotEligible(f"{package.title} pays for nothing on {on:%-d %B %Y}.")
    if not is_eligible(package, school, on):
        raise NotEligible(f"{package.title} does not pay for {school.name}.")
    if package.each_most is not None:
        rows = package.draws.filter(school=school).aggregate(units=Sum(F("units") - F("released")))
        left = package.each_most - (rows["units"] or 0)
        if units > left:
            raise PackageUsedUp(
                f"{school.name} may draw {max(left, Decimal(0)).normalize():f} more of {package.title}, not "
                f"{units.normalize():f}. Nothing was drawn.",
                left=str(left),
            )


@transaction.atomic
def release(*, source_key: str, on: date, units: Decimal | None = None, person_id: int | None = None) -> Decimal:
    """Gives back what a source keeps, all of it or so many units; never more than it keeps. Returns how many.

    No source, or nothing kept: nothing.
    """
    package = PackageDraw.objects.filter(source_key=source_key).values_list("package", flat=True).first()
    if package is None:
        return Decimal(0)
    hold(package)
    found = PackageDraw.objects.select_for_update().get(source_key=source_key)
    back = found.kept if units is None else min(units, found.kept)
    if back <= 0:
        return Decimal(0)
    PackageDraw.objects.filter(pk=found.pk).update(released=F("released") + back)
    Package.objects.filter(pk=package).update(drawn=F("drawn") - back)
    PackageMovement.objects.create(draw=found, kind=Kind.RELEASED, units=back, on=on, person_id=person_id)
    return back
