"""How each invariant of funds is broken by someone who switched the guards off."""

from collections.abc import Callable
from decimal import Decimal

from invoicing.receivables.models import Charge
from invoicing.services import lower_price, set_aside, spend
from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from tests.invoicing.books import run_sql
from tests.invoicing.funds.granted import approved, cast_of, granted, own_fund
from tests.invoicing.funds.request_tampering import REQUESTS
from tests.invoicing.journals.beyond_sales import TODAY
from tests.invoicing.tampering import after


def _built() -> None:
    """A grant and what was spent of it."""
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
    cast = cast_of(ours, platform("test"))
    granted(cast.minds, cast.health, 10_000)
    cost = spend(
        fund=cast.minds, pence=4_000, cost_account="7400", against="2450", on=TODAY, reason="Days", today=TODAY,
        actor=cast.priya,
    )  # fmt: skip
    approved(cost, cast.morgan)


_after = after(_built)


def _less_of_a_price() -> None:
    """A fund that lowered a price, and a word of how much changed behind its back."""
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
    cast = cast_of(ours, platform("test"))
    fund = own_fund(cast.morgan)
    journal = set_aside(fund=fund, pence=9_000, on=TODAY, reason="Reserve", today=TODAY, actor=cast.priya)
    approved(journal, cast.morgan)
    item = Charge.objects.filter(state=Charge.State.PENDING, reduced_pence=0).earliest("pk")
    lower_price(charge=item, fund=fund, share=Decimal("0.01"), on=TODAY, actor=cast.morgan)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("SET LOCAL session_replication_role = replica")
    assert run_sql("UPDATE invoicing_fundsupport SET pence = pence + 1") == 1


_SPENT = "fund_id IS NOT NULL AND debit_account_id = '7400'"
TAMPERINGS: dict[str, Callable[[], None]] = {
    "funds-not-overspent": _after(f"UPDATE invoicing_movement SET pence = 10001 WHERE {_SPENT}"),
    "funds-on-one-side": _after(f"UPDATE invoicing_movement SET debit_account_id = '3000' WHERE {_SPENT}"),
    "funds-lower-prices": _less_of_a_price,
    **REQUESTS,
}
