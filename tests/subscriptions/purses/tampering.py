"""How the invariants of purses are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date

from invoicing.services import seed_chart
from marketplace.core.actors import platform
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.membership.rules.methods import Method
from subscriptions.models import Purse
from subscriptions.services import Joining, draw, open_purse, pay_in
from tests.invoicing.books import receive
from tests.invoicing.tampering import after
from tests.shop import START

ON = date(2026, 9, 1)


def two_schools(name: str) -> list[Organisation]:
    """A lead and another member."""
    return [
        add_organisation(kind=Organisation.Kind.OTHER, name=f"{name} {part}", valid_from=START, actor=platform("test"))
        for part in ("Lead", "Member")
    ]


def filled(code: str, schools: list[Organisation], pence: int) -> Purse:
    """A purse of two into which the lead paid it all."""
    actor = platform("test")
    made = open_purse(
        code=code, name=f"Purse {code}", term=Period(ON, date(2027, 9, 1)), lead=schools[0],
        members=[Joining(schools[1])], pence=pence, method=Method.EQUAL, on=ON, actor=actor,
    )  # fmt: skip
    pay_in(purse=made, source=receive(schools[0], pence, key=code, on=ON), pence=pence, on=ON, actor=actor)
    return made


def _built() -> None:
    """£100.00, of which £60.00 are kept for an order."""
    seed_chart()
    schools = two_schools("Tampered")
    filled("tampered", schools, 100_00)
    draw(
        code="tampered", organisation=schools[1], source_key="order:ORD-1", label="ORD-1", pence=60_00,
        charge_keys=["order-line:1:price"], on=ON,
    )  # fmt: skip


_after = after(_built)
TAMPERINGS: dict[str, Callable[[], None]] = {
    "purses-keep-what-is-drawn": _after("UPDATE subscriptions_purse SET reserved_pence = 1"),
    "draws-are-their-movements": _after(
        "UPDATE subscriptions_pursemovement SET pence = 1", "subscriptions_pursemovement"
    ),
    "purses-hold-what-they-keep": _after(
        "UPDATE invoicing_unallocateditem SET remaining_pence = 0 WHERE organisation_id IN"
        " (SELECT account_id FROM subscriptions_purse)"
    ),
}
