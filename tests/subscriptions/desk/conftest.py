"""A school with a service that promises something, and the people of both sides."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from marketplace.core.actors import Actor, Role
from marketplace.core.wording import LONDON
from marketplace.organisations.models import Organisation
from subscriptions.agreements.models import AgreementLine
from subscriptions.desk.rules.promises import Priority, Promise
from subscriptions.models import Ticket
from subscriptions.services import open_ticket, set_desk_hours
from tests.shop import person
from tests.subscriptions.agreements.terms import agreed
from tests.subscriptions.agreements.terms import line as line_terms

MONDAY = date(2026, 6, 15)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=LONDON)


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of June 2026."""
    return at(hour, minute, date(2026, 6, day))


@pytest.fixture
def desk_hours(partnership: Organisation, actor: Actor) -> None:
    """8:30am to 4:30pm on weekdays; a P2 is answered in 1 hour and put right in 8, else a tenth of a month comes back."""
    set_desk_hours(
        weekdays=range(5),
        opens=time(8, 30),
        closes=time(16, 30),
        valid_from=date(2026, 1, 1),
        on=date(2026, 1, 1),
        promises=[Promise(Priority.P2, 60, 480, Decimal(10)), Promise(Priority.P4, 960, 4800, Decimal(0))],
        actor=actor,
    )


@pytest.fixture
def payroll(oakfield: Organisation, desk_hours: None, actor: Actor) -> AgreementLine:
    """Payroll for a year at £1,200.00, charged in one sum."""
    return agreed(oakfield, line_terms(120_000), actor=actor).lines.get()


@pytest.fixture
def sam(oakfield: Organisation, actor: Actor) -> Actor:
    return person(oakfield, actor)


@pytest.fixture
def olga(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Olga Organiser", role=Role.ORGANISER)


@pytest.fixture
def fay(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Fay Finance", role=Role.FINANCE_OFFICER)


@pytest.fixture
def mo(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Mo Manager", role=Role.FINANCE_MANAGER)


@pytest.fixture
def ticket(oakfield: Organisation, payroll: AgreementLine, sam: Actor) -> Ticket:
    return asked(oakfield, payroll, sam)


def asked(organisation: Organisation, line: AgreementLine | None, actor: Actor, **more: object) -> Ticket:
    """A ticket of Monday 15 June 2026 at 9am, unless said."""
    values: dict[str, object] = {
        "priority": "P2", "subject": "Payslips do not open", "text": "Nobody gets theirs.", "at": at(9)
    }  # fmt: skip
    values.update(more)
    return open_ticket(organisation=organisation, line=line, actor=actor, **values)  # type: ignore[arg-type]
