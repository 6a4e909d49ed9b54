"""The invariants of the event log hold for a log written by the public verbs, and find each further tampering."""

import pytest

from tests.core.tampering import FURTHER, TAMPERINGS, a_sealed_log
from tests.invariants import nothing_broken, tampered, told
from tests.invoicing.books import run_sql

pytestmark = pytest.mark.django_db


def test_an_honest_log_breaks_nothing_and_was_looked_at() -> None:
    a_sealed_log()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    nothing_broken(set(TAMPERINGS) - {"deliveries-written"})


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(name, how, tamper) -> None:
    assert tampered(tamper)[name]["violations"], f"{how} was not found"
