"""The verbs of invoicing that other packages call."""

from invoicing.agency.settling import (
    approve_settlement,
    pay_settlement,
    prepare_settlement,
    withdraw_settlement,
)
from invoicing.closing.audit_file import start_audit_file
from invoicing.closing.closing import (
    ask_to_close,
    ask_to_reopen,
    close_month,
    reopen_month,
    withdraw_closing,
)
from invoicing.closing.origin_verification import add_origin
from invoicing.council_journals.services import (
    confirm_council_journal,
    prepare_council_journal,
    propose_council_journal,
    record_council_receipt,
    send_council_journal,
    undo_council_receipt,
    withdraw_council_journal,
)
from invoicing.credit_control.services.erasing import erase_query_text
from invoicing.credit_control.services.late import claim_late_payment, load_reference_rate, set_late_payment
from invoicing.credit_control.services.levels import change_level, end_pause, pause_reminders, seed_reminder_levels
from invoicing.credit_control.services.queries import open_query, resolve_query, write_message
from invoicing.credit_control.services.reminders import propose_reminders, send_reminders
from invoicing.documents.issue import issue_documents
from invoicing.funds.payment_requests import request_payment, withdraw_payment_request
from invoicing.funds.services import (
    claim_grant,
    close_fund,
    open_fund,
    receive_grant,
    reopen_fund,
    set_aside,
    spend,
)
from invoicing.funds.shares import share_item
from invoicing.funds.supporting import lower_price, return_support
from invoicing.journals.services import (
    approve_journal,
    approve_opening,
    approve_purchase,
    cancel_purchase,
    change_journal,
    change_purchase,
    check_opening,
    pay_purchase,
    prepare_journal,
    prepare_purchase,
    read_journal_lines,
    reverse_due_journals,
    send_back_journal,
    send_back_opening,
    send_back_purchase,
    set_recovery_rate,
    submit_journal,
    submit_opening,
    undo_purchase_payment,
)
from invoicing.ledger.chart import seed_chart
from invoicing.mandates.granting import end_mandate, grant_mandate
from invoicing.payables.owing import owe, reduce_payable
from invoicing.payables.releasing import release_payables
from invoicing.provider_invoices.withdrawing_claims import prepare_claim_withdrawal, withdraw_claim
from invoicing.receivables.allocation import allocate, allocate_many, undo_allocation
from invoicing.receivables.as_shown import allocate_as_shown
from invoicing.receivables.billing import propose, run_billing
from invoicing.receivables.charges import amend_unbilled, charge
from invoicing.receivables.credit_notes import credit_in_full, credit_invoice, preview_credit
from invoicing.receivables.credits_due import issue_credits_due
from invoicing.receivables.missing_orders import ask_purchase_order
from invoicing.receivables.moving import move_delivery
from invoicing.receivables.prepared_credits import prepare_credit
from invoicing.receivables.receipts import record_receipt, reverse_receipt
from invoicing.receivables.reducing import left_of, reduce
from invoicing.receivables.refunds import carry, pay_refund, prepare_carry, prepare_refund, refund
from invoicing.receivables.write_offs import prepare_write_off, write_off
from invoicing.recognition.deferring import take_over_deferred
from invoicing.recognition.releasing import due_for_release, release_income
from invoicing.recognition.telling import use_deferred, verify_deferred
from invoicing.second_person.limits import set_limit
from invoicing.second_person.preparing import approve, send_back, withdraw
from invoicing.vat.seeding import seed_vat_rules
from invoicing.vat.verbs import add_vat_rule, end_vat_rule, pin_vat_rule, set_vat_facts
from invoicing.vat_returns.verbs import (
    lock_vat_return,
    prepare_vat_return,
    record_vat_return_sent,
    withdraw_vat_return,
)

__all__ = [
    "add_origin",
    "add_vat_rule",
    "allocate",
    "allocate_as_shown",
    "allocate_many",
    "amend_unbilled",
    "approve",
    "approve_journal",
    "approve_opening",
    "approve_purchase",
    "approve_settlement",
    "ask_purchase_order",
    "ask_to_close",
    "ask_to_reopen",
    "cancel_purchase",
    "carry",
    "change_journal",
    "change_level",
    "change_purchase",
    "charge",
    "check_opening",
    "claim_grant",
    "claim_late_payment",
    "close_fund",
    "close_month",
    "confirm_council_journal",
    "credit_in_full",
    "credit_invoice",
    "due_for_release",
    "end_mandate",
    "end_pause",
    "end_vat_rule",
    "erase_query_text",
    "grant_mandate",
    "issue_credits_due",
    "issue_documents",
    "left_of",
    "load_reference_rate",
    "lock_vat_return",
    "lower_price",
    "move_delivery",
    "open_fund",
    "open_query",
    "owe",
    "pause_reminders",
    "pay_purchase",
    "pay_refund",
    "pay_settlement",
    "pin_vat_rule",
    "prepare_carry",
    "prepare_claim_withdrawal",
    "prepare_council_journal",
    "prepare_credit",
    "prepare_journal",
    "prepare_purchase",
    "prepare_refund",
    "prepare_settlement",
    "prepare_vat_return",
    "prepare_write_off",
    "preview_credit",
    "propose",
    "propose_council_journal",
    "propose_reminders",
    "read_journal_lines",
    "receive_grant",
    "record_council_receipt",
    "record_receipt",
    "record_vat_return_sent",
    "reduce",
    "reduce_payable",
    "refund",
    "release_income",
    "release_payables",
    "reopen_fund",
    "reopen_month",
    "request_payment",
    "resolve_query",
    "return_support",
    "reverse_due_journals",
    "reverse_receipt",
    "run_billing",
    "seed_chart",
    "seed_reminder_levels",
    "seed_vat_rules",
    "send_back",
    "send_back_journal",
    "send_back_opening",
    "send_back_purchase",
    "send_council_journal",
    "send_reminders",
    "set_aside",
    "set_late_payment",
    "set_limit",
    "set_recovery_rate",
    "set_vat_facts",
    "share_item",
    "spend",
    "start_audit_file",
    "submit_journal",
    "submit_opening",
    "take_over_deferred",
    "undo_allocation",
    "undo_council_receipt",
    "undo_purchase_payment",
    "use_deferred",
    "verify_deferred",
    "withdraw",
    "withdraw_claim",
    "withdraw_closing",
    "withdraw_council_journal",
    "withdraw_payment_request",
    "withdraw_settlement",
    "withdraw_vat_return",
    "write_message",
    "write_off",
]
