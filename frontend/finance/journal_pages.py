"""Examples of the pages about journals, purchases and the opening position, for frontend.pages."""

from collections.abc import Callable

from frontend.examples import Example, Pages, World
from frontend.jinja import url
from invoicing.journals.models import ManualJournal, Purchase, PurchasePayment
from invoicing.journals.models.two_people import TwoPeople
from invoicing.journals.queries import journals_for, purchases_for
from invoicing.journals.rules.lines import JournalLine
from invoicing.services import prepare_journal, send_back_purchase
from marketplace.core.actors import Actor

OFFICER, MANAGER, AUDITOR = "finance_officer", "finance_manager", "auditor"
_WRONG_LINE = {"kind": "journal", "on": "1/9/26", "reason": "Wrong", "line_0_debit": "7200", "rows": "6"}


def _actor(world: World) -> Actor:
    return world.actors[OFFICER]


def _at(name: str, query: str = "") -> Callable[[World], str]:
    return lambda _: url(name) + query


def _journal(state: str) -> Callable[[World], ManualJournal]:
    return lambda world: journals_for(_actor(world)).filter(state=state).earliest("pk")


def _of_journal(name: str, state: str) -> Callable[[World], str]:
    return lambda world: url(name, number=_journal(state)(world).number)


def _draft(world: World) -> str:
    """A draft to change; one is made where there is none."""
    found = journals_for(_actor(world)).filter(state=TwoPeople.State.DRAFT).first()
    if found is None:
        like = _journal("submitted")(world)
        found = prepare_journal(
            kind=ManualJournal.Kind.JOURNAL, on=like.on, reason="Stamps under other costs",
            lines=[JournalLine("7200", "7900", 1_250)], auto_reverse_on=None, today=like.on, actor=_actor(world),
        )  # fmt: skip
    return url("finance-journal-change", number=found.number)


def _purchase(state: str, *, unpaid: bool = False) -> Callable[[World], Purchase]:
    def found(world: World) -> Purchase:
        rows = purchases_for(_actor(world)).filter(state=state)
        return (rows.filter(outstanding_pence__gt=0) if unpaid else rows).earliest("pk")

    return found


def _of_purchase(name: str, state: str, *, unpaid: bool = False) -> Callable[[World], str]:
    return lambda world: url(name, number=_purchase(state, unpaid=unpaid)(world).number)


def _sent_back(world: World) -> str:
    """A purchase that was sent back; the one that waits is, where there is none."""
    found = purchases_for(_actor(world)).filter(state=TwoPeople.State.SENT_BACK).first()
    if found is None:
        waiting = _purchase("submitted")(world)
        found = send_back_purchase(
            purchase=waiting, reason="The fee was agreed without travel", version=waiting.version,
            actor=world.actors[MANAGER],
        )  # fmt: skip
    return url("finance-purchase-change", number=found.number)


def _payment(_: World) -> str:
    found = PurchasePayment.objects.filter(undone_on__isnull=True).earliest("pk")
    return url("finance-purchase-undo", number=found.purchase.number, pk=found.pk)


PAGES: Pages = {
    "finance-journals": [
        Example(MANAGER, "full", _at("finance-journals"), finds="prepared by one person, approved by another"),
        Example(OFFICER, "empty", _at("finance-journals", "?q=zeppelin"), finds="No journals match these filters"),
        Example(AUDITOR, "auditor", _at("finance-journals"), finds="Download as CSV"),
    ],
    "finance-journal-new": [
        Example(OFFICER, "full", _at("finance-journal-new"), finds="Add more lines"),
        Example(
            OFFICER,
            "error",
            _at("finance-journal-new"),
            post=_WRONG_LINE,
            finds="Enter the account to credit of line 1",
        ),
    ],
    "finance-journal": [
        Example(MANAGER, "approve", _of_journal("finance-journal", "submitted"), finds="Send it back"),
        Example(AUDITOR, "accrual", _of_journal("finance-journal", "approved"), finds="Taken back by"),
        Example(
            OFFICER,
            "error",
            _of_journal("finance-journal", "submitted"),
            post={"do": "approve", "version": "1"},
            finds="You may not approve journals",
        ),
    ],
    "finance-journal-change": [
        Example(OFFICER, "full", _draft, finds="Keep as a draft"),
        Example(OFFICER, "error", _draft, post={**_WRONG_LINE, "reason": ""}, finds="Enter the reason"),
    ],
    "finance-purchases": [
        Example(OFFICER, "full", _at("finance-purchases"), finds="still to pay"),
        Example(OFFICER, "empty", _at("finance-purchases", "?q=zeppelin"), finds="No purchases match these filters"),
        Example(AUDITOR, "auditor", _at("finance-purchases"), finds="Download as CSV"),
    ],
    "finance-purchase-new": [
        Example(OFFICER, "full", _at("finance-purchase-new"), finds="how much of its VAT comes back"),
        Example(
            OFFICER,
            "error",
            _at("finance-purchase-new"),
            post={"supplier": "Zeppelin Works", "rows": "4"},
            finds="There is no organisation Zeppelin Works",
        ),
    ],
    "finance-purchase": [
        Example(MANAGER, "to-pay", _of_purchase("finance-purchase", "approved", unpaid=True), finds="Record a payment"),
        Example(AUDITOR, "paid", _of_purchase("finance-purchase", "approved"), finds="Comes back"),
        Example(
            OFFICER,
            "error",
            _of_purchase("finance-purchase", "approved", unpaid=True),
            post={"do": "pay", "pence": "0.001"},
            finds="must not have parts of a penny",
        ),
    ],
    "finance-purchase-change": [
        Example(OFFICER, "full", _sent_back, finds="Sent back"),
        Example(OFFICER, "error", _sent_back, post={"rows": "4"}, finds="Enter the supplier"),
    ],
    "finance-purchase-undo": [
        Example(OFFICER, "full", _payment, finds="is owed again"),
        Example(OFFICER, "error", _payment, post={"reason": ""}, finds="Enter reason"),
    ],
    "finance-purchases-vat": [
        Example(MANAGER, "full", _at("finance-purchases-vat"), finds="Add a rate"),
        Example(
            OFFICER, "error", _at("finance-purchases-vat", "?start=31/2/27&end=1/1/27"), finds="must be a real date"
        ),
        Example(AUDITOR, "auditor", _at("finance-purchases-vat"), finds="Share that comes back"),
    ],
    "finance-opening": [
        Example(MANAGER, "approve", _at("finance-opening"), finds="Approve and take over"),
        Example(AUDITOR, "auditor", _at("finance-opening"), finds="What the file says"),
        Example(OFFICER, "error", _at("finance-opening"), post={"do": ""}, finds="Choose what to do with it"),
    ],
}
