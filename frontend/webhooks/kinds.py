"""The one table of what leaves the house by webhook, above every package that records these events.

``facts`` are codes and days, ``figures`` whole pence (told only to an organisation that is alone in the event's scope);
no name, no reason, nobody's words. A kind that is not here is never sent, whatever its payload holds.
"""

from marketplace.messaging.services import publish_kinds
from marketplace.messaging.webhook_kinds import PublicKind

KINDS = (
    PublicKind("order.placed", "An order was placed", figures=("net_pence", "vat_pence")),
    PublicKind("order.purchase_order", "An order's purchase order number changed"),
    PublicKind("order.approval_asked", "An order waits for approval", ("kept_until",), ("committed_pence",)),
    PublicKind("order.approved", "An order was approved"),
    PublicKind("order.declined", "An order was not approved"),
    PublicKind("order.approval_withdrawn", "An order was withdrawn"),
    PublicKind("order.approval_expired", "An order ran out: nobody decided in time"),
    PublicKind(
        "booking.cancelled", "A place was cancelled", ("order", "run", "place_returned"), ("back_pence", "kept_pence")
    ),
    PublicKind("booking.delegate_changed", "Who comes was changed", ("order", "run")),
    PublicKind("invoice.issued", "An invoice was issued", ("issued_on",), ("gross_pence",)),
    PublicKind("credit_note.issued", "A credit note was issued", ("issued_on",), ("gross_pence",)),
    PublicKind("receipt.recorded", "A payment arrived", ("received_on",), ("pence",)),
    PublicKind("receipt.reversed", "A payment was taken back", ("received_on",), ("pence",)),
    PublicKind("pupils.counted", "The number of pupils on record changed"),
    PublicKind("terms.changed", "How the organisation is invoiced changed"),
)
publish_kinds(*KINDS)
