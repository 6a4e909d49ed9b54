"""What happened to self-billing agreements and providers' invoices, in words."""

WORDS: dict[str, str] = {
    "self_billed.issued": "Self-billed invoice {subject} was written for a provider",
    "self_billed_credit.issued": "Self-billed credit note {subject} was written for a provider",
    "self_billing.offered": "Self-billing agreement {subject} was offered",
    "self_billing.signed": "Self-billing agreement {subject} was signed",
    "self_billing.ending": "Self-billing agreement {subject} was told to end soon",
    "self_billing.ended": "Self-billing agreement {subject} was ended",
    "self_billing.withdrawn": "Self-billing agreement {subject} was withdrawn unsigned",
    "provider_invoice.received": "A provider's own invoice was received",
    "provider_invoice.matched": "A provider's invoice was put against amounts due",
    "provider_invoice.queried": "A provider was asked about its invoice",
    "provider_invoice.answered": "A provider answered about its invoice",
    "provider_invoice.refused": "A provider's invoice was refused",
    "provider_invoice.agreed": "A provider's invoice was agreed",
    "provider_invoice.claimed_back": "A provider was asked to pay back what its credit note gave back",
    "provider_invoice.claim_withdrawn": "A provider is asked no longer to pay back what its credit note gave back",
    "claim_back.withdrawn": "Repayment request {subject} was withdrawn",
    "claim_back.issued": "Repayment request {subject} was issued",
}
