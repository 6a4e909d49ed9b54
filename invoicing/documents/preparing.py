"""What can be made of a draft before it has ids and a number: its rows, its movements and the text that is sealed.

Pure, so that a batch prepares its next invoices while the database writes the ones before. The guards make the sealed
text again from what stands in the tables and refuse a hash that is not its own: here it is only made early.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from invoicing.documents.drafts import DraftDocument
from invoicing.ledger import chart
from invoicing.ledger.posting import NewMovement
from marketplace.core.bulk import row_text

_FIELD, _PART, _ROW, _STEP = "\x1f", "\x1e", "\x1c", "\x1d"  # what stands between, in the text that is sealed


class Prepared(NamedTuple):
    """``lines`` and ``groups`` are rows without the ids in front, as COPY reads them; ``concerned`` the organisations, in
    order of id."""

    lines: list[str]
    groups: list[str]
    movements: list[NewMovement]
    concerned: list[int]
    sealed_head: str
    sealed_tail: str

    def hash_of(self, *, draft: DraftDocument, number: str, seller: str, buyer: str) -> str:
        """The content hash, as the seal has it. ``seller`` and ``buyer`` are the texts that ``jsonb_text`` gives."""
        text = _FIELD.join((draft.kind, number, self.sealed_head, seller, buyer, self.sealed_tail))
        return hashlib.sha256(text.encode()).hexdigest()


def prepare(drafts: Sequence[DraftDocument]) -> list[Prepared]:
    """All that needs neither ids nor numbers, for each draft in order."""
    return [_prepared(draft) for draft in drafts]


def jsonb_text(flat: dict[str, Any]) -> str:
    """JSON as PostgreSQL prints a ``jsonb``: keys by length, then by letter; nothing escaped that need not be."""
    return _as_printed({key: flat[key] for key in _in_order(*flat)})


_as_printed = json.JSONEncoder(ensure_ascii=False).encode


@lru_cache(maxsize=64)
def _in_order(*keys: str) -> list[str]:
    return sorted(keys, key=lambda key: (len(key), key))


def _prepared(draft: DraftDocument) -> Prepared:
    lines = [
        (
            position, line.description, line.consumer_id, line.consumer_name, line.quantity, line.unit_price_pence,
            line.net_pence, line.vat.category, line.vat.rate, line.vat.reason, line.vat_pence, line.account,
            line.stream, line.analysis_code, line.cfr_code, line.aar_code, line.service_from, line.service_to,
            line.purchase_order, list(line.working) or "{}", line.credits_line_id,
        )
        for position, line in enumerate(draft.lines, start=1)
    ]  # fmt: skip
    groups: list[tuple[Any, ...]] = [
        tuple(group) for group in sorted(draft.groups, key=lambda group: (group.category, group.rate))
    ]
    sealed_lines = _ROW.join(map(_sealed_line, lines))
    sealed_groups = _ROW.join(
        _PART.join((category, _digits(rate, 4), reason, str(net), str(vat)))
        for category, rate, reason, net, vat in groups
    )
    return Prepared(
        lines=[row_text(line) for line in lines],
        groups=[row_text(group) for group in groups],
        movements=_movements(draft),
        concerned=[draft.supplier_id]
        if draft.self_billed
        else sorted({draft.customer_id, *(line.consumer_id for line in draft.lines)}),
        sealed_head=_sealed_head(draft),
        sealed_tail=_FIELD.join((str(draft.credits_id or "-"), draft.reason, sealed_lines, sealed_groups)),
    )


def _sealed_head(d: DraftDocument) -> str:
    return _FIELD.join(
        (
            str(d.supplier_id), str(d.customer_id), _day(d.issued_on), _day(d.tax_point), _day(d.due_on),
            d.purchase_order, d.payer_reference_name, str(d.net_pence), str(d.vat_pence), str(d.gross_pence),
        )
    )  # fmt: skip


def _sealed_line(row: tuple[Any, ...]) -> str:
    (
        position, description, consumer, name, quantity, price, net, category, rate, reason, vat, account, stream,
        analysis, cfr, aar, start, end, order, working, credits_line,
    ) = row  # fmt: skip
    steps = "" if working == "{}" else _STEP.join(working)
    return (
        f"{position}\x1e{description}\x1e{consumer}\x1e{name}\x1e{_digits(quantity, 3)}\x1e{price}\x1e{net}\x1e{category}"
        f"\x1e{_digits(rate, 4)}\x1e{reason}\x1e{vat}\x1e{account}\x1e{stream}\x1e{analysis}\x1e{cfr}\x1e{aar}"
        f"\x1e{_day(start)}\x1e{_day(end)}\x1e{order}\x1e{steps}\x1e{credits_line or '-'}"
    )


def _day(on: date | None) -> str:
    return on.isoformat() if on else "-"


@lru_cache(maxsize=4096)
def _digits(figure: Decimal, places: int) -> str:
    """A figure as a column of so many decimals holds and prints it."""
    return format(figure.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP), "f")


def _movements(draft: DraftDocument) -> list[NewMovement]:
    """Invoice: receivable → income per line, or deferred income; receivable → VAT, that of later instalments apart.

    Credit note: income, or deferred income → money on account per line, VAT → money on account per group; it is then
    allocated to the invoice that it credits, or stays on account where that is already paid.

    Of what is sold in a supplier's name nothing is our income or our VAT: receivable → payable (supplier), in full.
    What we write for a provider is a cost that was posted with its payable; its VAT is posted beside it. What we claim
    back from one is moved from what we owe it (below nought by its credit note) to what it owes.
    """
    if draft.self_billed:
        return []
    if draft.mandate_id:
        return [_in_full(draft)]
    if draft.kind == "claim_back":
        return [NewMovement(chart.RECEIVABLES, chart.PAYABLES, draft.gross_pence, draft.customer_id, draft.customer_id)]
    customer, income = draft.customer_id, [line for line in draft.lines if line.net_pence > line.deferred_pence]
    later = [line.deferred_pence for line in draft.lines if line.deferred_pence]
    if draft.kind == "invoice":
        owed = chart.RECEIVABLES
        return [
            *(
                NewMovement(
                    owed, x.account, x.net_pence - x.deferred_pence, customer, None, x.stream, x.analysis_code, x.fund
                )
                for x in income
            ),
            *(NewMovement(owed, chart.DEFERRED_INCOME, pence, customer, customer) for pence in later),
            *(NewMovement(owed, account, pence, customer) for account, pence in _vat_by_account(draft)),
        ]
    held = chart.UNALLOCATED
    return [
        *(
            NewMovement(
                x.account, held, x.net_pence - x.deferred_pence, None, customer, x.stream, x.analysis_code, x.fund
            )
            for x in income
        ),
        *(NewMovement(chart.DEFERRED_INCOME, held, pence, customer, customer) for pence in later),
        *(NewMovement(account, held, pence, None, customer) for account, pence in _vat_by_account(draft)),
    ]


def _in_full(draft: DraftDocument) -> NewMovement:
    pence, supplier, customer = draft.gross_pence, draft.supplier_id, draft.customer_id
    if draft.kind == "invoice":
        return NewMovement(chart.RECEIVABLES, chart.PAYABLES, pence, customer, supplier)
    return NewMovement(chart.PAYABLES, chart.UNALLOCATED, pence, supplier, customer)


def _vat_by_account(draft: DraftDocument) -> list[tuple[str, int]]:
    """The VAT of each group in pence: what has fallen due, and what waits for the tax points of instalments."""
    if not draft.future_vat:
        return [(chart.VAT_OUTPUT, group.vat_pence) for group in draft.groups if group.vat_pence]
    future = dict(draft.future_vat)
    parts = []
    for group in draft.groups:
        waits = future.get((group.category, group.rate), 0)
        parts += [(chart.VAT_OUTPUT, group.vat_pence - waits), (chart.VAT_ON_FUTURE_INSTALMENTS, waits)]
    return [(account, pence) for account, pence in parts if pence]
