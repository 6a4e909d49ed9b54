"""Six processes press the same button of the same page: one credit note, one allocation, and five refusals."""

from collections import Counter

import pytest
from django.core.management import call_command

from invoicing.documents.models import Document
from invoicing.receivables.models import UnallocatedItem
from tests.invoicing.books import bill
from tests.invoicing.races.processes import CONTEXT, run_all
from tests.invoicing.races.second_clicks import allocate_as_shown_together, credit_as_shown_together
from tests.invoicing.races.settling import PROCESSES
from tests.invoicing.races.test_settlement_races import TRIALS, pairs

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def told(target, *arguments) -> list[Counter[str]]:
    barrier = CONTEXT.Barrier(PROCESSES)
    answers = run_all(target, [(*arguments, barrier)] * PROCESSES)
    return [Counter(column) for column in zip(*answers, strict=True)]


def lines_of_100_pounds(oakfield, charges) -> list[int]:
    for number in range(TRIALS):
        charges(oakfield, 10_000, purchase_order=str(number))
    return [invoice.lines.get().pk for invoice in bill()]


def test_the_same_button_issues_one_credit_note(oakfield, charges):
    answers = told(credit_as_shown_together, lines_of_100_pounds(oakfield, charges), True)
    assert answers == [Counter(done=1, CreditedMeanwhile=PROCESSES - 1)] * TRIALS
    assert Document.objects.filter(kind="credit_note").count() == TRIALS
    call_command("verify_ledger")


def test_control_without_what_was_shown_every_click_issues_one(oakfield, charges):
    answers = told(credit_as_shown_together, lines_of_100_pounds(oakfield, charges), False)
    assert answers == [Counter(done=PROCESSES)] * TRIALS


def test_the_same_button_sets_the_money_once(oakfield, charges):
    answers = told(allocate_as_shown_together, pairs(oakfield, charges))
    assert answers == [Counter(done=1, AllocatedMeanwhile=PROCESSES - 1)] * TRIALS
    assert set(UnallocatedItem.objects.values_list("remaining_pence", flat=True)) == {9_000}
    call_command("verify_ledger")
