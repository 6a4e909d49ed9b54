"""Two people match one bank line at the same moment."""

from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection

from invoicing.banking.models import BankAccount, BankLine, BankMatch
from invoicing.banking.services import LineTaken, confirming, identify
from invoicing.ledger.models import JournalEntry
from marketplace.core.actors import Actor
from marketplace.organisations.models import Organisation
from tests.invoicing.banking.helpers import lines_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TRIALS = 10


def at_once(line: BankLine, payer: Organisation, actor: Actor) -> list[str]:
    """What two people got who identify the line at the same time: "done" or the name of the refusal."""
    start, results = Barrier(2), []

    def person() -> None:
        try:
            mine = BankLine.objects.select_related("account__ledger_account").get(pk=line.pk)
            start.wait(timeout=10)
            identify(line=mine, payer=payer, actor=actor)
            results.append("done")
        except (LineTaken, IntegrityError) as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    people = [Thread(target=person) for _ in range(2)]
    for one in people:
        one.start()
    for one in people:
        one.join(timeout=30)
    return sorted(results)


def test_of_two_people_one_is_told_that_the_line_is_taken(
    bank: BankAccount, priya: Actor, oakfield: Organisation
) -> None:
    lines, _ = lines_of(bank, priya, *((f"PAYER {n}", 1_000 + n) for n in range(TRIALS)))
    for line in lines:
        assert at_once(line, oakfield, priya) == ["LineTaken", "done"]
    assert BankMatch.objects.count() == JournalEntry.objects.filter(kind="receipt").count() == TRIALS


def test_without_the_conditional_update_only_the_database_stops_the_second(
    bank: BankAccount, priya: Actor, oakfield: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: both look, both find the line waiting, both go on to post."""
    both_looked = Barrier(2)

    def look_then_write(line: BankLine, *states: BankLine.State, to: BankLine.State) -> BankLine.State:
        state = BankLine.State(BankLine.objects.get(pk=line.pk).state)
        if state not in states:
            raise LineTaken("taken")
        both_looked.wait(timeout=10)
        BankLine.objects.filter(pk=line.pk).update(state=to)
        return state

    monkeypatch.setattr(confirming, "claim", look_then_write)
    [line], _ = lines_of(bank, priya, ("PAYER", 1_000))
    assert at_once(line, oakfield, priya) == ["IntegrityError", "done"]
    assert BankMatch.objects.filter(line=line).count() == 1
