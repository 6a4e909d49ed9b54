"""How each invariant of journals, purchases and the opening position is broken by someone who switched the guards off."""

from collections.abc import Callable

from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from tests.invoicing.journals.beyond_sales import build_beyond_sales
from tests.invoicing.tampering import after


def _built() -> None:
    """What is beyond sales."""
    build_beyond_sales(
        school=Organisation.objects.get(name="Oakfield Primary School"),
        council=Organisation.objects.get(kind=Organisation.Kind.AUTHORITY),
        actor=platform("test"),
    )


_after = after(_built)


def _first(table: str, where: str = "true") -> str:
    return f"id = (SELECT min(id) FROM invoicing_{table} WHERE {where})"


TAMPERINGS: dict[str, Callable[[], None]] = {
    "journals-by-two-people": _after(
        f"UPDATE invoicing_manualjournal SET approved_by_id = prepared_by_id WHERE {_first('manualjournal')}",
        "invoicing_manualjournal",
    ),
    "journal-numbers-gapless": _after(
        "UPDATE invoicing_purchase SET number = 'PUR-000009' WHERE number = 'PUR-000001'"
    ),
    "journals-posted-as-approved": _after(
        f"UPDATE invoicing_manualjournalline SET pence = pence + 1 WHERE {_first('manualjournalline')}"
    ),
    "purchases-add-up": _after(
        f"UPDATE invoicing_purchaseline SET net_pence = net_pence + 1 WHERE {_first('purchaseline')}"
    ),
    "payables-equal-unpaid-purchases": _after(
        f"UPDATE invoicing_purchase SET outstanding_pence = outstanding_pence - 1 WHERE {_first('purchase')}"
    ),
    "opening-position-equals-old-books": _after(
        "UPDATE invoicing_movement SET pence = pence + 1 WHERE debit_account_id = '1000' AND credit_account_id = '3900'"
    ),
}
