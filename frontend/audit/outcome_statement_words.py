"""Events of outcome statements, of what is moved between them and taken back, and of heads, in users' words."""

WORDS: dict[str, str] = {
    "outcome_statement.frozen": "A statement of contract {subject} was frozen: what it comes to is owed or charged",
    "outcome_statement.paid": "A statement of contract {subject} was paid",
    "outcome_item.moved": "An amount of contract {subject} was moved to another statement, with the reason",
    "outcome_item.clawed_back": "It was decided to take back what contract {subject} had paid",
    "outcome_contract.retention_released": "What contract {subject} retained was put on a statement to be released",
    "outcome_contract.accrued": "The cost expected of contract {subject} was accrued at a month's end and taken back",
    "outcome_volume.returned": "Heads were returned for a statement of contract {subject}",
    "outcome_volume.accepted": "Heads returned for a statement of contract {subject} were accepted",
    "outcome_volume.rejected": "Heads returned for a statement of contract {subject} were sent back with a reason",
}
