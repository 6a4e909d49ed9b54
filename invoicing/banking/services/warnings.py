"""What a person is told of a file that was accepted."""

from collections.abc import Iterator, Sequence

from invoicing.banking.models import BankStatement
from invoicing.banking.rules.reading import ParsedStatement
from marketplace.core.money import Money


def warnings_of(
    parsed: ParsedStatement,
    *,
    overlaps: bool,
    statements: Sequence[BankStatement],
    sha256: str,
    anything_new: bool,
    proven: bool,
) -> list[str]:
    """Sentences on a file that is accepted: nothing new in it, a gap before or after, no balance to prove it, and what
    the file holds besides. ``overlaps`` says that its first line is here already, ``proven`` that its balances are the
    bank's own or a person's.
    """
    if not anything_new:
        same = any(statement.sha256 == sha256 for statement in statements)
        what = "This file was imported before" if same else "All of these lines were imported before"
        return [f"{what}: nothing was added.", *parsed.notes]
    found = list(_gaps(parsed, overlaps, statements)) if statements else [_first(parsed)] if proven else []
    if not proven:
        found.append(_unproven(parsed, bool(statements)))
    return [*found, *parsed.notes]


def _first(parsed: ParsedStatement) -> str:
    return (
        f"This is the account's first statement. It opens at {Money(parsed.opening_pence)} before"
        f" {parsed.lines[0].on:%-d %B %Y}: check that with the bank, as nothing here can tell whether earlier lines are"
        " missing."
    )


def _unproven(parsed: ParsedStatement, follows: bool) -> str:
    since = "the statements here already" if follows else "the ledger's balance, as this is the first statement"
    return (
        f"The bank's file states no balance, so nothing in it shows whether a line is missing. By {since}, it closes at"
        f" {Money(parsed.closing_pence)} on {parsed.lines[-1].on:%-d %B %Y}: check that with the bank."
    )


def _gaps(parsed: ParsedStatement, overlaps: bool, statements: Sequence[BankStatement]) -> Iterator[str]:
    opening, closing = Money(parsed.opening_pence), Money(parsed.closing_pence)
    first, last = parsed.lines[0].on, parsed.lines[-1].on
    before = max((s for s in statements if s.last_on <= first), key=lambda s: (s.last_on, s.pk), default=None)
    if before and not overlaps and before.closing_pence != parsed.opening_pence:
        yield (
            f"A gap: this statement opens at {opening} before {first:%-d %B %Y}, but the one before it closes at"
            f" {Money(before.closing_pence)} on {before.last_on:%-d %B %Y}. Import a file that covers the days between."
        )
    after = min((s for s in statements if s.first_on >= last), key=lambda s: (s.first_on, s.pk), default=None)
    if after and after.first_on > last and after.opening_pence != parsed.closing_pence:
        yield (
            f"A gap: this statement closes at {closing} on {last:%-d %B %Y}, but the next opens at"
            f" {Money(after.opening_pence)} before {after.first_on:%-d %B %Y}. Import a file that covers the days between."
        )
