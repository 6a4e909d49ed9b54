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
