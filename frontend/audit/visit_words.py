"""What events of visits say in a sentence."""

WORDS: dict[str, str] = {
    "visit.submitted": "Visit {subject} was written up and sent to the school",
    "visit.queried": "The school queried visit {subject}",
    "visit.answered": "The provider stood by the record of visit {subject}",
    "visit.amended": "The provider changed the record of visit {subject} and sent it again",
    "visit.agreed": "Visit {subject} was agreed",
    "visit.taken": "Nobody answered visit {subject} in time, so it was taken as agreed",
    "visit.reminded": "The school was reminded of visit {subject}",
    "visit.given_back": "Money was given back for visit {subject}",
}
