"""What the event log says about paying providers."""

WORDS = {
    "payee_account.asked": "A bank account to pay a provider into was asked for",
    "payee_account.confirmed": "A bank account to pay a provider into was confirmed",
    "payee_account.refused": "A bank account to pay a provider into was refused",
    "payee_account.seen": "The whole number of a provider's bank account was looked at",
    "payment_hold.placed": "Payments to a provider were held",
    "payment_hold.lifted": "Payments to a provider are no longer held",
    "payment_batch.prepared": "Payment batch {subject} was prepared",
    "payment_batch.approved": "Payment batch {subject} was approved and frozen",
    "payment_batch.withdrawn": "Payment batch {subject} was withdrawn",
    "payment_batch.sent": "Payment batch {subject} was released",
    "payment_batch.not_known": "It was not known whether the bank took payment batch {subject}",
    "payment_batch.found_sent": "The bank took payment batch {subject} after all",
    "payment_batch.failed": "The bank did not take the file of payment batch {subject}",
    "payment_file.seen": "The file of payment batch {subject} was downloaded",
    "payment.left": "A payment to a provider left the bank",
    "payment.not_left": "That a payment to a provider left the bank was undone",
    "payment.rejected": "The bank rejected a payment to a provider",
    "releaser.appointed": "Somebody outside finance was named to release payment batches",
}
