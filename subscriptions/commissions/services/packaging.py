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
from marketplace.organisations.models.schools import BillingClass
from subscriptions.commissions.models import CouncilContract, Package, PackageOffer, PackageSchool
from subscriptions.commissions.rules.blocks import may_fund
from subscriptions.commissions.services.recording import CommissionStands, hold, record, require_live, told
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
    held = hold(council)
    require_live(held)
    _check(held, terms)
    made = Package.objects.create(
        council=held, code=terms.code, title=clean_line(terms.title, what="Title", limit=120), what=terms.what,
        unit=clean_line(terms.unit, what="Unit", limit=30), block=terms.block, price_pence=terms.price.pence,
        allocation=terms.allocation, each_most=terms.each_most, valid_from=terms.term.start,
        valid_to=terms.term.end, by=terms.by, phases=list(terms.phases),
        billing_classes=list(terms.billing_classes), confidential=terms.confidential,
    )  # fmt: skip
    record(
        "commission.package_added", held, actor, package=told(made), allocation=str(made.allocation),
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
    planned = Package(block=terms.block, price_pence=terms.price.pence, allocation=terms.allocation)
    _check_block_has(council, planned)


def left_of_block(council: CouncilContract, package: Package) -> int:
    """What the lines of a package's block leave for it beside the block's other packages, in pence before VAT."""
    given = sum(one.pence for one in council.lines.all() if one.block == package.block)
    others = council.packages.filter(block=package.block).exclude(pk=package.pk)
    return given - sum(one.worth(one.allocation) for one in others)


def _check_block_has(council: CouncilContract, package: Package) -> None:
    left, worth = left_of_block(council, package), package.worth(package.allocation)
    if worth > left:
        raise WrongInput(
            f"{Money(left)} is left of that block, and this package is worth {Money(worth)}. "
            "Allocate less, or change the contract's lines."
        )


@transaction.atomic
def change_allocation(*, package: Package, allocation: Decimal, reason: str, actor: Actor) -> Package:
    """More or fewer units: never fewer than were drawn, never worth more than the block's lines have left.

    By whoever draws contracts up; the commissioner reads on the contract what was changed and why. What the contract
    charges stays: that changes by a variation.
    """
    actor.require(*DRAWING_UP, to="change packages")
    council = hold(package.council)
    require_live(council)
    reason = clean_line(reason, what="Reason", limit=200)
    package.refresh_from_db()
    before = package.allocation
    _check_block_has(
        council, Package(pk=package.pk, block=package.block, price_pence=package.price_pence, allocation=allocation)
    )
    if (
        allocation <= 0
        or Package.objects.filter(pk=package.pk, drawn__lte=allocation).update(allocation=allocation) != 1
    ):
        package.refresh_from_db()
        raise CommissionStands(
            f"{package.drawn.normalize():f} units are drawn already, so {allocation.normalize():f} cannot be all there is."
        )
    package.refresh_from_db()
    record(
        "commission.package_changed", council, actor, package=told(package), before=str(before),
        after=str(package.allocation), text={"reason": reason},
    )  # fmt: skip
    return package


@transaction.atomic
def change_rule(
    *, package: Package, phases: Collection[str], billing_classes: Collection[str], actor: Actor
) -> Package:  # fmt: skip
    """Other phases and kinds of school that a package's rule finds, from now on; none of them chosen is any.

    What a school drew stays. A package with a list has no rule.
    """
    actor.require(*DRAWING_UP, to="choose the schools of a package")
    council = hold(package.council)
    require_live(council)
    if package.by != Package.By.RULE:
        raise WrongInput("This package is for the schools of a list. Change the list.")
    if set(billing_classes) - set(BillingClass.values) or any(len(one) > 2 for one in phases):
        raise WrongInput("Choose phases and kinds of school that there are")
    package.refresh_from_db()
    before = {"phases": package.phases, "billing_classes": package.billing_classes}
    after = {"phases": sorted(set(phases)), "billing_classes": sorted(set(billing_classes))}
    Package.objects.filter(pk=package.pk).update(**after)
    package.refresh_from_db()
    record("commission.rule_changed", council, actor, package=told(package), before=before, after=after)
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
        package=told(package), added=len(added) if open_one else None, taken_off=len(gone) if open_one else None,
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
        "commission.offers_funded", package.council, actor, package=told(package),
        offers=[[one.code, str(share)] for one, share in offers],
    )  # fmt: skip
