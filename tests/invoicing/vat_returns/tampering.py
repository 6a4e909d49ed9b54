"""How each invariant of VAT returns is broken by someone who switched the guards off."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from invoicing.services import lock_vat_return, prepare_vat_return, set_vat_facts
from invoicing.vat_returns.reckoning import figures_of
from invoicing.vat_returns.rules import owed
from marketplace.core.actors import Actor, Role, platform
from marketplace.core.periods import add_months
from marketplace.organisations.models import Organisation
from tests.invoicing.tampering import after
from tests.shop import person

AT = datetime(2027, 9, 5, 9, tzinfo=UTC)


def _built() -> None:
    """Two locked returns over everything that the small world traded."""
    ours = Organisation.objects.get(kind=Organisation.Kind.PARTNERSHIP)
    officer = person(ours, platform("test"), name="VAT Officer", role=Role.FINANCE_OFFICER)
    manager = person(ours, platform("test"), name="VAT Manager", role=Role.FINANCE_MANAGER)
    set_vat_facts(
        organisation=ours, valid_from=date(2020, 4, 1), registered=True, eligible_body=True, private_school=False,
        abroad=False, evidence="Certificate", actor=manager,
    )  # fmt: skip
    for start in (date(2026, 8, 1), date(2026, 11, 1)):
        _locked(start, officer, manager)


def _locked(start: date, officer: Actor, manager: Actor) -> None:
    end = add_months(start, 3)
    found = prepare_vat_return(start=start, end=end, at=AT, actor=officer)
    net = owed(figures_of(found, manager).sums)
    lock_vat_return(found=found, net_vat_pence=net, on=end + timedelta(days=9), at=AT, actor=manager)


_after = after(_built)
_FIRST = "id = (SELECT min(id) FROM invoicing_vatreturn)"

TAMPERINGS: dict[str, Callable[[], None]] = {
    "vat-returns-as-locked": _after(f"UPDATE invoicing_vatreturn SET sales_vat_pence = 1 WHERE {_FIRST}"),
    "vat-returns-in-order": _after(
        f"UPDATE invoicing_vatreturn SET locked_by_id = prepared_by_id WHERE {_FIRST}", "invoicing_vatreturn"
    ),
}
