"""Every kind of event in users' words: one sentence each, of which {subject} is the number or name that people know.

Where the subject is only a row's number inside the platform, the sentence leaves it out.
"""

from marketplace.core.models import Event

WORDS: dict[str, str] = {
    # Buying
    "order.placed": "Order {subject} was placed",
    "order.approval_asked": "Approval of order {subject} was asked for",
    "order.approval_reminded": "A reminder to decide on order {subject} was sent",
    "order.approval_link_asked": "A new link to decide on order {subject} was asked for",
    "order.approval_interest": "An interest in order {subject} was declared",
    "order.approval_passed_on": "Order {subject} was said to be for somebody else to decide",
    "order.approval_withdrawn": "Order {subject} was withdrawn before anybody decided",
    "order.approval_expired": "Nobody decided on order {subject} in time",
    "order.approved": "Order {subject} was approved",
    "order.declined": "Order {subject} was not approved",
    "order.purchase_order": "The purchase order of order {subject} was given",
    "booking.cancelled": "A place on a course was cancelled",
    "booking.delegate_changed": "Who comes to a course was named or changed",
    "booking.needs_given": "What somebody needs at a course was given",
    "booking.needs_seen": "What somebody needs at a course was looked at",
    "membership.set": "The membership of {subject} was set",
    # Invoicing
    "charge.made": "Something was ordered and priced, to be invoiced",
    "charge.amended": "An item to invoice was changed",
    "charge.reduced": "An item to invoice was reduced",
    "invoice.issued": "Invoice {subject} was issued",
    "credit_note.issued": "Credit note {subject} was issued",
    "income.released": "Deferred income up to {subject} became income",
    "income.used": "Something prepaid was used and became income",
    "income.verified": "Something invoiced ahead was verified and became income",
    "income.taken_over": "Deferred income was taken over from the books kept before",
    "receipt.recorded": "Money received was recorded",
    "receipt.reversed": "Money received was taken back",
    "write_off.made": "Some of invoice {subject} was written off",
    "refund.made": "Money on account was refunded",
    "refund.paid": "A refund left the bank",
    "money.carried": "Money on account was carried to another customer",
    "prepared.sent": "Something with money was sent to a second person for approval",
    "prepared.approved": "What was prepared was approved and done",
    "prepared.sent_back": "What was prepared was sent back",
    "prepared.withdrawn": "What was prepared was withdrawn",
    "finance_limit.set": "How much one person may do alone was set",
    "invoice.tax_point_reached": "The VAT of an instalment of invoice {subject} fell due",
    "allocation.made": "Money was set against an invoice",
    "allocation.undone": "Money set against an invoice was put back on account",
    "purchase_order.asked": "{subject} was asked for its missing purchase orders",
    "terms.changed": "How {subject} is invoiced was changed",
    "vat_rule.added": "A VAT rule was added",
    "vat_rule.ended": "A VAT rule was given an end",
    "vat_rule.taken_out": "A VAT rule that nothing had used was taken out",
    "vat_facts.set": "How {subject} stands with regard to VAT was recorded",
    "query.opened": "Query {subject} of an invoice was asked",
    "query.answered": "Query {subject} was answered by finance",
    "query.asked_again": "Query {subject} was asked again",
    "query.resolved": "Query {subject} was resolved",
    "reminder.sent": "A payment reminder was sent",
    "reminder_level.changed": "Level {subject} of payment reminders was changed",
    "reminders.paused": "Reminders to {subject} were paused",
    "reminders.resumed": "The pause of reminders to {subject} was ended",
    "late_payment.set": "Whether interest is claimed was decided from {subject} on",
    "late_payment.claimed": "Interest on a late payment was claimed",
    "reference_rate.loaded": "The reference rate of the half-year from {subject} was loaded",
    # Journals, purchases and the opening position
    "journal.prepared": "Journal {subject} was prepared",
    "journal.changed": "Journal {subject} was changed",
    "journal.submitted": "Journal {subject} was handed in for approval",
    "journal.approved": "Journal {subject} was approved and posted",
    "journal.sent_back": "Journal {subject} was sent back",
    "journal.reversed": "Journal {subject} was taken back on its day",
    "purchase.entered": "Purchase {subject} was entered",
    "purchase.changed": "Purchase {subject} was changed",
    "purchase.approved": "Purchase {subject} was approved and posted",
    "purchase.sent_back": "Purchase {subject} was sent back",
    "purchase.cancelled": "Purchase {subject} was cancelled",
    "purchase.paid": "A payment of purchase {subject} was recorded",
    "purchase.payment_undone": "A payment of purchase {subject} was taken back",
    "recovery_rate.set": "The share of VAT that comes back from {subject} was set",
    "opening.submitted": "Opening position {subject} was handed in for approval",
    "opening.approved": "Opening position {subject} was approved and taken over",
    "opening.sent_back": "Opening position {subject} was sent back",
    # Bank
    "bank_statement.imported": "A bank statement was imported",
    "bank_line.matched": "A bank line was matched",
    "bank_line.other": "A bank line was posted to another account",
    "bank_line.unidentified": "A bank line was set aside as an unidentified receipt",
    "bank_line.ignored": "A bank line was kept out of the ledger",
    "bank_line.undone": "The match of a bank line was undone",
    "bank_account.added": "Bank account {subject} was added",
    # Catalogue and providers
    "offer.added": "Offer {subject} was added",
    "offer.published": "Offer {subject} was published",
    "offer.withdrawn": "Offer {subject} was withdrawn",
    "price.added": "A price of offer {subject} was added",
    "price.ended": "A price of offer {subject} was given an end",
    "run.added": "Course date {subject} was added",
    "provider.added": "Provider {subject} was added",
    # People and organisations
    "organisation.added": "Organisation {subject} was added",
    "organisation.address_changed": "A shared e-mail address of {subject} was changed",
    "authority.added": "Local authority {subject} was added",
    "trust.added": "Trust {subject} was added",
    "school.added": "School {subject} was added",
    "school.joined_trust": "School {subject} joined a trust",
    "school.billing_class_decided": "How school {subject} is billed was decided",
    "pupils.counted": "The pupil count of school {subject} was entered",
    "register.imported": "The register of schools was imported",
    "person.added": "A person was added",
    "role.given": "A role was given",
    "approval_rule.set": "Who must approve orders of {subject} was set",
    "approval_rule.ended": "A rule who must approve orders of {subject} ended",
    "deputy.named": "A deputy for approvals was named",
    "deputy.ended": "A deputy's time ended",
    # The platform itself
    "api_token.created": "A token for programs was made",
    "api_token.revoked": "A token for programs was revoked",
    "file.stored": "A file was stored",
    "file.seen": "A file was opened",
    "job.started": "A job was started",
    "job.cancel_asked": "A job was asked to stop",
    "job.continued": "A stopped job went on",
    "job.finished": "A job ended",
    "message.preferences_changed": "Which messages a person gets was changed",
    "message.sent_again": "A message was sent again",
    "webhook.added": "A webhook was added",
    "webhook.changed": "A webhook was changed",
    "webhook.deleted": "A webhook was removed",
    "webhook.secret_changed": "The secret of a webhook was changed",
    "webhook.switched_off": "A webhook was switched off",
    "webhook.switched_on": "A webhook was switched on again",
    "webhook.tested": "A webhook was tested",
    "webhook.sent_again": "A message to a webhook was sent again",
    "log.anchored": "Seal {subject} was told to the auditors as its day's anchor",
    "event.text_erased": "What was written in event {subject} was erased",
    "demonstration.built": "The demonstration was built",
}


def sentence(event: Event) -> str:
    """What happened, in one sentence. An unknown kind is named as it is stored rather than hidden."""
    words = WORDS.get(event.kind)
    if words is None:
        return f"{event.kind} of {event.subject_kind} {event.subject}"
    return words.format(subject=event.subject)


def kind_in_words(kind: str) -> str:
    """A kind of event for a list of choices: the sentence without the number."""
    words = WORDS.get(kind, kind)
    return " ".join(words.replace("{subject}", "…").split())
