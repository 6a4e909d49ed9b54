"""The forms of council journals: which to prepare, sent, confirmed, received, withdrawn."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone

from frontend.fields import PoundsField, ShortDateField
from invoicing.council_journals.models import CouncilJournal
from invoicing.ledger.models import LedgerAccount
from marketplace.organisations.models import Organisation


class CouncilJournalFilter(forms.Form):
    """Which journals to show."""

    state = forms.ChoiceField(label="State", required=False, choices=[("", "All"), *CouncilJournal.State.choices])


class NotLater(forms.Form):
    """A form whose dates are never in the future."""

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, value in list(given.items()):
            if isinstance(value, date) and value > timezone.localdate():
                self.add_error(name, f"{self.fields[name].label} must be today or in the past")
        return given


class ChooseForm(NotLater):
    """The council, and the day up to which its schools' invoices go on the journal."""

    council = forms.ChoiceField(label="Council", widget=forms.RadioSelect)
    on = ShortDateField(label="Invoices up to")

    def __init__(self, *args: Any, councils: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.councils = {one.number: one for one in councils}
        choices = [(number, one.name) for number, one in self.councils.items()]
        self.fields["council"].choices = choices  # type: ignore[attr-defined]


class SentForm(NotLater):
    """The day on which the file went to the council."""

    sent_on = ShortDateField(label="Sent on")


class ConfirmForm(NotLater):
    """What the council says of a journal that it posted."""

    reference = forms.CharField(
        label="Council's reference", max_length=60, help_text="Such as the journal number in the council's ledger"
    )
    confirmed_on = ShortDateField(label="Posted by the council on")


class WithdrawForm(forms.Form):
    """Why a journal is taken back."""

    reason = forms.CharField(label="Reason for withdrawing it", max_length=200)


class UndoForm(forms.Form):
    """Why what was recorded as received is taken back."""

    reason = forms.CharField(label="Reason", max_length=200, help_text="It stays in the ledger beside the reversal")


class ReceivedForm(NotLater):
    """Money that the council paid over."""

    pence = PoundsField(label="Amount received", least=1)
    received_on = ShortDateField(label="Received on")
    reference = forms.CharField(label="Reference", max_length=120, required=False)
    account = forms.ChoiceField(label="Into")

    def __init__(self, *args: Any, accounts: Sequence[LedgerAccount], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = {one.pk: one for one in accounts}
        self.fields["account"].choices = [(one.pk, str(one)) for one in accounts]  # type: ignore[attr-defined]
