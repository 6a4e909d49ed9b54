"""How the invariants of deferred income are broken by someone who has switched the guards off."""

from collections.abc import Callable
from datetime import date

from invoicing.services import release_income, run_billing
from marketplace.core.actors import platform
from marketplace.core.periods import Period
from marketplace.organisations.models import Organisation
from tests.conftest import Charges
from tests.invoicing.books import run_sql

DAY = date(2026, 4, 1)


def deferred_then(statement: str) -> Callable[[], None]:
    """A service of a year is invoiced and its first months released; then the statement runs."""

    def tamper() -> None:
        actor = platform("test")
        school = Organisation.objects.get(name="Oakfield Primary School")
        year = Period.months_from(DAY, 12)
        Charges(actor)(school, 36_000, on=DAY, key="a year", recognition="over_time", service=year)
        run_billing(on=DAY, actor=actor)
        release_income(on=date(2026, 6, 30), actor=actor)
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


_FIRST = "(SELECT min(id) FROM invoicing_deferralpart WHERE state = '{}')"

TAMPERINGS: dict[str, Callable[[], None]] = {
    "deferred-equals-open": deferred_then("UPDATE invoicing_deferral SET open_pence = open_pence - 1"),
    "deferrals-by-their-parts": deferred_then(
        f"UPDATE invoicing_deferralpart SET cancelled_pence = 1 WHERE id = {_FIRST.format('waiting')}"
    ),
    "released-by-their-entries": deferred_then(
        f"UPDATE invoicing_deferralpart SET income_on = '2026-05-01' WHERE id = {_FIRST.format('released')}"
    ),
}

# Further ways to break the same invariants.
FURTHER: list[tuple[str, str, Callable[[], None]]] = [
    (
        "deferred-equals-open",
        "deferred income of another customer",
        deferred_then(
            "UPDATE invoicing_deferral SET organisation_id = (SELECT min(id) FROM organisations_organisation)"
        ),
    ),
    (
        "deferrals-by-their-parts",
        "a part removed",
        deferred_then(f"DELETE FROM invoicing_deferralpart WHERE id = {_FIRST.format('waiting')}"),
    ),
    (
        "deferrals-by-their-parts",
        "credited and not taken back",
        deferred_then(f"UPDATE invoicing_deferralpart SET reversed_pence = 1 WHERE id = {_FIRST.format('released')}"),
    ),
    (
        "deferrals-by-their-parts",
        "a deferral removed",
        deferred_then("DELETE FROM invoicing_deferral"),
    ),
    (
        "released-by-their-entries",
        "a release that no part names",
        deferred_then(
            "UPDATE invoicing_deferralpart SET state = 'waiting', entry_id = NULL"
            f" WHERE id = {_FIRST.format('released')}"
        ),
    ),
]
