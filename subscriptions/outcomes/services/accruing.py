"""Month end: the cost that is expected for what is done and not owed, posted, and taken back on the next day.

Nothing of it is owed to anybody: expense → accruals, and back. Contracts under which the partnership earns are left out:
income that hangs on another's decision is none before it.
"""

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction

from invoicing.ledger import chart
from invoicing.ledger.months import first_open_day
from invoicing.ledger.posting import NewEntry, NewMovement, post, reverse
from marketplace.core.actors import FINANCE, Actor
from marketplace.core.errors import DomainError, WrongInput
from marketplace.core.periods import Period
from marketplace.core.wording import long_date, month_words
from subscriptions.outcomes.models import OutcomeAccrual, OutcomeContract, OutcomeItem
from subscriptions.outcomes.rules.accruing import DONE, UNDER_WAY, Amount, expected
from subscriptions.outcomes.services.contracting import record
from subscriptions.outcomes.services.items import IN_FORCE

KIND = "outcome_accrual"


class MonthIsClosed(DomainError):
    """Nothing is accrued in a month that is closed."""

    code = "month_is_closed"


def accrue_expected(*, month_end: date, on: date, actor: Actor) -> int:
    """Accrues the expected cost of each contract at a month's end and takes it back on the next day; how many contracts.

    Once for each contract and month: the same call again adds nothing. By finance, after the month's end. Refused for a day
    that is not a month's last (WrongInput) and a month that is closed (MonthIsClosed).
    """
    actor.require(*FINANCE, to="accrue expected costs")
    _check(month_end, on)
    held = OutcomeContract.objects.filter(
        side=OutcomeContract.Side.PAYS, state__in=IN_FORCE, valid_from__lte=month_end
    ).exclude(accruals__month_end=month_end)
    return sum(_accrue(pk, month_end, actor) for pk in held.order_by("pk").values_list("pk", flat=True))


def expected_costs(month_end: date) -> dict[int, int]:
    """What would be accrued at a month's end, in pence by contract: those with something only."""
    contracts = OutcomeContract.objects.filter(side=OutcomeContract.Side.PAYS, state__in=IN_FORCE)
    amounts = _amounts(list(contracts.values_list("pk", flat=True)))
    found = {pk: expected(rows, month_end) for pk, rows in amounts.items()}
    return {pk: pence for pk, pence in found.items() if pence}


def _check(month_end: date, on: date) -> None:
    after = month_end + timedelta(days=1)
    if after.day != 1:
        raise WrongInput("Choose the last day of a month")
    if on < after:
        raise WrongInput(f"{month_words(month_end)} is not over. Accrue it on {long_date(after)} or later.")


@transaction.atomic
def _accrue(pk: int, month_end: date, actor: Actor) -> int:
    contract = OutcomeContract.objects.select_for_update(of=("self",)).select_related("party").get(pk=pk)
    if OutcomeAccrual.objects.filter(contract=contract, month_end=month_end).exists():
        return 0
    pence = expected(_amounts([pk])[pk], month_end)
    if pence <= 0:
        return 0
    first = first_open_day([month_end])
    if first is not None and first > month_end:
        raise MonthIsClosed(f"{month_words(month_end)} is closed, so nothing is accrued in it.")
    movement = NewMovement(
        contract.account_id, chart.ACCRUALS, pence, stream=contract.stream_id, analysis_code=contract.analysis_code
    )
    key = f"outcome-accrual:{contract.pk}:{month_end.isoformat()}"
    words = f"{contract.number}, expected at the end of {month_words(month_end)}"
    [entry] = post(entries=[NewEntry(KIND, key, month_end, words, [movement])], actor=actor)
    back = reverse(entry_id=entry, on=month_end + timedelta(days=1), narrative=f"{words}: taken back", actor=actor)
    OutcomeAccrual.objects.create(contract=contract, month_end=month_end, pence=pence, entry_id=entry, reversal_id=back)
    record("outcome_contract.accrued", contract, actor, month_end=month_end.isoformat(), pence=pence)
    return 1


def _amounts(contract_ids: list[int]) -> dict[int, list[Amount]]:
    """What each contract may still pay: as it stands today."""
    found: dict[int, list[Amount]] = defaultdict(list)
    rows = OutcomeItem.objects.filter(contract__in=contract_ids, state__in=[DONE, *UNDER_WAY])
    for one in rows.order_by("pk"):
        service = Period(one.service_from, one.service_to)
        found[one.contract_id].append(Amount(one.state, one.pence, one.earned_pence, service))
    return found
