"""The form of a manual journal: its head, and as many lines as are asked for, without any script."""

from collections.abc import Sequence
from typing import Any

from django import forms

from frontend.fields import PoundsField, ShortDateField
from frontend.rows import rows_shown
from invoicing.journals.models import ManualJournal
from invoicing.journals.rules.lines import INSTEAD, MOST_LINES, JournalLine
from invoicing.ledger.models import Fund, IncomeStream, LedgerAccount

FIRST_ROWS, MORE_ROWS = 6, 6
PARTS = ("debit", "credit", "pence", "stream", "analysis", "fund")


def rows_asked(posted: Any, least: int = FIRST_ROWS) -> int:
    """How many lines the form shows: those it had, and more when its button was pressed."""
    return rows_shown(posted, least=least, more=MORE_ROWS, most=MOST_LINES)


def account_choices(*types: str) -> list[tuple[str, str]]:
    """Accounts that may be posted to by hand, in the order of their codes."""
    accounts = LedgerAccount.objects.exclude(pk__in=INSTEAD).order_by("code")
    if types:
        accounts = accounts.filter(type__in=types)
    return [("", "")] + [(account.code, str(account)) for account in accounts]


def fund_choices() -> list[tuple[str, str]]:
    """The funds that are open, by their codes; nothing where there are none."""
    found = Fund.objects.filter(closed_on__isnull=True).order_by("name").values_list("code", "name")
    return [("", ""), *found] if found else []


class JournalForm(forms.Form):
    """Why and when, and the lines: an account to debit, one to credit, an amount. Empty lines are passed over."""

    kind = forms.ChoiceField(
        label="Kind", choices=ManualJournal.Kind.choices, widget=forms.RadioSelect, initial=ManualJournal.Kind.JOURNAL,
        help_text="An accrual is taken back by itself on the first of the next month",
    )  # fmt: skip
    on = ShortDateField(label="Date")
    reason = forms.CharField(label="Reason", max_length=200, help_text="It stands in the ledger")
    auto_reverse_on = ShortDateField(
        label="Take back on", required=False, help_text="Leave empty to let it stand, and for an accrual"
    )

    file = forms.FileField(
        label="Lines from a CSV file", required=False,
        help_text="They take the place of the lines below; nothing is kept before you hand them in",
    )  # fmt: skip

    def __init__(self, *args: Any, rows: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = range(rows)
        accounts = account_choices()
        streams = [("", "")] + [(one.pk, one.name) for one in IncomeStream.objects.order_by("code")]
        self.funds = fund_choices()
        for row in self.rows:
            said = f"line {row + 1}"
            self.fields[f"line_{row}_debit"] = forms.ChoiceField(
                label=f"Debit, {said}", choices=accounts, required=False
            )
            self.fields[f"line_{row}_credit"] = forms.ChoiceField(
                label=f"Credit, {said}", choices=accounts, required=False
            )
            self.fields[f"line_{row}_pence"] = PoundsField(label=f"Amount, {said}", least=1, required=False)
            self.fields[f"line_{row}_stream"] = forms.ChoiceField(
                label=f"Income stream, {said}", choices=streams, required=False
            )
            self.fields[f"line_{row}_analysis"] = forms.CharField(
                label=f"Analysis, {said}", max_length=60, required=False
            )
            if self.funds:
                self.fields[f"line_{row}_fund"] = forms.ChoiceField(
                    label=f"Fund, {said}", choices=self.funds, required=False
                )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for row in self.rows:
            given = {part: cleaned.get(f"line_{row}_{part}") for part in PARTS}
            if not any(given.values()):
                continue
            for part, words in (("debit", "account to debit"), ("credit", "account to credit"), ("pence", "amount")):
                name = f"line_{row}_{part}"
                if not given[part] and name not in self.errors:
                    self.add_error(name, f"Enter the {words} of line {row + 1}")
        return cleaned

    def lines(self) -> list[JournalLine]:
        """The lines that say anything, in their order."""
        found = []
        for row in self.rows:
            given: dict[str, Any] = {part: self.cleaned_data.get(f"line_{row}_{part}") or "" for part in PARTS}
            if any(given.values()):
                found.append(
                    JournalLine(
                        given["debit"],
                        given["credit"],
                        given["pence"] or 0,
                        given["stream"],
                        given["analysis"],
                        given["fund"],
                    )
                )
        return found


def initial_lines(lines: Sequence[JournalLine]) -> dict[str, Any]:
    """Lines as the form shows them, from its first row on."""
    return {
        f"line_{row}_{part}": value for row, line in enumerate(lines) for part, value in zip(PARTS, line, strict=True)
    }


def initial_of(journal: ManualJournal) -> dict[str, Any]:
    """A journal as the form shows it."""
    found: dict[str, Any] = {
        "kind": journal.kind, "on": journal.on, "reason": journal.reason,
        "auto_reverse_on": journal.auto_reverse_on if journal.kind == ManualJournal.Kind.JOURNAL else None,
    }  # fmt: skip
    lines: Sequence[Any] = list(journal.lines.select_related("fund").order_by("position"))
    for row, line in enumerate(lines):
        values = (
            line.debit_account_id, line.credit_account_id, line.pence, line.stream_id, line.analysis_code,
            line.fund.code if line.fund else "",
        )  # fmt: skip
        found |= {f"line_{row}_{part}": value for part, value in zip(PARTS, values, strict=True)}
    return found
