"""An event's payload for people: every value with its name, money as money, days as days; before beside after."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from frontend.formats import long_date, money

CHANGE = ("before", "after")
_SHORT = re.compile(r"\b(aar|cfr|dbs|urn|vat)\b")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Change:
    """One thing that changed, in words; ``same`` where it stands on both sides alike."""

    name: str
    before: str
    after: str

    @property
    def same(self) -> bool:
        return self.before == self.after


def changes(payload: dict[str, Any]) -> list[Change]:
    """What stood before beside what stands after, name by name; empty where the event changed nothing that stood."""
    before, after = (payload.get(side) for side in CHANGE)
    if before is None and after is None:
        return []
    old, new = (side if isinstance(side, dict) else {"state": side} for side in (before, after))
    names = list(dict.fromkeys([*old, *new]))
    return [Change(label(name), value(name, old.get(name)), value(name, new.get(name))) for name in names]


def others(payload: dict[str, Any]) -> list[tuple[str, str]]:
    """The further facts of the event: (name, value)."""
    return [(label(name), value(name, given)) for name, given in payload.items() if name not in CHANGE]


def label(name: str) -> str:
    """A fact's name: "gross_pence" is "Gross", "vat_pence" is "VAT"."""
    words = _SHORT.sub(lambda found: found[0].upper(), name.removesuffix("_pence").replace("_", " ").strip())
    return "Amount" if name == "pence" else words[:1].upper() + words[1:]


def value(name: str, given: Any) -> str:
    """A value in words; nothing is "None"."""
    if given is None or given == "":
        return "None"
    if isinstance(given, bool):
        return "Yes" if given else "No"
    if isinstance(given, int):
        return money(given) if name == "pence" or name.endswith("_pence") else f"{given}"
    if isinstance(given, str):
        return long_date(date.fromisoformat(given)) if _DAY.fullmatch(given) else given
    if isinstance(given, dict):
        return ", ".join(f"{label(key)}: {value(key, one)}" for key, one in given.items())
    return ", ".join(value(name, one) for one in given)
