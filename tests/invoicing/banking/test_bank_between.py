"""Files beside several statements: one that fills the days between two, and references that a bank uses again."""

from datetime import date

import pytest
from django.core.management import call_command

from invoicing.banking.models import BankAccount, BankLine
from invoicing.banking.rules.reading import StatementRefused
from invoicing.banking.services import ImportReport, Repeats, SameOrFurther, ensure_bank_account, import_statement
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.invoicing.banking.files import FIRST_DAY, barclays, camt_entry, camt_file, camt_statement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ledger_holds")]

DAYS = {1: 90_000, 8: 10_000, 10: 700, 15: 50_000, 20: 20_000, 25: 30_000, 30: 20_000}


@pytest.fixture(params=["barclays"])
def account(request: pytest.FixtureRequest, partnership: Organisation, actor: Actor) -> BankAccount:
    return ensure_bank_account(
        code="second",
        name="Second account",
        ledger_account_code="1010",
        layout=request.param,
        sort_code="20-11-22",
        account_number="00654321",
        actor=actor,
    )


def bring(
    account: BankAccount, text: str, actor: Actor, *, closing: int | None = None, repeats: Repeats | None = None
) -> ImportReport:
    return import_statement(
        account=account,
        data=text.encode(),
        file_name="x",
        confirm_at=None,
        actor=actor,
        closing_pence=closing,
        repeats=repeats,
    )


def of_days(*days: int) -> str:
    return barclays([(date(2026, 9, day), f"PAYER {day}", DAYS[day]) for day in days])


def after(day: int) -> int:
    return sum(pence for on, pence in DAYS.items() if on <= day)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("between", [(8, 10, 15, 20, 25), (15, 20, 25), (8, 10, 15), (1, 8, 10, 15, 20, 25, 30)])
def test_the_days_between_two_statements_lead_to_the_true_balance(
    account: BankAccount, priya: Actor, between: tuple[int, ...], told: bool
) -> None:
    bring(account, of_days(1, 8, 10), priya, closing=after(10))
    bring(account, of_days(20, 25, 30), priya, closing=after(30))
    text = of_days(*between)
    with pytest.raises(StatementRefused, match="but with the statements here already"):
        bring(account, text, priya, closing=after(between[-1]) - 50_000)
    report = bring(account, text, priya, closing=after(between[-1]) if told else None)
    assert (report.new, report.closing_pence) == (1, after(between[-1]))
    assert report.opening_pence == after(between[0]) - DAYS[between[0]]
    assert BankLine.objects.get(pence=50_000).balance_pence == after(15)


def test_the_true_balance_is_taken_where_the_later_statement_guessed_its_own(
    account: BankAccount, priya: Actor
) -> None:
    bring(account, of_days(1, 8, 10), priya, closing=after(10))
    bring(account, of_days(20, 25, 30), priya)  # its opening is reckoned without the days between
    assert bring(account, of_days(15, 20, 25), priya, closing=after(25)).opening_pence == after(10)


def entries(*payments: tuple[str, int], opening: int) -> str:
    told = [camt_entry(FIRST_DAY, words, pence, reference="BGC") for words, pence in payments]
    closing = opening + sum(pence for _, pence in payments)
    return camt_file(camt_statement(told, opening=opening, closing=closing))


@pytest.mark.parametrize("account", ["camt053"], indirect=True)
@pytest.mark.parametrize("words", ["ALDER COURSE", "OAKFIELD COURSE"])
def test_a_reference_used_again_for_a_further_payment_is_never_passed_over(
    account: BankAccount, priya: Actor, words: str
) -> None:
    bring(account, entries(("OAKFIELD COURSE", 14_000), opening=0), priya)
    second = entries((words, 14_000), opening=14_000)
    with pytest.raises(SameOrFurther, match="gave a reference again that it gave before") as asked:
        bring(account, second, priya)
    assert "£140.00 " + words in asked.value.message and BankLine.objects.count() == 1
    further = bring(account, second, priya, repeats=Repeats.FURTHER)
    assert (further.new, further.opening_pence, further.closing_pence) == (1, 14_000, 28_000)
    for again in (second, entries((words, 14_000), ("CHARGES", -500), opening=14_000)):
        bring(account, again, priya)
    assert BankLine.objects.filter(pence=14_000).count() == 2
    call_command("verify_ledger")


@pytest.mark.parametrize("account", ["camt053"], indirect=True)
def test_the_whole_day_in_another_order_finds_each_payment_of_one_reference(account: BankAccount, priya: Actor) -> None:
    bring(account, entries(("OAKFIELD COURSE", 14_000), opening=0), priya)
    whole = bring(account, entries(("ALDER COURSE", 14_000), ("OAKFIELD COURSE", 14_000), opening=0), priya)
    assert (whole.new, whole.duplicate) == (1, 1)
    assert BankLine.objects.filter(description="ALDER COURSE").count() == 1


@pytest.mark.parametrize("account", ["camt053"], indirect=True)
def test_a_balance_that_came_back_does_not_make_two_payments_one(account: BankAccount, priya: Actor) -> None:
    bring(account, entries(("OAKFIELD COURSE", 14_000), ("REFUND", -14_000), opening=0), priya)
    with pytest.raises(SameOrFurther):
        bring(account, entries(("ALDER COURSE", 14_000), opening=0), priya)


@pytest.mark.parametrize("account", ["camt053"], indirect=True)
def test_a_day_told_again_in_other_words_is_the_same_day(account: BankAccount, priya: Actor) -> None:
    bring(account, entries(("OAKFIELD COURSE", 14_000), ("REFUND", -500), opening=0), priya)
    assert bring(account, entries(("OAKFIELD", 14_000), ("REFUND TO OAKFIELD", -500), opening=0), priya).new == 0
