"""Programs choose the day of the invoice and instalments as people do: the basket tells what may be chosen."""

from datetime import date

import pytest

from catalogue.models import CourseRun
from invoicing.receivables.models import Charge
from marketplace.organisations.models import Organisation
from marketplace.trading.models import Order
from tests.api.calling import Program
from tests.api.test_trading import fill, order

pytestmark = pytest.mark.django_db


def test_the_basket_tells_from_when_to_when_and_the_order_keeps_the_day(
    program: Program, school: Organisation, run: CourseRun
) -> None:
    basket = fill(program, school, run)
    assert basket["instalments"] == 1
    until = str(basket["invoice_until"])
    assert date.fromisoformat(until) > date.fromisoformat(str(basket["invoice_from"]))
    placed = order(program, school, 42_000, invoice_on=until)
    assert placed["invoice_on"] == until == Charge.objects.get().bill_on.isoformat()
    [row] = program.get("/orders").json()["results"]
    assert row["invoice_on"] == until
    assert [line["instalments"] for line in placed["lines"]] == [1]


@pytest.mark.parametrize(
    ("more", "code"),
    [({"invoice_on": "2020-01-01"}, "invoice_date_refused"), ({"in_instalments": True}, "no_instalments")],
)
def test_what_the_rules_do_not_allow_orders_nothing(
    program: Program, school: Organisation, run: CourseRun, more: dict[str, object], code: str
) -> None:
    fill(program, school, run)
    answer = program.post("/orders", {"organisation": school.number, "expected_pence": 42_000} | more)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert not Order.objects.exists() and not Charge.objects.exists()
