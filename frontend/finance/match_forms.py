"""What a bank line may be: the proposals as radio buttons, and what goes with each choice."""

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from invoicing.banking.models import BankLine
from invoicing.banking.rules.candidates import Proposal
from invoicing.banking.services.confirming import INSTEAD
from invoicing.banking.services.paid_out import payments_offered
from invoicing.ledger.models import LedgerAccount

SURE = Decimal("0.95")
LIKELY = Decimal("0.80")


def in_words(confidence: Decimal) -> str:
    """How far to trust a proposal, in a word."""
    return "sure" if confidence >= SURE else "likely" if confidence >= LIKELY else "possible"


def key_of(proposal: Proposal) -> str:
    """The value of its radio button."""
    return proposal.key


class LineForm(forms.Form):
    """What a line is: one of the proposals, an unidentified receipt, another posting, or nothing for the ledger."""

    choice = forms.ChoiceField(label="Choose what this line is", widget=forms.RadioSelect)
    account_code = forms.ChoiceField(
        label="Ledger account", required=False, error_messages={"invalid_choice": "Choose a ledger account of the list"}
    )
    narrative = forms.CharField(label="What it is for", required=False, max_length=200)
    reason = forms.CharField(label="Why it is not for the ledger", required=False, max_length=200)

    def __init__(self, *args: object, line: BankLine, proposals: list[Proposal], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.proposals = {key_of(proposal): proposal for proposal in proposals}
        choices = [(key, proposal.reason) for key, proposal in self.proposals.items()]
        self.payments = {f"payments-{ids[0]}-{len(ids)}": (words, ids) for words, ids in payments_offered(line)}
        choices += [(key, words) for key, (words, _) in self.payments.items()]
        if line.pence > 0 and line.state == BankLine.State.UNMATCHED:
            choices.append(("unidentified", "Unidentified receipt, ask the payer"))
        if line.state == BankLine.State.UNMATCHED:
            choices += [("other", "Something else, such as bank charges"), ("ignore", "Not for the ledger")]
        self.fields["choice"].choices = choices  # type: ignore[attr-defined]
        self.fields["choice"].error_messages["invalid_choice"] = (
            "What was open has changed since you looked, so this choice is gone. Choose again"
        )
        own = Q(pk__in=[*INSTEAD, line.account.ledger_account_id])
        accounts = LedgerAccount.objects.filter(control=False).exclude(own).order_by("pk")
        self.fields["account_code"].choices = [("", "Choose"), *((a.pk, str(a)) for a in accounts)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("choice") == "other":
            if not cleaned.get("account_code"):
                self.add_error("account_code", "Choose the ledger account")
            if not cleaned.get("narrative"):
                self.add_error("narrative", "Enter what it is for")
        if cleaned.get("choice") == "ignore" and not cleaned.get("reason"):
            self.add_error("reason", "Enter why it is not for the ledger")
        return cleaned
