"""From which block of a council's money a contract is paid: its lines, changed by whoever they are for.

| contract | who changes its lines |
|---|---|
| draft, offered | the partnership, which draws it up |
| in force | a commissioner: which of its own blocks pays is the council's affair |
| in force, its value changed by a variation | both, until the lines come to the value again |

The value itself, and what each period pays, change by a variation alone, which both sides approve.
"""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from marketplace.core.actors import Actor, Role
from marketplace.core.errors import NotAllowed, WrongInput
from marketplace.core.periods import Period, add_months
from subscriptions.commissions.models import CouncilContract, FundingLine, Package
from subscriptions.commissions.rules.blocks import LineChange, LineTerms, below_packages, changes_of, wrong_lines
from subscriptions.commissions.services.recording import hold, record, require_live
from subscriptions.outcomes.models import OutcomeContract
from subscriptions.outcomes.services.contracting import DRAWING_UP

State = OutcomeContract.State


def lines_of(council: CouncilContract) -> list[LineTerms]:
    """The lines as they stand."""
    return [LineTerms(one.year_from, one.block, one.pence) for one in council.lines.all()]


def agrees(council: CouncilContract) -> bool:
    """Whether the lines come to the contract's value; not after a variation changed it, until they are changed."""
    return sum(one.pence for one in council.lines.all()) == council.contract.value_pence


def may_change_lines(council: CouncilContract, actor: Actor) -> bool:
    """By the table above."""
    contract = council.contract
    if contract.state == State.ACTIVE and contract.party_id in actor.organisations(Role.COMMISSIONER):
        return True
    ours = contract.state in (State.DRAFT, State.OFFERED) or (contract.state == State.ACTIVE and not agrees(council))
    return ours and actor.has(*DRAWING_UP)


def _require_may(council: CouncilContract, actor: Actor) -> None:
    require_live(council)
    if not may_change_lines(council, actor):
        party = council.contract.party.name
        raise NotAllowed(
            f"{party} agreed these lines, so a commissioner of {party} changes them. Its value changes by a variation."
        )


def preview_lines(
    *, council: CouncilContract, lines: Sequence[LineTerms], on: date, actor: Actor
) -> list[LineChange]:  # fmt: skip
    """What ``change_lines`` would change, refused for the same reasons; nothing is written."""
    _require_may(council, actor)
    return _worked_out(council, lines, on)


@transaction.atomic
def change_lines(
    *, council: CouncilContract, lines: Sequence[LineTerms], on: date, actor: Actor
) -> list[LineChange]:  # fmt: skip
    """Other lines, which come to the contract's value of now. A financial year that is over keeps its lines.

    No block is left with less than the packages that it pays for come to. Returns what changed.
    """
    held = hold(council)
    _require_may(held, actor)
    changes = _worked_out(held, lines, on)
    if not changes:
        return changes
    held.lines.all().delete()
    write_lines(held, lines)
    record(
        "commission.lines_changed", held, actor,
        before={f"{one.block} {one.year_from}_pence": one.before for one in changes},
        after={f"{one.block} {one.year_from}_pence": one.after for one in changes},
    )  # fmt: skip
    return changes


def _worked_out(council: CouncilContract, lines: Sequence[LineTerms], on: date) -> list[LineChange]:
    contract = council.contract
    changes = changes_of(lines_of(council), lines)
    if any(add_months(one.year_from, 12) <= on for one in changes):
        raise WrongInput("A financial year that is over keeps its lines. Change those of later years.")
    term = Period(contract.valid_from, contract.valid_to)
    if wrong := wrong_lines(lines, value_pence=contract.value_pence, term=term):
        raise WrongInput(wrong)
    if short := below_packages(lines, planned_of(council)):
        raise WrongInput(short)
    return changes


def planned_of(council: CouncilContract) -> dict[str, int]:
    """By block what the contract's packages come to, in pence before VAT."""
    found: dict[str, int] = {}
    for one in Package.objects.filter(council=council):
        found[one.block] = found.get(one.block, 0) + one.worth(one.allocation)
    return found


def write_lines(council: CouncilContract, lines: Sequence[LineTerms]) -> None:
    """The lines of a contract that has none."""
    FundingLine.objects.bulk_create(
        FundingLine(council=council, year_from=one.year_from, block=one.block, pence=one.pence) for one in lines
    )
