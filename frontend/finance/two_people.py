"""What two people decide on a page: hand in, approve, send back; alike for journals, purchases and the opening position."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms

from frontend.fields import ShownField
from frontend.finance.access import FinanceRequest
from frontend.formats import long_date, money
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.queries import may_change, may_decide
from invoicing.ledger.models import JournalEntry
from marketplace.core.errors import WrongInput

Verb = Callable[["DecideForm"], str]


class DecideForm(forms.Form):
    """``version`` is what was looked at; the reason is asked for when something is sent back or cancelled."""

    version = ShownField(min_value=1, max_value=2**31 - 1, required=False)
    reason = forms.CharField(required=False, label="Reason", max_length=200, help_text="Whoever prepared it reads this")


def decided(request: FinanceRequest, verbs: dict[str, Verb]) -> str:
    """Does what the button says and returns the sentence for the banner. The verbs refuse by themselves."""
    form = DecideForm(request.POST)
    if not form.is_valid():
        raise WrongInput("Reason must be 200 characters or fewer")
    verb = verbs.get(request.POST.get("do", ""))
    if verb is None:
        raise WrongInput("Choose what to do with it")
    return verb(form)


def standing(request: FinanceRequest, row: TwoPeople) -> dict[str, Any]:
    """What the page says of who acts next, and which buttons it draws."""
    return {
        "row": row,
        "next_words": _next(request, row),
        "decide_form": DecideForm(initial={"version": row.version}),
        "may_decide": may_decide(request.actor, row),
        "may_change": may_change(request.actor, row),
    }


def _next(request: FinanceRequest, row: TwoPeople) -> str:
    """Who acts next, in a sentence."""
    by = row.prepared_by.name
    if row.state == TwoPeople.State.DRAFT:
        return f"A draft of {by}, who hands it in for approval next. Nothing is posted yet."
    if row.state == TwoPeople.State.SUBMITTED and request.actor.person_id == row.prepared_by_id:
        return (
            "You prepared it, so a finance manager who is not you approves it or sends it back. Nothing is posted yet."
        )
    if row.state == TwoPeople.State.SUBMITTED:
        return f"Prepared by {by}. A finance manager approves it or sends it back. Nothing is posted yet."
    if row.state == TwoPeople.State.SENT_BACK:
        return f"Sent back to {by}: {row.sent_back_reason}"
    if row.approved_by is not None:
        return f"Prepared by {by}, approved by {row.approved_by.name}."
    return f"Prepared by {by}."


def posted_words(number: str, pence: int, on: date, entry: JournalEntry | None) -> str:
    """ "JNL-000004 approved: £1,200.00 posted on 31 August 2026", or on the first open day where that month is closed."""
    posted_on = entry.posted_on if entry else on
    closed = f", since {on:%B %Y} is closed" if posted_on != on else ""
    return f"{number} approved: {money(pence)} posted on {long_date(posted_on)}{closed}."
