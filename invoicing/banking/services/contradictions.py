"""What a file may not say beside the statements imported before it, or of days to come."""

from collections.abc import Sequence
from datetime import date, timedelta

from invoicing.banking.models import BankAccount, BankLine, BankStatement
from invoicing.banking.rules.layouts import LABELS
from invoicing.banking.rules.reading import ParsedLine, ParsedStatement, refuse
from marketplace.core.money import Money

_AHEAD = timedelta(days=7)  # banks date what comes in on a holiday on the next working day


def refuse_days_to_come(parsed: ParsedStatement, today: date) -> None:
    """A bank tells what it has booked: a line dated far ahead would be posted into months that nobody looks at."""
    for line in parsed.lines:
        if line.on > today + _AHEAD:
            raise refuse(line.line, f"is dated {line.on:%-d %B %Y}, which is to come: no bank has booked it yet")


def refuse_contradictions(
    account: BankAccount,
    parsed: ParsedStatement,
    new: Sequence[tuple[ParsedLine, str]],
    left_out: set[str],
    statements: Sequence[BankStatement],
) -> None:
    """A day strictly inside a statement was imported whole: another line for it, or one fewer, cannot both be true."""
    whole = {
        day: statement
        for day in {line.on for line, _ in new}
        for statement in statements
        if statement.first_on < day < statement.last_on
    }
    for line, _ in sorted(new, key=lambda pair: pair[0].line):
        if statement := whole.get(line.on):
            raise refuse(
                line.line,
                f"({line.on:%-d %B %Y}, {Money(line.pence)}) is not in “{statement.file_name}”, which was imported before"
                " and covers that day whole. One of the two files was changed",
            )
    first, last = parsed.lines[0].on, parsed.lines[-1].on
    lost = BankLine.objects.filter(account=account, fingerprint__in=left_out, on__gt=first, on__lt=last)
    if left_out and (missing := lost.order_by("on", "pk").first()):
        raise refuse(
            None,
            f"The file leaves out a line that was imported before: {missing.on:%-d %B %Y}, {Money(missing.pence)},"
            f" {missing.description[:60]}",
        )


def refuse_another_form(account: BankAccount, parsed: ParsedStatement, new: Sequence[tuple[ParsedLine, str]]) -> None:
    """A day that was imported from one form of file is not added to from another, which tells the same payments in other
    words and order."""
    days = {line.on for line, _ in new}
    told = BankLine.objects.filter(account=account, on__in=days).exclude(statement__layout=parsed.layout)
    if known := told.select_related("statement").order_by("-on", "pk").first():
        line = min((line for line, _ in new if line.on == known.on), key=lambda line: line.line)
        raise refuse(
            line.line,
            f"({line.on:%-d %B %Y}, {Money(line.pence)}) is of a day that “{known.statement.file_name}” tells in another"
            f" form ({LABELS[known.statement.layout]}): the same payments could count twice",
            remedy="Nothing was imported. Download that day in the form used before, or a file that begins after"
            f" {known.on:%-d %B %Y} if all of that day was imported",
        )


def refuse_twins(account: BankAccount, new: Sequence[tuple[ParsedLine, str]], left_out: set[str]) -> None:
    """A transaction that stands already, told with other words, would count twice.

    Two transactions of one day that lead to one balance by one amount are genuine only when the money went back in
    between; a file that holds whole days then shows them both. One that shows a new line in place of a stored one does
    not. This guards a statement's first and last day, of which only a part may have been imported.
    """
    days = {line.on for line, _ in new}
    absent = BankLine.objects.filter(account=account, fingerprint__in=left_out, on__in=days).select_related("statement")
    twins = {(stored.on, stored.pence, stored.balance_pence): stored for stored in absent.order_by("-pk")}
    told_by_balance = (line for line, _ in new if line.mark is None)
    for line in sorted(told_by_balance, key=lambda line: line.line):
        if twin := twins.get((line.on, line.pence, line.balance_pence)):
            raise refuse(
                line.line,
                f"({line.on:%-d %B %Y}, {Money(line.pence)}, balance {Money(line.balance_pence)}) reads"
                f" “{_told(line)}”, but “{twin.statement.file_name}”, which was imported before, has “{_told(twin)}” for"
                " the same day, amount and balance, and that line is not in this file. It would count twice",
                remedy="Nothing was imported. Download whole days again, in the same form as before, or a file that"
                f" begins after {line.on:%-d %B %Y} if all of that day was imported",
            )


def _told(line: ParsedLine | BankLine) -> str:
    return f"{line.kind} {line.description[:60]}".strip()
