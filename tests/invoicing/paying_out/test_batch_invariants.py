"""Who released a batch, and the batch itself, are held against the sending and the payments."""

import pytest

from tests.invariants import tampered
from tests.invoicing.books import run_sql
from tests.invoicing.paying_out.tampering import _sent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("payments-by-three-people", "UPDATE invoicing_paymentbatch SET released_on = released_on - 30"),
        ("payments-sent-once", "DELETE FROM invoicing_paymentbatch"),
    ],
)
def test_what_was_changed_after_the_release_is_named(partnership, name, statement):
    _sent()
    assert tampered(lambda: None)[name]["violations"] == []
    assert tampered(lambda: run_sql(statement))[name]["violations"] != []
