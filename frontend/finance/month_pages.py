"""Examples of the pages of months, for frontend.pages."""

from django.utils import timezone

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.closing.closing import last_closed
from marketplace.core.periods import add_months

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"


def _list(_: World) -> str:
    return url("finance-months")


def _running(_: World) -> str:
    """The month of today: not over, so that it cannot be closed."""
    return url("finance-month", month=f"{timezone.localdate():%Y-%m}")


def _closed(_: World) -> str:
    """The last closed month; the one before last where none is."""
    last = last_closed()
    month = last.month if last else add_months(timezone.localdate().replace(day=1), -2)
    return url("finance-month", month=f"{month:%Y-%m}")


PAGES: Pages = {
    "finance-months": [
        Example(OFFICER, "full", _list, finds="Entries"),
        Example(AUDITOR, "auditor", _list, finds="Download as CSV"),
    ],
    "finance-month": [
        Example(MANAGER, "full", _closed, finds="Who and when"),
        Example(OFFICER, "running", _running, finds="is not over yet"),
        Example(MANAGER, "error", _running, post={"do": "ask_to_close"}, finds="is not over yet"),
        Example(AUDITOR, "auditor", _closed, finds="Trial balance on"),
    ],
}
