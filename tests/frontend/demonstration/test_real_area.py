"""Real schools: what the register says of them, the catalogue, people to sign in, and nothing invented."""

import csv
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from catalogue.models import Offer
from frontend.demonstration.build import OtherData, build
from frontend.demonstration.people import PASSWORD
from invoicing.models import BankAccount, Charge, JournalEntry
from marketplace.core.actors import Actor, Role, platform
from marketplace.core.models import Event, User
from marketplace.organisations.models import Organisation, School
from marketplace.organisations.services.people import actor_for
from marketplace.trading.models import Basket, Order
from tests.organisations.register_files import SCHOOL

TODAY = date(2026, 11, 21)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A file in the register's form: a closed and an open primary school of one authority, another of the next."""
    rows = [
        SCHOOL | {"URN": "900001", "EstablishmentStatus (code)": "2", "CloseDate": "31-08-2025"},
        SCHOOL | {"URN": "900002", "EstablishmentName": "Millbrook Primary School"},
        SCHOOL | {"URN": "900003", "LA (code)": "988", "LA (name)": "Elsewhere", "EstablishmentName": "Far School"},
    ]
    path = tmp_path / "register.csv"
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", "--no-serve", "--on", TODAY.isoformat(), *arguments, stdout=out)
    return out.getvalue()


def test_real_schools_get_the_catalogue_and_no_trading(db: None, register: Path) -> None:
    said = run("--gias", str(register), "--la", "987")
    assert "no trading" in said and PASSWORD in said
    assert "buyer@school.example" in said and "Millbrook Primary School" in said  # the first that is open
    assert set(School.objects.values_list("urn", flat=True)) == {"900001", "900002"}
    assert Offer.objects.filter(state="published").count() >= 40
    assert BankAccount.objects.count() == 1
    for empty in (Order, Basket, Charge, JournalEntry):
        assert not empty.objects.exists()


def test_the_invented_buyer_buys_at_that_school_alone(db: None, register: Path) -> None:
    run("--gias", str(register), "--la", "987")
    buyer = actor_for(user=User.objects.get(email="buyer@school.example"), on=TODAY)
    assert buyer.organisations(Role.BUYER) == {School.objects.get(urn="900002").organisation_id}
    assert User.objects.count() == 6  # and the partnership's own people


def test_loading_again_changes_nothing(db: None, register: Path) -> None:
    run("--gias", str(register), "--la", "987")
    before = Event.objects.count()
    assert "was built before" in run("--gias", str(register), "--la", "987")
    assert Event.objects.count() == before
    with pytest.raises(CommandError, match="holds the demonstration of real schools"):
        run()


def test_an_authority_without_schools_builds_nothing(db: None, register: Path) -> None:
    with pytest.raises(CommandError, match="no open school of LA 555"):
        run("--gias", str(register), "--la", "555")
    assert not Organisation.objects.exists() and not Event.objects.exists()


def test_a_file_that_is_not_the_registers_builds_nothing(db: None, tmp_path: Path) -> None:
    wrong = tmp_path / "other.csv"
    wrong.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError):
        run("--gias", str(wrong), "--la", "987")
    assert not Organisation.objects.exists()


def test_a_partnership_that_is_at_work_is_left_alone(partnership: Organisation, actor: Actor) -> None:
    before = Event.objects.count()
    with pytest.raises(OtherData, match="not the demonstration's"):
        build(name="Another", on=TODAY, actor=actor, say=lambda _: None)
    assert Organisation.objects.get() == partnership and Event.objects.count() == before


def test_a_build_that_is_ended_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("frontend.demonstration.build.add_memberships", ended)
    with pytest.raises(KeyboardInterrupt):
        build(name="Tidewell Schools Partnership", on=TODAY, actor=platform("test"), say=lambda _: None)
    assert not Organisation.objects.exists() and not Offer.objects.exists() and not Event.objects.exists()
