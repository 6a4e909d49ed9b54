"""Events about purses and about what customers ask to be done with their agreements, in users' words."""

WORDS: dict[str, str] = {
    "purse.opened": "Purse {subject} was opened",
    "purse.paid_in": "A member paid into purse {subject}",
    "purse.limit_set": "What a member may draw from purse {subject} was set",
    "purse.paid": "Purse {subject} paid an invoice",
    "purse.returned": "What was credited went back into purse {subject}",
    "agreement.change_asked": "A customer asked for a change of agreement {subject}",
    "agreement.change_granted": "What a customer asked of agreement {subject} was granted",
    "agreement.change_refused": "What a customer asked of agreement {subject} was refused",
    "agreement.change_withdrawn": "A customer took back what it asked of agreement {subject}",
}
OF_ITS_PAGE: dict[str, str] = {
    "purse.opened": "Opened, to be paid in by all together",
    "purse.paid_in": "Paid in by a member",
    "purse.limit_set": "What a member may draw set",
    "purse.paid": "Paid an invoice",
    "purse.returned": "Credited, back in the purse",
    "agreement.change_asked": "Pause or end asked for",
    "agreement.change_granted": "Granted what was asked for",
    "agreement.change_refused": "Refused what was asked for",
    "agreement.change_withdrawn": "Taken back what was asked for",
}
"""The same on the page of the purse or the agreement itself, for its timeline."""
