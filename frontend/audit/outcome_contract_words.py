"""Events of contracts that pay on outcomes, their variations and their end, in users' words."""

WORDS: dict[str, str] = {
    "outcome_contract.drafted": "Contract {subject} that pays on outcomes was drawn up",
    "outcome_contract.redrafted": "The draft of contract {subject} was drawn up again",
    "outcome_contract.discarded": "The draft of contract {subject} was discarded",
    "outcome_contract.offered": "Contract {subject} was offered to the other party",
    "outcome_contract.agreed": "The other party agreed contract {subject}: it is in force",
    "outcome_contract.declined": "The other party declined contract {subject}",
    "outcome_contract.terminated": "Contract {subject} was ended early",
    "outcome_contract.ended": "Contract {subject} came to its end",
    "outcome_variation.proposed": "A variation of contract {subject} was proposed",
    "outcome_variation.approved": "One side approved a variation of contract {subject}",
    "outcome_variation.agreed": "Both sides approved a variation of contract {subject}: its terms are agreed",
    "outcome_variation.declined": "A variation of contract {subject} was declined",
    "outcome_variation.withdrawn": "A variation of contract {subject} was withdrawn",
    "outcome_clawback.charged": "What contract {subject} had paid was charged or credited back after its end",
}

# The same beside the contract itself, where its number need not be said.
BESIDE: dict[str, str] = {
    "outcome_contract.drafted": "Drawn up",
    "outcome_contract.redrafted": "Drawn up again",
    "outcome_contract.discarded": "Discarded",
    "outcome_contract.offered": "Offered",
    "outcome_contract.agreed": "Agreed",
    "outcome_contract.declined": "Declined",
    "outcome_contract.terminated": "Ended early",
    "outcome_contract.ended": "Ended",
    "outcome_variation.proposed": "Variation proposed",
    "outcome_variation.approved": "Variation approved by one side",
    "outcome_variation.agreed": "Variation agreed by both sides",
    "outcome_variation.declined": "Variation declined",
    "outcome_variation.withdrawn": "Variation withdrawn",
    "outcome_clawback.charged": "Charged or credited back after the end",
}
