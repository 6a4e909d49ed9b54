"""The database itself keeps deferrals: they repeat their lines, and nothing in them goes back."""

import psycopg
import pytest

from invoicing.recognition.models import Deferral, DeferralPart
from invoicing.services import release_income
from marketplace.core.verification import registered, verify
from tests.invariants import told
from tests.invoicing.books import refused, run_sql
from tests.invoicing.recognition.tampering import DAY, FURTHER, TAMPERINGS
from tests.invoicing.tampering import drop_constraints

pytestmark = pytest.mark.django_db


def test_only_what_is_open_changes_on_a_deferral_and_it_only_falls(deferred):
    deferred()
    for change in ("open_pence = open_pence + 1", "pence = pence + 1", "since = since + 1", "pattern = 'on_date'"):
        with refused("nothing but what is open changes"):
            run_sql(f"UPDATE invoicing_deferral SET {change}")
    with refused("DELETE of invoicing_deferral is refused"):
        run_sql("DELETE FROM invoicing_deferral")
    with refused("TRUNCATE of invoicing_deferral is refused"):
        run_sql("TRUNCATE invoicing_deferral CASCADE")


def test_a_part_keeps_its_day_and_amount_and_is_released_once(deferred, actor):
    deferred()
    release_income(on=DAY.replace(month=5), actor=actor)
    for change in ("income_on = income_on + 1", "pence = pence + 1", "source_key = 'mine'"):
        with refused("its day and its amount stay"):
            run_sql(f"UPDATE invoicing_deferralpart SET {change} WHERE state = 'waiting'")
    for change in ("state = 'waiting', entry_id = NULL", "entry_id = entry_id + 1", "cancelled_pence = 1"):
        with refused("does not go back"):
            run_sql(f"UPDATE invoicing_deferralpart SET {change} WHERE state = 'released'")
    with refused("DELETE of invoicing_deferralpart is refused"):
        run_sql("DELETE FROM invoicing_deferralpart")


def test_a_deferral_is_of_a_line_as_it_was_issued(deferred):
    _, real = deferred()
    for wrong in ({"pence": 1, "open_pence": 1}, {"line_id": real.line_id + 1}, {"stream_id": "SI"}):
        copy = Deferral.objects.get()
        copy.pk, copy.source_key = None, "another"
        for name, value in wrong.items():
            setattr(copy, name, value)
        if "line_id" not in wrong:  # its line has a deferral already: without the index the guard alone refuses
            drop_constraints("invoicing_deferral")
        with refused("deferral_line", psycopg.errors.ForeignKeyViolation):
            Deferral.objects.bulk_create([copy])


def test_a_part_belongs_to_a_deferral(deferred):
    deferred()
    with refused("there is no deferral 0", psycopg.errors.ForeignKeyViolation):
        DeferralPart.objects.bulk_create([DeferralPart(deferral_id=0, income_on=DAY, pence=1)])


def test_each_invariant_of_deferred_income_looked_at_rows(deferred, actor):
    deferred()
    release_income(on=DAY.replace(month=5), actor=actor)
    own = {invariant.name for invariant in registered()} & set(TAMPERINGS)
    assert len(own) == 3
    found = {finding.invariant.name: finding for finding in verify() if finding.invariant.name in own}
    assert all(finding.checked and not finding.violations for finding in found.values())


@pytest.mark.parametrize(("name", "how", "tamper"), FURTHER, ids=told(FURTHER))
def test_further_tampering_is_named(oakfield, name, how, tamper):
    run_sql("SET LOCAL session_replication_role = replica")
    run_sql("INSERT INTO invoicing_ledgerparty SELECT id FROM organisations_organisation ON CONFLICT DO NOTHING")
    tamper()
    run_sql("SET LOCAL session_replication_role = DEFAULT")
    assert name in {finding.invariant.name for finding in verify() if finding.violations}, f"{how} was not found"
