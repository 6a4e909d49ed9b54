"""Events of what is claimed under contracts that pay on outcomes, and of deciding on it, in users' words."""

WORDS: dict[str, str] = {
    "outcome_item.evidence_added": "Evidence was added to a return under contract {subject}",
    "outcome_item.evidence_taken_off": "Evidence was taken off a return under contract {subject}",
    "outcome_item.submitted": "A return under contract {subject} was sent to be verified",
    "outcome_item.withdrawn": "A return under contract {subject} was taken back before anybody decided",
    "outcome_item.accepted": "A return under contract {subject} was accepted",
    "outcome_item.accepted_part": "Part of a return under contract {subject} was accepted",
    "outcome_item.sent_back": "A return under contract {subject} was sent back with a reason",
    "outcome_item.undone": "A decision on a return under contract {subject} was taken back",
    "outcome_item.not_met": "It was decided that something under contract {subject} was not met",
    "outcome_item.extended": "More time was given for a return under contract {subject}",
    "outcome_item.decision_late": "Nobody decided in time on a return under contract {subject}",
    "outcome_item.due_soon": "A return under contract {subject} falls due soon",
    "outcome_item.sampled": "A return under contract {subject} was drawn for audit",
    "outcome_contract.deputy_named": "Somebody was named to stand in for the lead under contract {subject}",
    "outcome_contract.deputy_ended": "A deputy of the lead under contract {subject} was ended",
}
