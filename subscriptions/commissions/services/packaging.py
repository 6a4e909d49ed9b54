"""What a council's contract pays for which schools: packages, their lists, the offers of which they pay a share."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from catalogue.models import Offer
from marketplace.core.actors import Actor
from marketplace.core.errors import WrongInput
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.core.text import clean_line
from marketplace.organisations.models import Organisation, School
from subscriptions.commissions.models import CouncilContract, Package, PackageOffer, PackageSchool
from subscriptions.commissions.rules.blocks import may_fund
from subscriptions.commissions.services.recording import CommissionStands, record, require_live
from subscriptions.outcomes.services.contracting import DRAWING_UP


@dataclass(frozen=True)
class PackageTerms:
    """A package as it is agreed. ``price`` is for one unit before VAT; without ``each_most`` a school draws what is left."""

    code: str
    title: str
    unit: str
    block: str
    price: Money
    allocation: Decimal
    term: Period
    by: str = Package.By.LIST
    what: str = ""
    each_most: Decimal | None = None
    phases: tuple[str, ...] = ()
    billing_classes: tuple[str, ...] = ()
    confidential: bool = False


@transaction.atomic
def add_package(*, council: CouncilContract, terms: PackageTerms, actor: Actor) -> Package:
    """A package within the contract's days, paid from a block that one of its lines has.

    Confidential ones are always a list. All packages of a block come to no more than its lines.
    """
    actor.require(*DRAWING_UP, to="agree packages")
    require_live(council)
    _check(council, terms)
    made = Package.objects.create(
        council=council, code=terms.code, title=clean_line(terms.title, what="Title", limit=120), what=terms.what,
        unit=clean_line(terms.unit, what="Unit", limit=30), block=terms.block, price_pence=terms.price.pence,
        allocation=terms.allocation, each_most=terms.each_most, valid_from=terms.term.start,
        valid_to=terms.term.end, by=terms.by, phases=list(terms.phases),
        billing_classes=list(terms.billing_classes), confidential=terms.confidential,
    )  # fmt: skip
    record(
        "commission.package_added", council, actor, package=made.code, allocation=str(made.allocation),
        price_pence=made.price_pence,
    )  # fmt: skip
    return made


def _check(council: CouncilContract, terms: PackageTerms) -> None:
    contract = council.contract
    if terms.allocation <= 0 or terms.price.pence < 0:
        raise WrongInput("Allocation must be more than 0, and the price £0.00 or more")
    if not (contract.valid_from <= terms.term.start and terms.term.end <= contract.valid_to):
        raise WrongInput("A package is for days within the contract's term")
    if terms.confidential and terms.by != Package.By.LIST:
        raise WrongInput("A confidential package is for the schools of a list. A rule would tell who they are.")
    if council.packages.filter(code=terms.code).exists():
        raise WrongInput(f"There is a package {terms.code} already. Give this one another code.")
    given = sum(one.pence for one in council.lines.all() if one.block == terms.block)
    planned = sum(one.worth(one.allocation) for one in council.packages.filter(block=terms.block))
    worth = Package(price_pence=terms.price.pence).worth(terms.allocation)
    if planned + worth > given:
        raise WrongInput(
            f"{Money(given - planned)} is left of that block, and this package is worth {Money(worth)}. "
            "Allocate less, or change the contract's lines."
        )


@transaction.atomic
def change_allocation(*, package: Package, allocation: Decimal, reason: str, actor: Actor) -> Package:
    """More or fewer units; never fewer than were drawn."""
    actor.require(*DRAWING_UP, to="change packages")
    require_live(package.council)
    reason = clean_line(reason, what="Reason", limit=200)
    before = package.allocation
    if (
        Package.objects.filter(pk=package.pk, drawn__lte=allocation).update(allocation=allocation) != 1
        or not allocation
    ):
        package.refresh_from_db()
        raise CommissionStands(
            f"{package.drawn.normalize():f} units are drawn already, so {allocation.normalize():f} cannot be all there is."
        )
    package.refresh_from_db()
    record(
        "commission.package_changed", package.council, actor, package=package.code, before=str(before),
        after=str(allocation), text={"reason": reason},
    )  # fmt: skip
    return package


@transaction.atomic
def list_schools(*, package: Package, schools: Collection[Organisation], on: date, actor: Actor) -> None:
    """Sets the package's list from a day on: who is new is added, who is gone is taken off.

    What a school drew stays. Refuses a school on which the package's block may not be spent. Of a confidential package no
    event names a school.
    """
    actor.require(*DRAWING_UP, to="choose the schools of a package")
    require_live(package.council)
    if package.by != Package.By.LIST:
        raise WrongInput("This package finds its schools by a rule. Add another package for a list.")
    _check_block(package, schools)
    listed = {one.school_id: one for one in package.schools.select_for_update().filter(valid_to=None)}
    wanted = {one.pk for one in schools}
    gone = [one.pk for school, one in listed.items() if school not in wanted]
    PackageSchool.objects.filter(pk__in=gone).update(valid_to=on)
    added = sorted(wanted - set(listed))
    PackageSchool.objects.bulk_create(PackageSchool(package=package, school_id=pk, valid_from=on) for pk in added)
    open_one = not package.confidential
    record(
        "commission.schools_listed", package.council, actor, schools=tuple(added) if open_one else (),
        package=package.code, added=len(added) if open_one else None, taken_off=len(gone) if open_one else None,
    )  # fmt: skip


def _check_block(package: Package, schools: Collection[Organisation]) -> None:
    classes = dict(
        School.objects.filter(pk__in=[one.pk for one in schools]).values_list("organisation_id", "billing_class")
    )
    for one in schools:
        if one.pk not in classes:
            raise WrongInput(f"{one.name} is no school, so it cannot be on the list")
        if not may_fund(package.block, classes[one.pk]):
            raise WrongInput(
                f"{one.name} is not maintained by the council, and de-delegated money is for maintained schools alone. "
                "Take it off the list, or pay the package from another block."
            )


@transaction.atomic
def fund_offers(*, package: Package, offers: Sequence[tuple[Offer, Decimal]], actor: Actor) -> None:
    """Sets of which offers the contract pays which share, for the package's schools. A share of 1 pays all."""
    actor.require(*DRAWING_UP, to="choose what a package pays for")
    require_live(package.council)
    if any(not 0 < share <= 1 for _, share in offers):
        raise WrongInput("The share must be more than 0% and at most 100%")
    PackageOffer.objects.filter(package=package).delete()
    PackageOffer.objects.bulk_create(PackageOffer(package=package, offer=one, share=share) for one, share in offers)
    record(
        "commission.offers_funded", package.council, actor, package=package.code,
        offers=[[one.code, str(share)] for one, share in offers],
    )  # fmt: skip
