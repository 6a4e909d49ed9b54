"""What every test may use: a clean database, the partnership, and a named cast."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import hypothesis
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from invoicing.services import charge, seed_chart, seed_vat_rules
from invoicing.vat.treatment import VatTreatment
from marketplace.core.actors import Actor, Grant, Role, platform
from marketplace.core.money import Money
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import Address, add_organisation

START = date(2020, 1, 1)
STANDARD = VatTreatment("S", Decimal("0.20"))
EXEMPT = VatTreatment("E", Decimal(0), "Training by an eligible body")
ZERO = VatTreatment("Z", Decimal(0), "Printed books")
OUTSIDE = VatTreatment("O", Decimal(0), "Grant: not a supply")

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def _empty_tables(self: TransactionTestCase) -> None:
    """After a test that commits: rows are deleted with the guards off, since TRUNCATE is refused by them."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in connection.introspection.table_names(cursor):
            if table not in KEPT:
                cursor.execute(f'DELETE FROM "{table}"')
        cursor.execute("SET session_replication_role = DEFAULT")


TransactionTestCase._fixture_teardown = _empty_tables  # type: ignore[method-assign]


def pytest_configure() -> None:
    """A quick hash for the passwords of tests; the real one is slow on purpose. Static files are looked for when they are
    asked for: gathered beforehand, as in production, they would be gathered anew for each test's client."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True
    # A machine that pauses is no fault of the code: Hypothesis measures nothing by the clock.
    hypothesis.settings.register_profile(
        "clockless", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("clockless")


_counted: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keeps what the races and the walk with real schools printed: their counts belong in the log of every run."""
    if report.when == "call" and report.passed and ("/races/" in report.nodeid or "/real_data/" in report.nodeid):
        _counted.extend(line for line in report.capstdout.splitlines() if line.strip() and " rows  " not in line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _counted:
        terminalreporter.section("counts of the races and of the real data")
        for line in _counted:
            terminalreporter.line(line)


@pytest.fixture
def actor() -> Actor:
    return platform("test")


@pytest.fixture
def partnership(db: None, actor: Actor) -> Organisation:
    """The partnership itself, with the chart of accounts."""
    seed_chart()
    seed_vat_rules()
    return add_organisation(
        kind=Organisation.Kind.PARTNERSHIP,
        name="Tidewell Schools Partnership",
        valid_from=START,
        actor=actor,
        address=Address(street="1 Harbour Row", town="Tidewell", postcode="TW1 1AA"),
        vat_number="GB123456789",
    )


@pytest.fixture
def oakfield(partnership: Organisation, actor: Actor) -> Organisation:
    """A customer: Oakfield Primary School."""
    return add_organisation(
        kind=Organisation.Kind.OTHER,
        name="Oakfield Primary School",
        valid_from=START,
        actor=actor,
        address=Address(street="Oak Lane", town="Tidewell", postcode="TW2 2BB"),
    )


@pytest.fixture
def council(partnership: Organisation, actor: Actor) -> Organisation:
    return add_organisation(
        kind=Organisation.Kind.AUTHORITY, name="Tidewell Borough Council", valid_from=START, actor=actor,
        address=Address(street="Town Hall", town="Tidewell", postcode="TW1 1ZZ"),
    )  # fmt: skip


def finance(organisation: Organisation, role: Role = Role.FINANCE_OFFICER, person_id: int = 9001) -> Actor:
    """One of the partnership's finance people, without a login."""
    return Actor(
        person_id=person_id, user_id=None, name="Priya Finance", grants=frozenset({Grant(role, organisation.pk)})
    )


class Charges:
    """Makes charges for tests with as few words as the claim needs."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.count = 0

    def __call__(
        self,
        customer: Organisation,
        pence: int,
        *,
        vat: VatTreatment = STANDARD,
        key: str = "",
        on: date = date(2026, 9, 1),
        **more: object,
    ):  # type: ignore[no-untyped-def]
        self.count += 1
        values: dict[str, object] = {
            "source_key": key or f"test:{self.count}",
            "consumer": customer,
            "invoice_to": customer,
            "description": f"Service {self.count}",
            "quantity": Decimal(1),
            "unit_price": Money(pence),
            "net": Money(pence),
            "vat": vat,
            "account_code": "4200",
            "stream_code": "BS",
            "bill_on": on,
            "actor": self.actor,
        }
        values.update(more)
        return charge(**values)  # type: ignore[arg-type]


@pytest.fixture
def charges(actor: Actor) -> Charges:
    return Charges(actor)


@pytest.fixture
def ledger_holds() -> Iterator[None]:
    """After the test's story every invariant must hold."""
    yield
    try:
        call_command("verify_ledger")
    except SystemExit:  # left alone it would keep pytest from rolling the test's transaction back
        pytest.fail("verify_ledger found an invariant that does not hold; its output names it")
