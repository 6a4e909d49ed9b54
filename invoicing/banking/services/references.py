"""Lines of a file that have the reference of one imported before, where the bank does not keep to one for each payment."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from invoicing.banking.rules.reading import ParsedLine, facts_of, fingerprint


@dataclass(frozen=True)
class StoredLine:
    """What is needed of a line imported before."""

    on: date
    pence: int
    kind: str
    description: str
    balance_pence: int
    statement_id: int


def settle_references(
    lines: Sequence[ParsedLine], prints: Sequence[str], stored: Mapping[str, StoredLine]
) -> tuple[list[str], list[int]]:
    """The lines' fingerprints, and the places of those that only a person can tell from known ones.

    ISO 20022 means a bank's reference to be one entry's alone; some banks use a word for many. A line with the day,
    amount and reference of a known one is that one where its balance and words are the same too; or its words are, and
    its day begins at a balance of the stored day (only the order within the day changed); or its balance is, in a file
    with as many lines of that day (the bank words them otherwise). Any other may be another payment.
    """
    settled, doubtful = list(prints), []
    groups: dict[str, list[int]] = {}
    for index, line in enumerate(lines):
        if line.mark:
            groups.setdefault(facts_of(line), []).append(index)
    begun, whole = _begun(lines, stored), _whole(lines, stored)
    for facts, told in groups.items():
        free = _known(facts, stored)
        ordinal = len(free)
        _take(told, free, lines, stored, settled, lambda known, line: _balance(known, line) and _words(known, line))
        _take(told, free, lines, stored, settled, lambda known, line: line.on in begun and _words(known, line))
        _take(told, free, lines, stored, settled, lambda known, line: line.on in whole and _balance(known, line))
        doubtful += told[: len(free)]
        for place, index in enumerate(told):
            settled[index] = free[place] if place < len(free) else fingerprint(facts, ordinal + place - len(free) + 1)
    return settled, doubtful


def _take(
    told: list[int],
    free: list[str],
    lines: Sequence[ParsedLine],
    stored: Mapping[str, StoredLine],
    settled: list[str],
    same: Callable[[StoredLine, ParsedLine], bool],
) -> None:
    """Gives lines the fingerprints of known ones that they are the same as, and strikes both off."""
    for index in list(told):
        if mark := next((mark for mark in free if same(stored[mark], lines[index])), None):
            settled[index] = mark
            free.remove(mark)
            told.remove(index)


def _known(facts: str, stored: Mapping[str, StoredLine]) -> list[str]:
    found: list[str] = []
    while (mark := fingerprint(facts, len(found) + 1)) in stored:
        found.append(mark)
    return found


def _begun(lines: Sequence[ParsedLine], stored: Mapping[str, StoredLine]) -> set[date]:
    """Days of the file whose first line begins at a balance at which a stored line of that day begins."""
    starts = {(known.on, known.balance_pence - known.pence) for known in stored.values()}
    firsts: dict[date, int] = {}
    for line in lines:
        firsts.setdefault(line.on, line.balance_pence - line.pence)
    return {on for on, start in firsts.items() if (on, start) in starts}


def _whole(lines: Sequence[ParsedLine], stored: Mapping[str, StoredLine]) -> set[date]:
    """Days of which the file has at least as many lines as are stored."""
    here, there = Counter(line.on for line in lines), Counter(known.on for known in stored.values())
    return {on for on, count in here.items() if count >= there[on]}


def _words(known: StoredLine, line: ParsedLine) -> bool:
    return (known.kind, known.description) == (line.kind, line.description)


def _balance(known: StoredLine, line: ParsedLine) -> bool:
    return known.balance_pence == line.balance_pence
