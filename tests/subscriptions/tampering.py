"""How the invariants of what is agreed for a term are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.models import Allowance
from subscriptions.services import carry_over, expire_allowances, grant_allowance, reserve_places
from tests.invoicing.tampering import after
from tests.shop import START

END = date(2030, 1, 1)


def _built() -> None:
    """Two allowances of one school: two places of the first are kept, three went over into the second."""
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)

    def granted(key: str, start: date, end: date) -> Allowance:
        return grant_allowance(
            source_key=key, organisation=customer, name="Gold", places=6, valid_from=start, valid_to=end, carry_most=3,
            actor=actor,
        )  # fmt: skip

    gold, later = granted("gold", START, END), granted("later", END, date(2031, 1, 1))
    reserve_places(source_key="line", allowance_id=gold.pk, places=2, label="A course", on=START)
    expire_allowances(on=END)
    assert carry_over(allowance=gold, into=later, on=END, actor=actor) == 3


_after = after(_built)

TAMPERINGS: dict[str, Callable[[], None]] = {
    "allowances-within-grants": _after("UPDATE subscriptions_allowance SET taken = 1 WHERE source_key = 'gold'"),
    "allowances-are-their-movements": _after(
        "UPDATE subscriptions_allowance SET granted = 60 WHERE source_key = 'gold'"
    ),
    "included-uses-are-their-movements": _after("UPDATE subscriptions_allowanceuse SET consumed = true"),
    "carried-over-once": _after(
        "UPDATE subscriptions_allowance SET carried_in = carried_in + 1 WHERE source_key = 'later'"
    ),
}
