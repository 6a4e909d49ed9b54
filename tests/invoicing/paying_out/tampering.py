"""How each invariant of paying out is broken by somebody who switched the guards off."""

from collections.abc import Callable

from invoicing.provider_invoices.claim_models import ClaimBack
from invoicing.provider_invoices.claiming_back import claim_back
from invoicing.provider_invoices.withdrawing_claims import withdraw_claim
from marketplace.core.actors import platform
from marketplace.organisations.queries import partnership
from tests.invoicing.paying_out.world import TODAY, Payers, invoiced, overpaid
from tests.invoicing.tampering import after


def _sent() -> None:
    payers = Payers(partnership(), platform("test"), of=" of payments")
    payers.account(payers.ridgeway)
    invoiced(payers.ridgeway, 95_625)
    payers.sent()


def _claimed() -> ClaimBack:
    payers = Payers(partnership(), platform("test"), of=" of claims")
    return claim_back(credit=overpaid(payers, 42_000), reason="No more work", on=TODAY, actor=payers.priya)


def _withdrawn() -> None:
    withdraw_claim(claim=_claimed(), reason="A day is booked", on=TODAY, actor=platform("test"))


_after = after(_sent)
_LINE, _PART, _BATCH = "invoicing_paymentbatchline", "invoicing_paymentbatchpart", "invoicing_paymentbatch"

TAMPERINGS: dict[str, Callable[[], None]] = {
    "payments-on-their-way": _after(f"UPDATE {_LINE} SET state = 'withdrawn'", _LINE),
    "payments-within-invoices": _after(
        f"UPDATE invoicing_providerinvoice SET outstanding_pence = 1 WHERE id IN (SELECT provider_invoice_id FROM {_PART})"
    ),
    "payments-sent-once": _after("UPDATE invoicing_paymentsending SET state = 'failed', reason = 'x'"),
    "payments-by-three-people": _after(f"UPDATE {_BATCH} SET released_by_id = approved_by_id", _BATCH),
    "claims-back-within-credits": after(_claimed)("UPDATE invoicing_claimback SET pence = pence + 1"),
    "claims-withdrawn-once": after(_withdrawn)("UPDATE invoicing_claimwithdrawal SET pence = pence - 1"),
    "payments-as-approved": _after(
        "UPDATE invoicing_payeeaccount SET account_number = '99999999' WHERE id IN"
        f" (SELECT payee_account_id FROM {_LINE})"
    ),
}
