"""How what is claimed reads: where an amount stands and who acts next, evidence with its addresses, what was decided."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from frontend.formats import long_date, money
from frontend.jinja import url
from marketplace.core.models import StoredFile
from subscriptions.outcomes.models import Evidence, Measure, OutcomeItem, Submission
from subscriptions.outcomes.services.claiming import type_words
from subscriptions.outcomes.services.measuring import figure_words

Item = OutcomeItem.State


def stands(item: OutcomeItem, waits: Submission | None, on: date) -> str:
    """Where the amount stands, who acts next and by when; why nothing is paid where nothing is."""
    statement = item.statement
    if item.measure_id is None and item.state == Item.PLANNED:
        return f"Paid by its day, {long_date(item.due_on)}: no return is needed"
    if item.state == Item.PLANNED and on < item.claimed_from:
        return f"Send it from {long_date(item.claimed_from)} to {long_date(item.due_on)}"
    if item.state == Item.PLANNED and on > item.due_on:
        return f"Nothing was sent by {long_date(item.due_on)}: ask for more time"
    if item.state == Item.PLANNED:
        return f"Send it by {long_date(item.due_on)}"
    if item.state == Item.SUBMITTED:
        by = f", who decides by {long_date(waits.decide_by)}" if waits else ""
        return f"With the verifier{by}"
    if item.state == Item.REJECTED:
        return f"{_sentence(item.reason)} Send it again by {long_date(item.due_on)}"
    if item.state == Item.ELIGIBLE and statement is not None:
        return f"{money(item.earned_pence)} on the statement to {long_date(statement.cut_off)}{_short(item)}"
    if item.state == Item.PAYABLE and statement is not None:
        return f"{money(item.settled_pence)} to be paid on {long_date(statement.pay_on)}{_short(item)}"
    if item.state == Item.PAID and statement is not None:
        return f"{money(item.settled_pence)} paid on {long_date(statement.pay_on)}{_short(item)}"
    return item.reason.rstrip(".") or "Nothing is paid for it"


def _sentence(words: str) -> str:
    """With its full stop."""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _short(item: OutcomeItem) -> str:
    """Why less than all of it."""
    missing = item.pence - item.earned_pence
    if not missing or not item.earned_pence:
        return ""
    why = f": {item.reason.rstrip('.')}" if item.reason else ""
    return f"; {money(missing)} not earned{why}"


def asked_rows(item: OutcomeItem, measure: Measure) -> list[dict[str, str]]:
    """What the contract asks for, as a summary list."""
    rows = [("What counts", measure.definition or measure.name)]
    if measure.target is not None:
        rows.append(("Target", target_words(measure)))
        rows.append(("Short of the target", partial_words(measure)))
    rows += [
        ("Evidence", ", ".join(type_words(one) for one in measure.evidence_types).capitalize() or "Your choice"),
        ("Amount", f"{money(item.pence)} before VAT, once it is verified"),
        ("Send it", f"{long_date(item.claimed_from)} to {long_date(item.due_on)}"),
        ("Decided by", measure.verifier.name if measure.verifier else "A verifier of another organisation"),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def target_words(measure: Measure) -> str:
    """ "80 per cent, from 60, within 0.5"."""
    if measure.target is None:
        return "Done"
    said = _with_unit(measure.target, measure.unit)
    if measure.baseline is not None:
        said += f", from {figure_words(measure.baseline)}"
    return f"{said}, within {figure_words(measure.tolerance)}" if measure.tolerance else said


def partial_words(measure: Measure) -> str:
    """What an achievement short of the target earns, in words of ``rules.achieving``."""
    if measure.partial == Measure.Partial.PROPORTIONAL:
        return "Its share of the way to the target is paid"
    if measure.partial == Measure.Partial.STEPS:
        steps = [f"from {_percent(start)} of the way {_percent(share)}" for start, share in measure.steps]
        return f"{', '.join(steps)} of the amount".capitalize()
    return "Nothing is paid"


def claimed_words(claimed: Decimal | None, measure: Measure | None) -> str:
    """What was claimed or accepted: "41 people", or that it was done."""
    if claimed is None:
        return "Done"
    return _with_unit(claimed, measure.unit if measure else "")


def _with_unit(figure: Decimal, unit: str) -> str:
    return f"{figure_words(figure)}%" if unit == "%" else f"{figure_words(figure)} {unit}".strip()


def evidence_rows(evidence: Iterable[Evidence], files: dict[int, StoredFile]) -> list[dict[str, Any]]:
    """Each piece with where it opens, and its figures where it holds some."""
    return [
        {
            "evidence": one,
            "type": type_words(one.type),
            "href": one.link or (url("file", pk=files[one.pk].pk) if one.pk in files else ""),
            "file": files[one.pk].name if one.pk in files else "",
            "facts": list(one.facts.items()),
            "sent": one.submission_id is not None,
        }
        for one in evidence
    ]


def history(submissions: Iterable[Submission], measure: Measure | None) -> list[dict[str, str]]:
    """What was sent and decided, newest first, as ``timeline`` draws it."""
    found = []
    for one in submissions:
        claimed = claimed_words(one.claimed, measure)
        if one.decided_by is not None and one.decided_organisation is not None and one.decided_on is not None:
            accepted = f" {claimed_words(one.accepted, measure)}" if one.state == Submission.State.PART else ""
            found.append(
                {
                    "title": f"{one.get_state_display()}{accepted}",
                    "by": f"{one.decided_by.name}, {one.decided_organisation.name}",
                    "when": long_date(one.decided_on),
                    "text": one.reason,
                }
            )
        elif one.state == Submission.State.WITHDRAWN:
            found.append({"title": "Taken back by whoever sent it", "by": "", "when": "", "text": ""})
        found.append(
            {
                "title": f"Sent: {claimed}" if one.claimed is not None else "Sent",
                "by": f"{one.claimant.name}, {one.claimant_organisation.name}",
                "when": long_date(one.submitted_on),
                "text": one.words,
            }
        )
    return found


def _percent(share: str) -> str:
    return f"{figure_words(Decimal(share) * 100)}%"
