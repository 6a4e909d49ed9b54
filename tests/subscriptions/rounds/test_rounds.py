"""Rounds: who is chosen, the preview that is what is contracted, the job killed and gone on with."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db.models.functions import Now

from catalogue.models import Offer
from catalogue.rules.classes import PriceClass
from catalogue.services import add_price, end_price
from marketplace.core import jobs
from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.models import Job, StoredFile
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.models.schools import BillingClass
from subscriptions.agreements.models import Agreement
from subscriptions.queries import (
    members_of_class,
    offers_called,
    offers_of_rounds,
    schools_listed,
    schools_of_authority,
)
from subscriptions.rounds import job as rounds
from subscriptions.rounds.planning import Plan
from subscriptions.services import add_member_class, enter_member, preview_round, start_round
from tests.conftest import finance
from tests.organisations.register_files import SCHOOL
from tests.shop import person, schools
from tests.subscriptions.rounds.asked import APRIL, TODAY, round_of, services_for_a_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel("2026-09-30 10:00:00+01:00", tick=True):
        yield
    jobs.stopping.clear()


@pytest.fixture
def five(partnership: Organisation, tmp_path: Path, actor: Actor) -> list[Organisation]:
    """Schools of 100 to 400 pupils; the fifth was never counted."""
    counted = [{"NumberOfPupils": str(100 * number)} for number in range(1, 5)]
    return schools(tmp_path, actor, *counted, {"NumberOfPupils": ""})


@pytest.fixture
def offers(partnership: Organisation, actor: Actor) -> list[Offer]:
    return services_for_a_year(actor)


@pytest.fixture
def manager(partnership: Organisation, actor: Actor) -> Actor:
    return person(partnership, actor, name="Mina Manager", role=Role.FINANCE_MANAGER)


@pytest.fixture
def plan(offers: list[Offer], five: list[Organisation]) -> Plan:
    return round_of(offers, five)


def test_the_preview_is_what_is_contracted_once(plan: Plan, five: list[Organisation], manager: Actor) -> None:
    shown = preview_round(plan=plan, actor=manager)
    assert (shown.schools, shown.already, shown.priced) == (5, 0, 4)
    assert shown.net_pence == 4 * 1_250_00 + 1_000_00
    assert [one.pence for one in shown.first] == [1_350_00, 1_450_00, 1_550_00, 1_650_00]
    assert [one.number for one in shown.refused] == [five[4].number] and "pupil" in shown.refused[0].why
    assert not Agreement.objects.exists()
    done = jobs.work_now(start_round(plan=plan, expected_pence=shown.net_pence, actor=manager))
    assert (done.state, done.accepted, done.refused, done.result["made"]) == ("done", 4, 1, 4), done.error
    assert sum(line.base_pence for one in Agreement.objects.all() for line in one.lines.all()) == shown.net_pence
    file = bytes(StoredFile.objects.get(pk=done.result["file"]).content).decode()
    assert five[4].number in file and "901004" in file and file.count("\n") == 2
    with pytest.raises(WrongInput, match="nothing to contract"):
        start_round(plan=plan, expected_pence=None, actor=manager)
    assert Agreement.objects.count() == 4


def test_the_price_is_that_of_the_first_day(plan: Plan, offers: list[Offer], manager: Actor, actor: Actor) -> None:
    end_price(price=offers[1].prices.get(), valid_to=APRIL, actor=actor)
    add_price(offer=offers[1], price_class=PriceClass.ANY, rule={"flat": "1250"}, valid_from=APRIL, actor=actor)
    shown = preview_round(plan=plan, actor=manager)
    assert shown.net_pence == 4 * 1_350_00 + 1_000_00
    done = jobs.work_now(start_round(plan=plan, expected_pence=shown.net_pence, actor=manager))
    assert done.result["charged_pence"] == 0  # before its first day nothing is due
    assert sum(line.base_pence for one in Agreement.objects.all() for line in one.lines.all()) == shown.net_pence


def test_what_changed_since_it_was_looked_at_is_not_contracted(plan: Plan, manager: Actor) -> None:
    with pytest.raises(rounds.RoundChanged, match="Nothing was contracted"):
        start_round(plan=plan, expected_pence=1, actor=manager)
    assert not Job.objects.exists()


def test_a_job_that_is_killed_is_taken_over_behind_its_last_chunk(
    plan: Plan, manager: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "CHUNK", 2)
    job, real, calls = start_round(plan=plan, expected_pence=None, actor=manager), rounds.contract_round, []

    def dies(**given: Any) -> Any:
        calls.append(given["organisations"])
        report = real(**given)
        if len(calls) == 2:
            raise SystemExit(9)  # no word more of this worker; what the chunk wrote goes with it
        return report

    monkeypatch.setattr(rounds, "contract_round", dies)
    with pytest.raises(SystemExit):
        jobs.work_now(job)
    job.refresh_from_db()
    assert (job.state, job.done, Agreement.objects.count()) == ("running", 2, 2)
    Job.objects.update(heartbeat_at=Now() - timedelta(hours=1))
    assert jobs.work_one()
    job.refresh_from_db()
    assert (job.state, job.attempts, job.done, job.accepted, job.refused) == ("done", 2, 5, 4, 1), job.error
    assert calls[2] == calls[1] and Agreement.objects.count() == 4
    assert (job.result["made"], job.result["already"]) == (4, 0)


def test_a_school_added_to_a_round_is_the_only_one_contracted(
    offers: list[Offer], five: list[Organisation], manager: Actor
) -> None:
    jobs.work_now(start_round(plan=round_of(offers, five[:2]), expected_pence=None, actor=manager))
    more = round_of(offers, five[:3])
    shown = preview_round(plan=more, actor=manager)
    assert (shown.already, shown.priced, shown.net_pence) == (2, 1, 1_550_00)
    done = jobs.work_now(start_round(plan=more, expected_pence=None, actor=manager))
    assert (done.accepted, done.result["made"], done.result["already"]) == (3, 1, 2)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"first_day": date(2028, 4, 1)}, "belongs to the round Services for 2027 from 1 April 2027"),
        ({"key": "not a key"}, "Key must be letters"),
        ({"key": "other", "first_day": date(2030, 4, 1)}, "within two years"),
        ({"key": "other", "notice_weeks": 200}, "Weeks of notice"),
        ({"key": "other", "to": []}, "for 1 to"),
    ],
)
def test_what_is_not_in_order_is_refused(
    offers: list[Offer], five: list[Organisation], manager: Actor, more: dict[str, Any], words: str
) -> None:
    jobs.work_now(start_round(plan=round_of(offers, five[:1]), expected_pence=None, actor=manager))
    with pytest.raises(WrongInput, match=words):
        round_of(offers, more.pop("to", five), **more)


def test_only_finance_managers(plan: Plan, partnership: Organisation) -> None:
    officer = finance(partnership)
    with pytest.raises(NotAllowed):
        preview_round(plan=plan, actor=officer)
    with pytest.raises(NotAllowed):
        start_round(plan=plan, expected_pence=None, actor=officer)


def test_who_is_chosen(five: list[Organisation], actor: Actor, manager: Actor, council: Organisation) -> None:
    ids = [one.pk for one in five]
    School.objects.filter(pk=ids[3]).update(status=School.Status.CLOSED)
    School.objects.filter(pk=ids[2]).update(billing_class=BillingClass.ACADEMY)
    code = SCHOOL["LA (code)"]
    assert schools_of_authority(code, BillingClass.MAINTAINED) == [ids[0], ids[1], ids[4]]
    assert schools_of_authority(code, BillingClass.ACADEMY) == [ids[2]]
    assert schools_listed("901001, 901000\n901001") == [ids[1], ids[0]]
    full = add_member_class(
        code="full", name="Full member", votes=Decimal(1), price_class=PriceClass.MEMBER, actor=manager
    )
    for one in (*five[:1], *five[3:4]):
        enter_member(organisation=one, member_class=full, valid_from=TODAY, actor=manager)
    assert members_of_class("full", APRIL) == [ids[0]]
    for words, choose in {
        "no URN 999999": lambda: schools_listed("901000 999999"),
        "Not open: the school of URN 901003": lambda: schools_listed("901003"),
        "Paste at least one URN": lambda: schools_listed(" ,\n"),
        "no authority 999": lambda: schools_of_authority("999", BillingClass.MAINTAINED),
        "No open school is a member": lambda: members_of_class("full", date(2026, 9, 1)),
    }.items():
        with pytest.raises(WrongInput, match=words):
            choose()


def test_what_others_sell_and_drafts_are_not_taken(offers: list[Offer], actor: Actor) -> None:
    assert list(offers_of_rounds()) == [offers[1], offers[0]]
    Offer.objects.filter(pk=offers[0].pk).update(term_months=24)
    with pytest.raises(WrongInput, match="payroll is not a published service"):
        offers_called(["payroll", "clerking"])
    assert offers_called(["clerking", "clerking"]) == [offers[1]]
