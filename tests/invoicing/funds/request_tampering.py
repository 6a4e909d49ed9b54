"""How each invariant of payment requests is broken by someone who switched the guards off."""

from collections.abc import Callable

from invoicing.documents.models import Document
from invoicing.services import request_payment
from marketplace.core.actors import platform
from marketplace.organisations.models import Organisation
from tests.invoicing.books import run_sql
from tests.invoicing.tampering import drop_constraints


def _after(statement: str) -> Callable[[], None]:
    """Makes a request with the guards on, then tampers with them off."""

    def tamper() -> None:
        run_sql("SET LOCAL session_replication_role = DEFAULT")
        invoice = Document.objects.filter(kind="invoice", items__outstanding_pence__gt=100).earliest("pk")
        others = Organisation.objects.exclude(kind=Organisation.Kind.PARTNERSHIP).exclude(pk=invoice.customer_id)
        request_payment(
            invoice=invoice, funder=others.earliest("pk"), pence=100, reason="Half", on=invoice.issued_on,
            actor=platform("test"),
        )  # fmt: skip
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        run_sql("SET LOCAL session_replication_role = replica")
        drop_constraints("invoicing_paymentrequest")
        assert run_sql(statement) >= 1, f"Nothing was tampered with by: {statement}"

    return tamper


REQUESTS: dict[str, Callable[[], None]] = {
    "payment-requests-within-invoices": _after("UPDATE invoicing_paymentrequest SET pence = 1000000000"),
    "payment-request-numbers-gapless": _after("UPDATE invoicing_paymentrequest SET number = 'PRQ-000009x'"),
}
