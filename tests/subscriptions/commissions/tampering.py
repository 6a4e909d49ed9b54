"""How the invariants of council contracts are broken by someone who has switched the guards off."""

import tempfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from subscriptions.commissions.services.drawing import draw, release
from subscriptions.commissions.services.returning import accept_return, send_return
from tests.conftest import START as BEGINNING
from tests.invoicing.tampering import after
from tests.subscriptions.commissions.councils import agreed, area, cast_of, filled, package

JULY = date(2026, 7, 1)


def council_year() -> None:
    """A contract of which two draws were made, one given back in part, and one return accepted."""
    actor = platform("test")
    if not Organisation.objects.filter(kind=Organisation.Kind.PARTNERSHIP).exists():
        add_organisation(
            kind=Organisation.Kind.PARTNERSHIP, name="Tampered Partnership", valid_from=BEGINNING, actor=actor
        )
    council, schools = area(Path(tempfile.mkdtemp()), actor, ["Ash Primary", "Bay Primary"])
    cast = cast_of(council, actor)
    made = agreed(cast)
    one = package(cast, made, schools)
    for at, school in enumerate(schools):
        draw(package=one, school=school, units=Decimal(3), source_key=f"line:{at}", label="Days", on=JULY)
    release(source_key="line:1", units=Decimal(1), on=JULY)
    report = send_return(report=filled(made.returns.first(), cast), on=JULY, actor=cast.olga)
    accept_return(report=report, on=JULY, actor=cast.carla)


_after = after(council_year)
TAMPERINGS: dict[str, Callable[[], None]] = {
    "packages-within-allocations": _after("UPDATE subscriptions_package SET drawn = drawn + 1"),
    "package-draws-are-their-movements": _after(
        "UPDATE subscriptions_packagemovement SET units = 9 WHERE kind = 'drawn'", "subscriptions_packagemovement"
    ),
    "packages-within-their-lines": _after("UPDATE subscriptions_fundingline SET pence = pence / 10"),
    "returns-accepted-by-another": _after("UPDATE subscriptions_indicatorreading SET part = 1"),
}
