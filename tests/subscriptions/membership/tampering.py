"""How contributions and shared costs are falsified by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date

from marketplace.core.actors import platform
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.membership.rules.methods import Method
from subscriptions.services import PartTerms, Taking, plan_cost, plan_round
from tests.invoicing.tampering import after
from tests.shop import START
from tests.subscriptions.sharing import enter_all

TERM = Period(date(2026, 9, 1), date(2027, 9, 1))


def _built() -> None:
    """Two members who share a budget of £100 and a bus of £60."""
    actor = platform("test")
    two = [
        add_organisation(kind=Organisation.Kind.OTHER, name=name, valid_from=START, actor=actor)
        for name in ("Fernhill Playgroup", "Larkfield Playgroup")
    ]
    enter_all(two, actor, since=START)
    plan_round(
        code="fair", title="Fair", term=TERM, budget=Money(100_00), method=Method.EQUAL, actor=actor
    )  # fmt: skip
    plan_cost(
        code="bus", title="Bus", term=TERM, lead=two[0], takes=[Taking(one) for one in two],
        parts=[PartTerms("Bus", 60_00, Method.EQUAL)], actor=actor,
    )  # fmt: skip


_after = after(_built)

TAMPERINGS: dict[str, Callable[[], None]] = {
    "contributions-add-up": _after(
        "UPDATE subscriptions_contributionshare SET pence = pence - 1 WHERE id = (SELECT min(id) FROM subscriptions_contributionshare)"
    ),
    "shared-costs-add-up": _after(
        "UPDATE subscriptions_sharedshare SET valid_to = valid_to - 30 WHERE id = (SELECT max(id) FROM subscriptions_sharedshare)"
    ),
}
