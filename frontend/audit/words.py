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
    "receipt.recorded": "Money received was recorded",
    "receipt.reversed": "Money received was taken back",
    "allocation.made": "Money was set against an invoice",
    "allocation.undone": "Money set against an invoice was put back on account",
    "terms.changed": "How {subject} is invoiced was changed",
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
