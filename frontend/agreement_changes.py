"""What may be changed of an agreement: each by a form, the calculation shown, and one button that repeats its sum.

The calculation is the engine's own: the page shows what the verb would do, and the verb is told what was shown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q

from frontend.fields import DatePartsField, ShortDateField
from frontend.formats import long_date, money
from marketplace.core.actors import Actor
from marketplace.core.errors import DomainError
from subscriptions.agreements.models import Agreement, AgreementLine
from subscriptions.agreements.rules.changes import Change
from subscriptions.agreements.rules.forms import CreditRule
from subscriptions.queries import credit_rule_of
from subscriptions.renewals.reading import running_lines
from subscriptions.services import (
    change,
    end,
    preview_change,
    preview_end,
    preview_resume,
    preview_suspend,
    resume,
    stop_renewing,
    suspend,
)

State = Agreement.State
STOP, PAUSE, RESUME, NOTICE, END = "stop", "pause", "resume", "notice", "end"
HEADINGS = {
    STOP: "Stop a service",
    PAUSE: "Pause everything",
    RESUME: "Go on after the pause",
    NOTICE: "Give notice for the end of the term",
    END: "End the agreement",
}
DONE = {
    STOP: "Stopped from {day}.",
    PAUSE: "Paused from {day}.",
    RESUME: "It goes on from {day}.",
    NOTICE: "Notice is given. It ends with {last}.",
    END: "It ends: {day} is the first day without it.",
}
REASONS = (PAUSE, END)
BY_FINANCE = (PAUSE, RESUME, END)
"""What our finance team alone does: a school sees what it would come to, and asks for it."""
ASKED = (PAUSE, END)
"""What a school asks for on its own page; our finance team grants it in one step."""


class ChangedMeanwhile(DomainError):
    """What the page showed is not what would happen now."""

    code = "agreement_changed_meanwhile"


def possible(agreement: Agreement, lines: list[AgreementLine], on: date) -> list[str]:
    """What may be done to it on a day, in the order of the menu."""
    if agreement.state == State.SUSPENDED:
        return [RESUME, *_notice(agreement), END]
    if agreement.state != State.ACTIVE or agreement.runs_to <= on:
        return []
    several = len(stoppable(lines, on)) > 1
    return [*([STOP] if several else []), PAUSE, *_notice(agreement), END]


def _notice(agreement: Agreement) -> list[str]:
    asks = agreement.renewal != Agreement.Renewal.NONE and agreement.notice_given_on is None
    renewed = agreement.successors.filter(state__in=(State.ACTIVE, State.SUSPENDED, State.ENDED)).exists()
    return [NOTICE] if asks and not renewed and agreement.ended_on is None else []


def may_renew(found: Agreement) -> bool:
    """Whether a renewal may be prepared by hand: it runs, nobody gave notice, nothing follows it yet."""
    follows = found.successors.filter(~Q(state__in=[Agreement.State.DECLINED, Agreement.State.WITHDRAWN]))
    asks = found.renewal != Agreement.Renewal.NONE and found.notice_given_on is None and found.ended_on is None
    return found.state == Agreement.State.ACTIVE and asks and not follows.exists()


def stoppable(lines: list[AgreementLine], on: date) -> list[AgreementLine]:
    """The lines that have days to come."""
    return [line for line in running_lines(lines, on) if line.valid_to > on]


class ChangeForm(forms.Form):
    """From when, and what else the change needs. Finance types a day in one box, a school in three."""

    def __init__(
        self,
        *args: Any,
        do: str,
        agreement: Agreement,
        lines: list[AgreementLine],
        on: date,
        finance: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.do, self.agreement, self.day = do, agreement, on
        if do == STOP:
            choices = [(str(line.slot), line.title) for line in stoppable(lines, on)]
            self.fields["slots"] = forms.MultipleChoiceField(
                label="Which services stop?", choices=choices, widget=forms.CheckboxSelectMultiple,
                error_messages={"required": "Choose at least one service"},
            )  # fmt: skip
        if do != NOTICE:
            words = {PAUSE: "First day of the pause", RESUME: "First day again", END: "First day without it",
                     STOP: "First day without it"}[do]  # fmt: skip
            of_kind: Callable[..., forms.Field] = ShortDateField if finance else DatePartsField
            self.fields["on"] = of_kind(
                label=words, error_messages={"required": f"Enter the {words[0].lower()}{words[1:]}"}
            )
        if do == END and finance:
            self.fields["given_on"] = ShortDateField(label="Notice was given on")
            self.fields["credit"] = forms.ChoiceField(
                label="What comes back", choices=[(rule.value, rule.words) for rule in CreditRule],
                widget=forms.RadioSelect, initial=credit_rule_of(agreement).value,
            )  # fmt: skip
        if do in REASONS and finance:
            self.fields["reason"] = forms.CharField(
                label="Why?", max_length=200, error_messages={"required": "Enter the reason"}
            )

    def clean_on(self) -> date:
        """Within the days that are left, today at the earliest for a school."""
        on: date | None = self.cleaned_data["on"]
        if on is None:
            raise forms.ValidationError(self.fields["on"].error_messages["required"])
        last = self.agreement.runs_to - timedelta(days=1)
        first = max(self.agreement.term_from, self.day) if "given_on" not in self.fields else self.agreement.term_from
        if not first <= on <= last:
            label = self.fields["on"].label
            raise forms.ValidationError(f"{label} must be from {long_date(first)} to {long_date(last)}")
        return on

    def clean_slots(self) -> list[int]:
        return [int(slot) for slot in self.cleaned_data["slots"]]


@dataclass(frozen=True)
class Asked:
    """A change as its form says it, for one agreement, on the day of asking."""

    do: str
    agreement: Agreement
    data: Mapping[str, Any]
    today: date
    lines: Sequence[AgreementLine] = ()

    def preview(self) -> Change | None:
        """What it would do; None for notice, which charges nothing by itself. Raises why it cannot be."""
        given: dict[str, Any] = {"agreement": self.agreement}
        if self.do == STOP:
            return preview_change(**given, **self._stop())
        if self.do == PAUSE:
            return preview_suspend(**given, on=self.data["on"], today=self.today)
        if self.do == RESUME:
            return preview_resume(**given, on=self.data["on"], today=self.today)
        if self.do == END:
            return preview_end(**given, on=self.data["on"], **self._end())
        return None

    def again(self) -> Change | None:
        """The calculation as it is now, where something stood against the change; None where it cannot be made."""
        try:
            return self.preview()
        except DomainError:
            return None

    def done(self, *, expected: int | None, actor: Actor) -> None:
        """Does it, if it is still what the page showed: ``expected`` is the net pence that it said."""
        given: dict[str, Any] = {"agreement": self.agreement, "actor": actor}
        if self.do == NOTICE:
            stop_renewing(**given, on=self.today)
        elif self.do == STOP:
            change(**given, expected_pence=expected, **self._stop())
        elif self.do == END:
            end(**given, on=self.data["on"], reason=self.data["reason"], expected_pence=expected, **self._end())
        else:
            self._check(expected)
            days = {"on": self.data["on"], "today": self.today}
            if self.do == PAUSE:
                suspend(**given, reason=self.data["reason"], **days)
            else:
                resume(**given, **days)

    def _check(self, expected: int | None) -> None:
        found = self.preview()
        if found is not None and found.net_pence != expected:
            raise ChangedMeanwhile("It changed since you looked. Nothing was done. This is what would be done now.")

    def _stop(self) -> dict[str, Any]:
        return {"lines": [], "stop": self.data["slots"], "on": self.data["on"], "today": self.today}

    def _end(self) -> dict[str, Any]:
        credit = CreditRule(self.data["credit"]) if "credit" in self.data else credit_rule_of(self.agreement)
        return {"given_on": self.data.get("given_on") or self.today, "credit": credit}

    def said(self) -> str:
        """That it was done, for the page that follows."""
        day = long_date(self.data["on"]) if "on" in self.data else ""
        last = long_date(self.agreement.runs_to - timedelta(days=1))
        return DONE[self.do].format(day=day, last=last)


def sum_words(found: Change | None) -> str:
    """ "£560.00 to pay", "£466.67 back", with VAT; "nothing to pay" where neither."""
    if found is None or not found.gross_pence:
        kept = sum(part.pence for part in found.kept) if found else 0
        return f"{money(kept)} before VAT stays due" if kept else "nothing to pay"
    words = "to pay" if found.gross_pence > 0 else "back"
    return f"{money(abs(found.gross_pence))} {words}"


def button_words(asked: Asked, found: Change | None) -> str:
    """Verb, thing and sum."""
    if asked.do == NOTICE:
        return (
            f"Give notice: {asked.agreement.title} ends with {long_date(asked.agreement.runs_to - timedelta(days=1))}"
        )
    verb = {STOP: "Stop", PAUSE: "Pause", RESUME: "Go on with", END: "End"}[asked.do]
    slots = asked.data.get("slots", [])
    stops = [line.title for line in stoppable(list(asked.lines), asked.today) if line.slot in slots]
    titles = ", ".join(stops) if asked.do == STOP and stops else asked.agreement.title
    return f"{verb} {titles} from {long_date(asked.data['on'])}, {sum_words(found)}"
