"""Income that comes when a use or a verification is told, and what is prepaid and runs out."""

from datetime import date

import pytest

from invoicing.recognition.models import DeferralPart
from invoicing.recognition.telling import MoreThanDeferred, ToldDifferently
from invoicing.services import release_income, use_deferred, verify_deferred
from marketplace.core.errors import NotFound, WrongInput
from tests.invoicing.books import balances, nothing_written
from tests.invoicing.recognition.conftest import APRIL

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]
MAY = date(2026, 5, 12)


def use(pence: int, actor, *, key: str = "visit:1", on: date = MAY) -> DeferralPart:
    return use_deferred(charge_source_key="hr", source_key=key, pence=pence, on=on, actor=actor)


def test_a_prepaid_day_is_income_when_it_is_used_and_the_rest_when_it_runs_out(deferred, actor):
    _, days = deferred(225000, recognition="on_use")
    assert release_income(on=date(2026, 12, 31), actor=actor).pence == 0
    part = use(45000, actor)
    assert (part.state, part.entry.posted_on) == ("released", MAY)
    assert balances(MAY) == {"1100": 270000, "2200": -45000, "2300": -180000, "4200": -45000}
    assert release_income(on=date(2027, 3, 30), actor=actor).pence == 0
    assert release_income(on=date(2027, 4, 9), actor=actor).pence == 180000
    assert release_income(on=date(2027, 4, 9), actor=actor).pence == 0
    assert balances(date(2027, 3, 31))["4200"] == -225000  # on its last day, whenever it is run
    days.refresh_from_db()
    assert days.open_pence == 0


def test_the_same_use_told_twice_counts_once_and_another_amount_is_refused(deferred, actor):
    deferred(225000, recognition="on_use")
    first = use(45000, actor)
    with nothing_written():
        assert use(45000, actor) == first
        with pytest.raises(ToldDifferently, match=r"told before as £450\.00 on 12 May 2026"):
            use(22500, actor)


def test_no_more_is_used_than_was_invoiced(deferred, actor):
    deferred(100000, recognition="on_use")
    use(90000, actor)
    with nothing_written(), pytest.raises(MoreThanDeferred, match=r"£100\.00 is left to be used") as refusal:
        use(10001, actor, key="visit:2")
    assert refusal.value.facts["remaining"] == 10000
    with nothing_written(), pytest.raises(WrongInput, match=r"must be more than £0\.00"):
        use(0, actor, key="visit:2")


def test_a_use_before_the_invoice_is_income_on_the_invoices_day(deferred, actor):
    deferred(100000, recognition="on_use")
    assert use(1000, actor, on=date(2026, 3, 1)).entry.posted_on == APRIL


def test_what_must_be_verified_never_becomes_income_by_itself(deferred, actor):
    deferred(50000, recognition="on_verification")
    with nothing_written():
        release_income(on=date(2030, 1, 1), actor=actor)
    part = verify_deferred(charge_source_key="hr", source_key="statement:3", pence=20000, on=MAY, actor=actor)
    rest = verify_deferred(charge_source_key="hr", source_key="statement:4", on=date(2026, 6, 1), actor=actor)
    assert (part.pence, rest.pence) == (20000, 30000)
    assert verify_deferred(charge_source_key="hr", source_key="statement:4", on=MAY, actor=actor) == rest
    assert "2300" not in balances()


def test_only_what_waits_to_be_told_can_be_told(deferred, actor):
    deferred(50000)
    with nothing_written():
        for tell in (use_deferred, verify_deferred):
            with pytest.raises(NotFound, match="Nothing that is still to be"):
                tell(charge_source_key="hr", source_key="visit:1", pence=100, on=MAY, actor=actor)
