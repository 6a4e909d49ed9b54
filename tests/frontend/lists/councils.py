"""What makes the lists of council contracts longer: contracts, the schools they pay for, draws, returns, indicators."""

from decimal import Decimal

from django.urls import reverse

from marketplace.core.actors import Role
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.services.schools import add_authority
from subscriptions.commissions.models import (
    CouncilContract,
    Indicator,
    Package,
    PackageDraw,
    PackageSchool,
    QuarterReturn,
)
from subscriptions.commissions.rules.quarters import lines_of, quarterly
from subscriptions.commissions.services.drafting import IndicatorTerms, Terms, draft_quarterly
from subscriptions.commissions.services.packaging import PackageTerms, add_package
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.contracting import agree_contract, offer_contract
from tests.conftest import STANDARD
from tests.frontend.lists.world import World, copies
from tests.invoicing.council_journals.maintained import school as maintained


def _contract(world: World) -> CouncilContract:
    """One in force, which the customer buys as a council, with an empty package."""

    def make() -> CouncilContract:
        organiser, start = world.person(Role.ORGANISER), add_months(world.today.replace(day=1), -7)
        value, share = [Money(100_000_00)], Decimal("0.05")
        lines = lines_of(quarterly(start=start, years=value, at_risk=share), {"council": 1})
        made = draft_quarterly(
            party=world.customer, title="Inclusion", start=start, years=value, at_risk=share,
            indicator=IndicatorTerms("seen", "Seen in time", "percentage", Decimal(90)),
            terms=Terms("Children and Families Act 2014", lines), vat=STANDARD, account_code="4110", stream_code="CC",
            on=start, actor=organiser,
        )  # fmt: skip
        offer_contract(contract=made.contract, on=start, actor=organiser)
        agree_contract(contract=made.contract, on=start, actor=world.person(Role.COMMISSIONER))
        terms = PackageTerms(
            code="days", title="Days", unit="day", block="council", price=Money(10_00), allocation=Decimal(5_000),
            term=Period(start, add_months(start, 12)),
        )  # fmt: skip
        add_package(council=made, terms=terms, actor=organiser)
        return made

    return world.kept("a council contract", make)


def contracts(world: World, numbers: range) -> None:
    """Contracts in force, each with a package, an indicator and a return that was sent."""
    first = _contract(world)
    made = copies(
        OutcomeContract.objects.get(pk=first.contract_id), numbers, number=lambda n: f"CC-{n}",
        title=lambda n: f"Contract number {n}",
    )  # fmt: skip
    councils = copies(first, range(len(made)), contract_id=lambda n: made[n].pk)
    for row in (Package.objects.get(council=first), Indicator.objects.get(council=first)):
        copies(row, range(len(made)), council_id=lambda n: councils[n].pk)
    sent = {"state": lambda _: "sent", "sent_on": lambda _: world.today}
    report = QuarterReturn.objects.get(council=first, ordinal=1)
    copies(report, range(len(made)), council_id=lambda n: councils[n].pk, **sent)


def schools(world: World, numbers: range) -> None:
    """Schools on the package's list."""
    package = Package.objects.get(council=_contract(world))

    def make() -> School:
        authority = add_authority(organisation=world.partnership, code="979", actor=world.actor)
        made = maintained(authority, "Listed Primary School", "991978", world.actor, cost_centre="LP1")
        return School.objects.get(pk=made.pk)

    first = world.kept("a funded school", make)
    made = copies(
        Organisation.objects.get(pk=first.pk), numbers, number=lambda n: f"FS-{n}", name=lambda n: f"Funded School {n}"
    )
    kept = {
        one.attname: getattr(first, one.attname) for one in School._meta.concrete_fields if not one.primary_key
    }  # fmt: skip
    School.objects.bulk_create(
        School(**kept | {"organisation_id": one.pk, "urn": f"9{one.pk:07d}"[-8:]}) for one in made
    )
    PackageSchool.objects.bulk_create(
        PackageSchool(package=package, school=one, valid_from=package.valid_from) for one in made
    )
    world.kept(f"funded {numbers}", lambda: made)


def draws(world: World, numbers: range) -> None:
    """What the customer drew of the package."""
    package = Package.objects.get(council=_contract(world))
    PackageDraw.objects.bulk_create(
        PackageDraw(
            package=package, school=world.customer, source_key=f"list:{n}", label=f"Day number {n}",
            on=package.valid_from, units=Decimal(1), price_pence=package.price_pence,
        )
        for n in numbers
    )  # fmt: skip


def at_package(world: World) -> str:
    return reverse("organise-council-package", args=[_contract(world).contract.number, "days"])
