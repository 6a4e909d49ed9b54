"""How the invariants of what is agreed for a term are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.services import grant_allowance, reserve_places
from tests.invoicing.books import run_sql
from tests.shop import START


def _more_taken_than_kept() -> None:
    actor = platform("test")
    customer = add_organisation(kind=Organisation.Kind.OTHER, name="Fernhill Nursery", valid_from=START, actor=actor)
    gold = grant_allowance(
        source_key="gold", organisation=customer, name="Gold", places=6, valid_from=START, valid_to=date(2030, 1, 1),
        actor=actor,
    )  # fmt: skip
    reserve_places(source_key="line", allowance_id=gold.pk, places=2, label="A course", on=START)
    run_sql("UPDATE subscriptions_allowance SET taken = 3")


TAMPERINGS: dict[str, Callable[[], None]] = {"allowances-within-grants": _more_taken_than_kept}
