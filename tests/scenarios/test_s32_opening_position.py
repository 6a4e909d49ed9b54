"""Scenario 32. Forty open invoices, £18,250.00 deferred, 63 places left and £412.50 of credit are taken over from an old
system: equal to the old trial balance to the penny, or refused with the difference."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from invoicing.journals.models import OpeningPlaces, OpeningPosition
from invoicing.journals.services.opening import OpeningDiffers
from invoicing.queries import aged_debtors
from invoicing.receivables.models import ReceivableItem, UnallocatedItem
from invoicing.services import approve_opening, release_income, submit_opening
from marketplace.core.actors import Actor, Role
from marketplace.organisations.models import Organisation
from marketplace.organisations.services.registry import add_organisation
from tests.conftest import START
from tests.invoicing.books import balances
from tests.invoicing.journals.beyond_sales import finance_person

pytestmark = pytest.mark.django_db
LAST_DAY, TODAY = date(2026, 8, 31), date(2026, 9, 2)
NAMES = ["Ashgrove", "Beckside", "Calder Vale", "Dunmore", "Eastcote"]


@pytest.fixture
def schools(partnership: Organisation, actor: Actor) -> list[Organisation]:
    """Five schools that traded with the partnership before."""
    return [
        add_organisation(kind=Organisation.Kind.OTHER, name=f"{name} Primary School", valid_from=START, actor=actor)
        for name in NAMES
    ]


@pytest.fixture
def people(partnership: Organisation, actor: Actor) -> tuple[Actor, Actor]:
    """Who hands it in, and who approves it."""
    officer = finance_person(partnership, "Priya Shah", Role.FINANCE_OFFICER, actor)
    return officer, finance_person(partnership, "Morgan Ellis", Role.FINANCE_MANAGER, actor)


def old_books(
    schools: list[Organisation], invoices: list[int], deferred: list[int], places: list[int], credits: list[int]
) -> str:
    """The old system's list of everything open, and the trial balance that it printed. Amounts in pence."""

    def pounds(pence: int) -> str:
        return f"{pence // 100}.{pence % 100:02d}"

    bank = 4_000_000
    surplus = bank + sum(invoices) - sum(deferred) - sum(credits)
    lines = [
        "[trial balance]", "account,debit,credit", f"1000,{pounds(bank)},", f"1100,{pounds(sum(invoices))},",
        f"2100,,{pounds(sum(credits))}", f"2300,,{pounds(sum(deferred))}", f"3000,,{pounds(surplus)}",
        "[open invoices]", "customer,number,date,due,gross,outstanding",
    ]  # fmt: skip
    whose = [school.number for school in schools]
    for index, pence in enumerate(invoices):
        lines.append(f"{whose[index % 5]},{20_260_101 + index},1/7/2026,31/7/2026,{pounds(pence)},{pounds(pence)}")
    lines += ["[deferred income]", "customer,description,from,to,amount,account,stream"]
    for index, pence in enumerate(deferred):
        lines.append(f"{whose[index % 5]},HR advice to March,1/4/2026,31/3/2027,{pounds(pence)},4200,BS")
    lines += ["[places left]", "customer,offer,count"]
    lines += [f"{whose[index % 5]},Gold subscriber's courses,{count}" for index, count in enumerate(places)]
    lines += ["[credits]", "customer,reference,date,amount"]
    lines += [f"{whose[index % 5]},Overpaid,30/6/2026,{pounds(pence)}" for index, pence in enumerate(credits)]
    return "\n".join(lines) + "\n"


def taken_over(text: str, people: tuple[Actor, Actor]) -> OpeningPosition:
    officer, manager = people
    made = submit_opening(content=text.encode(), file_name="old.csv", on=LAST_DAY, today=TODAY, actor=officer)
    return approve_opening(opening=made, version=made.version, today=TODAY, actor=manager)


def test_the_old_books_are_taken_over_to_the_penny(schools, people, actor):
    """Invoices of £101.01, £102.02 … £140.40: £4,828.20 in all (40 × 120.705)."""
    invoices = [10_101 + 101 * index for index in range(40)]
    text = old_books(schools, invoices, [365_000] * 5, [13, 13, 13, 12, 12], [41_250])
    taken_over(text, people)
    assert sum(invoices) == 482_820
    assert ReceivableItem.objects.filter(outstanding_pence__gt=0).count() == 40
    assert balances() == {
        "1000": 4_000_000, "1100": 482_820, "2100": -41_250, "2300": -1_825_000, "3000": -2_616_570,
    }  # fmt: skip
    assert sum(OpeningPlaces.objects.values_list("count", flat=True)) == 63
    assert UnallocatedItem.objects.get().remaining_pence == 41_250
    assert sum(row.total for row in aged_debtors(people[0], on=TODAY)) == 482_820 - 41_250
    # Seven months from September: 3,650.00 / 7 = 521.43 for the first three, then 521.42.
    release_income(on=date(2026, 9, 30), actor=actor)
    assert balances()["4200"] == -5 * 52_143
    release_income(on=date(2027, 3, 31), actor=actor)
    assert (balances()["4200"], balances().get("2300")) == (-1_825_000, None)
    call_command("verify_ledger")


def test_a_penny_less_is_refused_with_the_difference_and_nothing_is_kept(schools, people):
    invoices = [10_101 + 101 * index for index in range(40)]
    text = old_books(schools, invoices, [365_000] * 5, [63], [41_250])
    short = text.replace("140.40,140.40", "140.40,140.39")
    with pytest.raises(OpeningDiffers) as refused:
        taken_over(short, people)
    assert refused.value.detail == [
        "Open invoices add up to £4,828.19, the trial balance says £4,828.20: £0.01 too little."
    ]
    assert (balances(), OpeningPosition.objects.count(), ReceivableItem.objects.count()) == ({}, 0, 0)


def test_three_invoices_of_our_own_and_the_page_that_checks_first(schools, people, tmp_path: Path, capsys):
    """A second set: £99.99, £0.01 and £1,000.00 open, £7.00 deferred, 1 place, £0.03 of credit."""
    text = old_books(schools, [9_999, 1, 100_000], [700], [1], [3])
    file = tmp_path / "old.csv"
    file.write_text(text)
    call_command("import_opening_position", str(file), "--on", "2026-08-31", "--dry-run")
    assert "3 open invoices, £1,100.00; deferred income £7.00; 1 places left; credits £0.03" in capsys.readouterr().out
    assert not OpeningPosition.objects.exists()
    taken_over(text, people)
    assert balances() == {"1000": 4_000_000, "1100": 110_000, "2100": -3, "2300": -700, "3000": -4_109_297}
    call_command("verify_ledger")
