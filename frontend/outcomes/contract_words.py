"""How contracts that pay on outcomes read: their states, their amounts, what a variation changes."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from frontend.formats import long_date, money
from marketplace.core.periods import Period
from marketplace.core.wording import period_words
from subscriptions.outcomes.models import ContractVersion, Measure, OutcomeContract, OutcomeItem
from subscriptions.outcomes.rules.variation import Preview
from subscriptions.outcomes.services.changes import Changes, from_facts


def contract_tag(contract: OutcomeContract, *, theirs: bool = False) -> str:
    """The state's key in ``formats.STATES``; ``theirs`` for the other party, whose turn an offer is."""
    return (
        "contract to agree"
        if theirs and contract.state == OutcomeContract.State.OFFERED
        else f"contract {contract.state}"
    )


def item_tag(item: OutcomeItem) -> str:
    """The key of an amount's state."""
    return f"outcome {item.state}"


def term_words(contract: OutcomeContract) -> str:
    """ "September 2026 to August 2029"."""
    return period_words(contract.valid_from, contract.valid_to)


def who_pays(contract: OutcomeContract) -> str:
    """Which side pays, by name."""
    return "The partnership" if contract.side == OutcomeContract.Side.PAYS else contract.party.name


def figure(value: Decimal | None, unit: str = "") -> str:
    """A figure of a measure without idle noughts: "41 people", "75%"; empty where there is none."""
    if value is None:
        return ""
    return f"{value.normalize():f}%" if unit == "%" else f"{value.normalize():f} {unit}".strip()


def measure_words(measure: Measure) -> str:
    """What is to be reached: "80 people, from 60"."""
    target = figure(measure.target, measure.unit)
    if not target:
        return measure.definition
    return f"{target}, from {figure(measure.baseline)}" if measure.baseline is not None else target


def paid_when(item: OutcomeItem) -> str:
    """What an amount hangs on."""
    if item.measure is None:
        return "On time"
    return f"{item.measure.get_kind_display()} by {long_date(item.due_on)}"


def preview_rows(preview: Preview) -> list[dict[str, Any]]:
    """What each period pays before and after, those that change marked."""
    return [
        {
            "period": period_words(one.service.start, one.service.end), "before": one.before, "after": one.after,
            "difference": one.after - one.before, "at_risk": one.after_at_risk, "changed": one.changed,
        }
        for one in preview.periods
    ]  # fmt: skip


def ended_before(version: ContractVersion) -> date:
    """The day on which the contract ended before these terms (the day after its last)."""
    agreed = ContractVersion.objects.filter(
        contract=version.contract_id, number__lt=version.number, state=ContractVersion.State.AGREED
    )
    found = agreed.order_by("-number").values_list("valid_to", flat=True).first()
    return found or version.valid_to


def change_words(version: ContractVersion, amounts: Mapping[str, tuple[str, int]], ended: date) -> list[str]:
    """What a variation changes, a sentence each; ``amounts`` are the name and pence of the contract's amounts by code, ``ended`` is
    where the contract ended before (the day after its last).

    What is left out and added again under the same name and days reads as one change of its sum.
    """
    changes = from_facts(version.changes)
    before = {amounts[code][0]: amounts[code][1] for code in changes.left_out if code in amounts}
    again = {one.name for one in changes.items if one.name in before}
    gone = [f"Left out: {amounts.get(code, (code, 0))[0]}." for code in changes.left_out]
    gone = [words for words in gone if words[len("Left out: ") : -1] not in again]
    shown = [f"To be shown: {one.name}, by {long_date(one.due_on)}." for one in changes.measures]
    paid = [
        f"{one.name}: {money(one.pence)} instead of {money(before[one.name])}."
        if one.name in again
        else f"{one.name}: {money(one.pence)}, {'once verified' if one.measure else 'on time'}, for {_days(one.service)}."
        for one in changes.items
    ]
    statements = [
        f"A statement to {long_date(one.cut_off)}, paid on {long_date(one.pay_on)}." for one in changes.statements
    ]
    longer = [f"The contract ends {_last(version.valid_to)} instead of {_last(ended)}."]
    return [*(longer if version.valid_to != ended else []), *gone, *shown, *paid, *statements, *_price_words(changes)]


def _last(end: date) -> str:
    return long_date(end - timedelta(days=1))


def _price_words(changes: Changes) -> list[str]:
    """What heads pay from then on: bands in their order, and each milestone's share."""
    bands = [f"Heads of band {at}: {one.capacity:,} at {money(one.price_pence)}{_on_time(one.service)}."
             for at, one in enumerate(changes.bands, start=1)]  # fmt: skip
    points = [
        f"{one.name}: {(one.share * 100).normalize():f}% of what is not paid on time." for one in changes.milestones
    ]
    return [*bands, *points]


def _on_time(service: Decimal) -> str:
    return f", {(service * 100).normalize():f}% of it on time" if service else ""


def _days(service: Period) -> str:
    return period_words(service.start, service.end)


def notice_words(version: ContractVersion) -> str:
    """How much notice was given; empty where none was recorded."""
    if version.notice_given_on is None:
        return ""
    days = (version.valid_from - version.notice_given_on).days
    return f"{long_date(version.notice_given_on)}, {days} days before it begins"


def approval_words(version: ContractVersion, party: str) -> list[tuple[str, str]]:
    """Who approved for which side, or that they have not."""
    ours = _approved(version.approved_ours_by, version.approved_ours_on)
    theirs = _approved(version.approved_theirs_by, version.approved_theirs_on)
    return [("For the partnership", ours), (f"For {party}", theirs)]


def _approved(person: Any, on: Any) -> str:
    if on is None:
        return "Not approved yet"
    return f"{person.name}, {long_date(on)}" if person else long_date(on)


def sums(items: Iterable[OutcomeItem]) -> dict[str, int]:
    """Of all amounts that count: agreed, verified and settled, in pence."""
    counted = [item for item in items if item.state != OutcomeItem.State.CANCELLED]
    return {
        "agreed": sum(item.pence for item in counted),
        "verified": sum(item.earned_pence for item in counted),
        "settled": sum(item.settled_pence for item in counted),
    }
