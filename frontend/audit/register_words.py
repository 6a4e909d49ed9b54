"""What events of a school's contract register say in a sentence."""

WORDS: dict[str, str] = {
    "outside_contract.added": "A contract with another supplier was entered as {subject}",
    "outside_contract.changed": "Contract {subject} with another supplier was changed",
    "outside_contract.ended": "Contract {subject} with another supplier ended",
    "outside_contract.decided": "What happens at the end of contract {subject} was noted",
    "outside_contract.notice_near": "The notice date of contract {subject} came near",
    "outside_contract.document_added": "A document was added to contract {subject}",
    "outside_contract.document_taken_off": "A document of contract {subject} was taken off",
    "quote_rule.set": "{subject} set its own rule for quotes",
}
