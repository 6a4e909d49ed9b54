"""What was changed in a council's contract since it was agreed: lines, units, schools; by whom, when and why."""

from typing import Any

from frontend.finance.history import names_of, when, who
from frontend.formats import money, plural
from marketplace.core.models import Event
from subscriptions.commissions.models import Block, CouncilContract

_KINDS = {
    "commission.lines_changed": "Lines by funding block changed",
    "commission.package_changed": "Units of a package changed",
    "commission.rule_changed": "Rule of a package changed",
    "commission.schools_listed": "List of a package changed",
    "commission.package_offered": "School told of a package",
}
MOST = 20


def changes_of(council: CouncilContract) -> list[dict[str, str]]:
    """The latest, newest first, for the timeline of both sides. Of a confidential package no school is in it. Four queries."""
    rows = Event.objects.filter(subject_kind="outcome_contract", subject=council.contract.number, kind__in=_KINDS)
    events = list(rows.select_related("text").order_by("-pk")[:MOST])
    names = names_of(event.actor_person_id for event in events)
    packages = dict(council.packages.values_list("code", "title"))
    return [
        {
            "title": _title(event, packages), "by": who(event.actor_person_id, event.actor_label, names),
            "when": when(event.at), "text": _words(event),
        }
        for event in events
    ]  # fmt: skip


def _title(event: Event, packages: dict[str, str]) -> str:
    code = event.payload.get("package")
    named = "" if code is None else f": {packages.get(code, 'a confidential package')}"
    return _KINDS[event.kind] + named


def _words(event: Event) -> str:
    said: dict[str, Any] = event.payload
    if event.kind == "commission.lines_changed":
        return "; ".join(_line(key, said["before"].get(key, 0), said["after"].get(key, 0)) for key in _keys(said))
    if event.kind == "commission.package_changed":
        words = f"{_units(said['before'])} before, {_units(said['after'])} now."
        text = getattr(event, "text", None)
        return f"{words} Why: {text.words['reason']}" if text else words
    if event.kind == "commission.schools_listed" and said.get("added") is not None:
        return f"{plural(said['added'], 'school')} added, {said['taken_off']} taken off"
    return ""


def _keys(said: dict[str, Any]) -> list[str]:
    return sorted(set(said["before"]) | set(said["after"]), key=lambda key: (key.split()[1], key))


def _line(key: str, before: int, after: int) -> str:
    block, _, year = key.partition(" ")
    return f"{Block(block).label} from April {year[:4]}: {money(before)} before, {money(after)} now"


def _units(text: str) -> str:
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} units"
