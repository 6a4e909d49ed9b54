"""What the walk asks of journals, purchases and customers' terms through the API."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from invoicing.services import prepare_vat_return
from marketplace.core.actors import Actor
from marketplace.core.periods import add_months
from tests.invoicing.journals.beyond_sales import LAST_DAY


def beyond_sales_bodies(keys: Mapping[str, Any], today: date) -> dict[str, dict[str, Any]]:
    """What each write is asked to do, by its operation."""
    seen = {"version": 1}
    back = seen | {"reason": "Another school's"}
    supplied = {"description": "Ink", "account": "7200", "vat_rate": "0.2", "used_for": "taxable"}
    return {
        "POST /journals": {
            "kind": "journal", "on": today.isoformat(), "reason": "Fee",
            "lines": [{"debit_account": "7400", "credit_account": "2450", "pence": 500}],
        },
        "POST /journals/{number}/approve": seen,
        "POST /journals/{number}/send-back": back,
        "POST /payment-batches": {"pay_on": today.isoformat(), "account": keys["account"]},
        "POST /payment-batches/{number}/approve": {"content": "what was read"},
        "POST /payment-batches/{number}/withdraw": {"reason": "Another school's"},
        "POST /purchases": {
            "supplier": keys["supplier"], "supplier_number": "HR-9", "dated_on": LAST_DAY.isoformat(),
            "due_on": LAST_DAY.isoformat(), "lines": [supplied | {"net_pence": 1_000, "vat_pence": 200}],
        },
        "POST /purchases/{number}/approve": seen,
        "POST /purchases/{number}/send-back": back,
        "POST /purchases/{number}/payments": {"pence": 500, "paid_on": LAST_DAY.isoformat(), "account": keys["account"]},
        "POST /credits-due": {"net_pence": 500},
        "POST /vat-returns": {"first": "2024-01", "last": "2024-03"},
        "POST /vat-returns/{period}/lock": {"net_vat_pence": 0},
        "POST /vat-returns/{period}/sent": {"sent_on": today.isoformat(), "receipt": "163482097415"},
        "POST /months/{month}/ask-to-reopen": {"reason": "A bill came late"},
        "PATCH /customers/{number}/terms": {"payment_days": 45},
        "POST /customers/{number}/allowances": {
            "name": "Gold", "places": 6, "first_day": today.isoformat(), "last_day": "2050-08-31",
        },
    }  # fmt: skip


def a_vat_return(officer: Actor, today: date) -> str:
    """A return of the month before last, prepared by the officer."""
    start = add_months(today.replace(day=1), -2)
    return prepare_vat_return(start=start, end=add_months(start, 1), at=timezone.now(), actor=officer).key
