"""Examples of the pages of council journals, of finance and of the council, for frontend.pages."""

from collections.abc import Callable

from django.urls import reverse
from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.council_journals.models import CouncilJournal, CouncilJournalReceipt
from invoicing.council_journals.queries import journal_authorities

OFFICER, MANAGER, AUDITOR, PAYMENTS = "finance_officer", "finance_manager", "auditor", "council_payments"


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _journal(state: str) -> Callable[[World], str]:
    return lambda _: url(
        "finance-council-journal", number=CouncilJournal.objects.filter(state=state).latest("pk").number
    )


def _preview(_: World) -> str:
    council, today = journal_authorities()[0], timezone.localdate()
    return f"{url('finance-council-journal-new')}?council={council.number}&on={today.isoformat()}"


def _undo(_: World) -> str:
    found = CouncilJournalReceipt.objects.filter(undone_on__isnull=True).earliest("pk")
    return url("finance-council-journal-undo", number=found.journal.number, pk=found.pk)


def _of_council(name: str, state: str = "") -> Callable[[World], str]:
    """The council's own list, or its newest journal in a state."""

    def path(_: World) -> str:
        journals = CouncilJournal.objects.select_related("authority")
        found = (journals.filter(state=state) if state else journals).latest("pk")
        more = {"number": found.number} if state else {}
        return reverse(name, kwargs={"kind": "customer", "code": found.authority.number, **more})

    return path


PAGES: Pages = {
    "finance-council-journals": [
        Example(MANAGER, "full", _at("finance-council-journals"), finds="confirmed and still to come"),
        Example(OFFICER, "empty", _at("finance-council-journals", "?state=draft"), finds="No council journals match"),
        Example(AUDITOR, "auditor", _at("finance-council-journals"), finds="Download as CSV"),
    ],
    "finance-council-journal-new": [
        Example(OFFICER, "full", _at("finance-council-journal-new"), finds="Show what would go on it"),
        Example(OFFICER, "preview", _preview, finds="Why, and what to do"),
        Example(
            OFFICER, "error", _at("finance-council-journal-new", "?council=&on=31/2/27"), finds="must be a real date"
        ),
    ],
    "finance-council-journal": [
        Example(OFFICER, "sent", _journal("sent"), finds="The council has posted it"),
        Example(OFFICER, "confirmed", _journal("confirmed"), finds="Record as received"),
        Example(AUDITOR, "auditor", _journal("confirmed"), finds="Who and when"),
        Example(
            OFFICER, "error", _journal("confirmed"), post={"do": "receive", "pence": "0.001"}, finds="parts of a penny"
        ),
    ],
    "finance-council-journal-undo": [
        Example(OFFICER, "full", _undo, finds="is still to come"),
        Example(OFFICER, "error", _undo, post={"reason": ""}, finds="Enter the reason"),
    ],
    "school-council-journals": [
        Example(PAYMENTS, "full", _of_council("school-council-journals"), finds="waits for you to post and confirm"),
    ],
    "school-council-journal": [
        Example(PAYMENTS, "sent", _of_council("school-council-journal", "sent"), finds="Post it in your ledger"),
        Example(PAYMENTS, "confirmed", _of_council("school-council-journal", "confirmed"), finds="Please pay"),
        Example(
            PAYMENTS,
            "error",
            _of_council("school-council-journal", "sent"),
            post={"reference": "", "confirmed_on": "1/1/99"},
            finds="reference",
        ),
    ],
}
