"""How heads of a contract that pays by numbers of people read: their state, who acts next, what they come to."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from frontend.formats import long_date, money, plural
from frontend.jinja import url
from subscriptions.outcomes.heads_queries import HeadsOf, heads_of, heads_terms
from subscriptions.outcomes.models import Band, Milestone, OutcomeContract, Statement, VolumeReturn
from subscriptions.outcomes.rules.bands import Heads
from subscriptions.outcomes.rules.drawing_up import Plan
from subscriptions.outcomes.rules.heads_variation import HeadsBand, HeadsPoint
from subscriptions.outcomes.rules.stating import HeadsPart, heads_words
from subscriptions.outcomes.rules.variation import Preview

State = VolumeReturn.State
TAGS = {State.SUBMITTED: "outcome submitted", State.ACCEPTED: "outcome eligible", State.REJECTED: "outcome rejected"}
"""As the state of an amount reads to both sides."""


def figures_words(heads: Heads | VolumeReturn) -> str:
    """ "120 heads", "120 heads, 3 given back"."""
    back = f"{heads.refundable:,} given back" if heads.refundable else ""
    reached = plural(heads.billable, "head") if heads.billable or not back else ""
    return ", ".join(words for words in (reached, back) if words)


def earns_words(parts: Sequence[HeadsPart]) -> list[dict[str, Any]]:
    """By band, as ``money_steps`` draws it: "120 heads at £45.00"."""
    return [{"text": heads_words(one.count, one.each), "pence": one.line.pence} for one in parts]


def pence_of(parts: Iterable[HeadsPart]) -> int:
    return sum(one.line.pence for one in parts)


def heads_tag(one: HeadsOf) -> str:
    """The key of its state in ``formats.STATES``."""
    return TAGS[State(one.newest.state)] if one.newest else "outcome planned"


def stands(one: HeadsOf) -> str:
    """Where the heads of a milestone stand and who acts next."""
    newest, last_day = one.newest, long_date(one.statement.cut_off)
    is_open = one.statement.state == Statement.State.OPEN
    if newest is None:
        return f"Return them by {last_day}" if is_open else "Nothing was returned"
    if newest.state == State.SUBMITTED:
        worth = money(pence_of(one.parts(Heads(newest.billable, newest.refundable))))
        waits = f"With the verifier, who decides by {last_day}: {worth} if accepted"
        return waits if is_open else "Not decided before it was frozen"
    if newest.state == State.REJECTED:
        why = newest.reason if newest.reason.endswith((".", "!", "?")) else f"{newest.reason}."
        return f"{why} Return them again by {last_day}" if is_open else why
    worked = ", ".join(heads_words(part.count, part.each) for part in one.parts())
    return worked or "They earn nothing"


def heads_address(statement: Statement, milestone: Milestone) -> str:
    """The page of a milestone on a statement, for whoever sees the contract."""
    return url("hub-heads", number=statement.contract.number, ordinal=statement.ordinal, code=milestone.code)


def heads_rows(statements: Iterable[Statement], *, begun_by: date | None = None) -> list[dict[str, Any]]:
    """Each milestone of each statement as ``heads_table`` draws it; nothing where the contract does not pay by heads.

    ``begun_by`` leaves out statements whose days begin later.
    """
    rows = [one for one in statements if begun_by is None or one.service_from <= begun_by]
    return [
        {
            "last_day": one.statement.cut_off, "name": one.milestone.name, "href": heads_address(one.statement, one.milestone),
            "state": heads_tag(one), "before": one.before.billable - one.before.refundable,
            "returned": figures_words(one.newest) if one.newest else "", "stands": stands(one),
            "pence": pence_of(one.parts()),
        }
        for one in heads_of(rows)
    ]  # fmt: skip


def terms_shown(contract: OutcomeContract, on: date) -> dict[str, Any]:
    """What ``bands_table`` draws: bands and milestones of the terms that hold; nothing without bands."""
    bands, milestones = heads_terms(contract, on)
    return _shown(contract, bands, milestones) if bands else {}


def prices_shown(contract: OutcomeContract, preview: Preview) -> dict[str, Any] | None:
    """The same of the prices now and by a variation; none where they stay."""
    now, then = preview.prices_before, preview.prices_after
    if now == then:
        return None
    return {"before": _shown(contract, now.bands, now.points), "after": _shown(contract, then.bands, then.points)}


def terms_of_plan(plan: Plan) -> dict[str, Any]:
    """The same of a contract that is being drawn up."""
    return _shown(plan, plan.heads.bands, plan.heads.points)


def _shown(
    contract: OutcomeContract | Plan, bands: Sequence[Band | HeadsBand], milestones: Sequence[Milestone | HeadsPoint]
) -> dict[str, Any]:
    rows = _band_rows(contract, bands)
    return {
        "bands": rows, "milestones": _milestone_words(milestones), "on_time": any(one["on_time"] for one in rows),
    }  # fmt: skip


def _band_rows(contract: OutcomeContract | Plan, bands: Sequence[Band | HeadsBand]) -> list[dict[str, Any]]:
    """The prices by volume: which heads, at what, how much of it on time."""
    rows, first = [], 1
    for band in bands:
        last = first + band.capacity - 1
        on_time = (
            f"{(band.service * 100).normalize():f}% of it on time" if band.service and contract.heads_target else ""
        )
        rows.append({"heads": f"{first:,} to {last:,}", "pence": band.price_pence, "on_time": on_time})
        first = last + 1
    return rows


def _milestone_words(milestones: Sequence[Milestone | HeadsPoint]) -> str:
    """ "Started 25%, completed 75%"."""
    return ", ".join(f"{one.name} {(one.share * 100).normalize():f}%" for one in milestones)


def history(returns: Iterable[VolumeReturn]) -> list[dict[str, str]]:
    """What was returned and decided, newest first, as ``timeline`` draws it."""
    found = []
    for one in returns:
        if one.decided_by is not None and one.decided_organisation is not None and one.decided_on is not None:
            found.append(
                {
                    "title": one.get_state_display(), "by": f"{one.decided_by.name}, {one.decided_organisation.name}",
                    "when": long_date(one.decided_on), "text": one.reason,
                }
            )  # fmt: skip
        found.append(
            {
                "title": f"Returned: {figures_words(one)}", "when": long_date(one.submitted_on), "text": "",
                "by": f"{one.claimant.name}, {one.claimant_organisation.name}",
            }
        )  # fmt: skip
    return found


def asked_rows(one: HeadsOf) -> list[dict[str, str]]:
    """What the statement and the terms say of a milestone, as a summary list."""
    statement = one.statement
    rows = [
        ("Statement", f"{long_date(statement.service_from)} to {long_date(statement.cut_off)}"),
        ("Paid on", long_date(statement.pay_on)),
        ("Accepted on earlier statements", figures_words(one.before)),
        ("Each head pays", _prices(one)),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def _prices(one: HeadsOf) -> str:
    """What a head of this milestone pays in each band: "£150.00 for the first 2, then £75.00 for 10"."""
    found: list[str] = []
    for band in one.bands:
        each = heads_words(1, band.price * (1 - band.ratio) * one.accepted.share).partition(" at ")[2]
        found.append(f"{each} for the {'next' if found else 'first'} {band.capacity:,}")
    return ", then ".join(found)


def returned_words(heads: VolumeReturn, pence: int) -> str:
    """What is said once heads were returned."""
    return f"Returned: {figures_words(heads)}, {money(pence)} once somebody of another organisation accepts them."
