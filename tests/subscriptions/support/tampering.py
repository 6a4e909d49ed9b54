"""How the invariant of matched funding is broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from invoicing.services import seed_chart
from marketplace.core.actors import Role, platform
from marketplace.core.money import Money
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import partnership
from marketplace.organisations.services.registry import add_organisation
from subscriptions.support.services.matching import open_scheme, promise_match
from tests.conftest import START
from tests.invoicing.tampering import after
from tests.shop import person


def promised() -> None:
    """A scheme of £2,000.00 that promised a school £200.00."""
    actor = platform("test")
    seed_chart()
    if not Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).exists():
        add_organisation(kind=Organisation.Kind.PARTNERSHIP, name="Tampered Partnership", valid_from=START, actor=actor)
    school = add_organisation(kind=Organisation.Kind.OTHER, name="Elm Park", valid_from=START, actor=actor)
    scheme = open_scheme(
        code="tampered", title="Matched", share=Decimal("0.5"), most=Money(500_00), budget=Money(2_000_00),
        term=Period(date(2026, 9, 1), date(2027, 9, 1)), evidence="receipt", account_code="7900", stream_code="SI",
        actor=person(partnership(), actor, name="Mia Manager", role=Role.FINANCE_MANAGER),
    )  # fmt: skip
    promise_match(
        scheme=scheme, school=school, what="Cover", spend=Money(400_00), by=date(2026, 11, 20), on=date(2026, 9, 14),
        actor=person(partnership(), actor, name="Olu Organiser", role=Role.ORGANISER),
    )  # fmt: skip


_after = after(promised)
TAMPERINGS: dict[str, Callable[[], None]] = {
    "matched-promises-within-the-budget": _after(
        "UPDATE subscriptions_matchedscheme SET promised_pence = promised_pence - 1", "subscriptions_matchedscheme"
    ),
}
