"""What makes the lists of support plans, schemes and promises longer."""

from decimal import Decimal

from django.urls import reverse

from marketplace.core.actors import Role
from marketplace.core.money import Money
from marketplace.core.periods import Period, add_months
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.support.models import MatchedPromise, MatchedScheme, SupportPlan
from subscriptions.support.services.matching import open_scheme, promise_match
from subscriptions.support.services.planning import PartTerms, draft_plan
from tests.frontend.lists.world import World, copies


def _term(world: World) -> Period:
    return Period(world.today, add_months(world.today, 10))


def _payer(world: World) -> Organisation:
    """Whoever commissions in this world."""
    [pk] = world.person(Role.COMMISSIONER).organisations(Role.COMMISSIONER)
    return Organisation.objects.get(pk=pk)


def _plan(world: World) -> SupportPlan:
    def make() -> SupportPlan:
        school = add_organisation(
            kind=Organisation.Kind.SCHOOL, name="Supported School", valid_from=world.today, actor=world.actor
        )  # fmt: skip
        return draft_plan(
            school=school, title="Reading", need="Phonics", programme="Coaching", term=_term(world),
            parts=[PartTerms(_payer(world), "Coaching", Decimal(2), 500_00)], funder=_payer(world), every_weeks=6,
            on=world.today, actor=world.person(Role.ORGANISER),
        )  # fmt: skip

    return world.kept("a support plan", make)


def plans(world: World, numbers: range) -> None:
    """Plans of the customer."""
    copies(
        _plan(world), numbers, number=lambda n: f"SP-L{n}", title=lambda n: f"Support number {n}",
        school_id=lambda _: world.customer.pk,
    )  # fmt: skip


def _scheme(world: World) -> MatchedScheme:
    def make() -> MatchedScheme:
        return open_scheme(
            code="lists", title="Matched", share=Decimal("0.5"), most=Money(500_00), budget=Money(2_000_00),
            term=_term(world), evidence="receipt", account_code="7900", stream_code="SI",
            actor=world.person(Role.FINANCE_MANAGER),
        )  # fmt: skip

    return world.kept("a matched scheme", make)


def schemes(world: World, numbers: range) -> None:
    """Schemes that nothing was promised of."""
    copies(_scheme(world), numbers, code=lambda n: f"scheme-{n}", title=lambda n: f"Scheme number {n}")


def at_scheme(world: World) -> str:
    return reverse("organise-matched-scheme", kwargs={"code": _scheme(world).code})


def promises(world: World, numbers: range) -> None:
    """Promises to the customer."""
    first: MatchedPromise = world.kept(
        "a promise",
        lambda: promise_match(
            scheme=_scheme(world), school=world.customer, what="Cover", spend=Money(400_00), by=world.today,
            on=world.today, actor=world.person(Role.ORGANISER),
        ),
    )  # fmt: skip
    contracts: list[OutcomeContract] = copies(first.contract, numbers, number=lambda n: f"CT-L{n}")
    at = dict(zip(numbers, contracts, strict=True))
    copies(first, numbers, contract_id=lambda n: at[n].pk)
