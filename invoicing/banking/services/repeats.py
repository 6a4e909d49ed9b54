"""Lines of a file that may be ones imported before, where neither a balance nor a reference tells: a person decides."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from enum import StrEnum

from invoicing.banking.rules.reading import ParsedLine, StatementRefused, facts_of, fingerprint
from invoicing.banking.services.references import StoredLine, settle_references
from marketplace.core.money import Money

_SHOWN = 5


class Repeats(StrEnum):
    """What a person says of payments that a file may repeat."""

    SAME = "same"
    FURTHER = "further"


class SameOrFurther(StatementRefused):
    """A person must say whether lines of the file are the same as ones imported before, or further ones."""

    code = "same_or_further"
    status = 409


def settle_repeats(
    lines: Sequence[ParsedLine],
    prints: Sequence[str],
    stored: Mapping[str, StoredLine],
    *,
    open_days: Collection[date],
    repeats: Repeats | None,
) -> list[str]:
    """The lines' fingerprints, after a person's word where one is needed.

    A file that holds all that is known of a day holds the same lines again, and more. One that leaves out known lines of
    its first or last day shows a part of that day: a line with the amount of a known one may then be that one or another.
    ``open_days`` are those of the two that no statement covers whole. So may a line with the reference of a known one
    that differs from it otherwise (references.py). Raises SameOrFurther until somebody says which.
    """
    settled, reused = settle_references(lines, prints, stored)
    prints, used = list(settled), set(settled)
    doubtful = sorted([*_doubtful(lines, prints, stored, open_days), *reused])
    if doubtful and repeats is None:
        raise _ask([lines[index] for index in doubtful])
    for index in doubtful:
        line = lines[index]
        if repeats is Repeats.FURTHER and prints[index] in stored:
            settled[index] = _free(line, {*stored, *used})
        elif repeats is Repeats.SAME and prints[index] not in stored:
            twins = [mark for mark, known in stored.items() if mark not in used and _alike(known, line)]
            settled[index] = twins[0] if twins else prints[index]
        used.add(settled[index])
    return settled


def _alike(known: StoredLine, line: ParsedLine) -> bool:
    return (known.on, known.pence) == (line.on, line.pence)


def _doubtful(
    lines: Sequence[ParsedLine], prints: Sequence[str], stored: Mapping[str, StoredLine], open_days: Collection[date]
) -> list[int]:
    """Places of the lines that may be known already or not."""
    here = set(prints)
    left_out = {(known.on, known.pence) for mark, known in stored.items() if mark not in here and known.on in open_days}
    days = {on for on, _ in left_out}
    return [
        index
        for index, (line, mark) in enumerate(zip(lines, prints, strict=True))
        if line.mark == "" and line.on in days and (mark in stored or (line.on, line.pence) in left_out)
    ]


def _free(line: ParsedLine, taken: set[str]) -> str:
    """The line's fingerprint with the first ordinal that is not taken."""
    facts, ordinal = facts_of(line), 1
    while (mark := fingerprint(facts, ordinal)) in taken:
        ordinal += 1
    return mark


def _ask(lines: Sequence[ParsedLine]) -> SameOrFurther:
    told = "; ".join(
        f"line {line.line}, {line.on:%-d %B %Y}, {Money(line.pence)} {line.description[:40]}".rstrip()
        for line in lines[:_SHOWN]
    )
    more = f" and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return SameOrFurther(
        f"{_why(lines)} These may be payments that are here already, or further ones: {told}{more}. Nothing was"
        " imported. Download whole days, or say whether they are the same or further payments.",
        line=lines[0].line,
        lines=[line.line for line in lines],
    )


def _why(lines: Sequence[ParsedLine]) -> str:
    if all(line.mark for line in lines):
        return "The bank gave a reference again that it gave before, for the same day and amount, with other facts."
    return "The file shows only a part of a day that was imported before, and the bank gives no reference."
