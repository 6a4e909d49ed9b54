"""Events of consultants' rates and calendars in users' words."""

WORDS: dict[str, str] = {
    "rate.proposed": "Rates were proposed, {subject}",
    "rate.countered": "Other rates were proposed instead, {subject}",
    "rate.agreed": "Rates were agreed, {subject}",
    "rate.withdrawn": "Negotiation {subject} of rates ended without an agreement",
    "consultant.absence_added": "Time away was added to the calendar of {subject}",
    "consultant.absence_removed": "Time away in the calendar of {subject} was given back",
    "review.opened": "Round {subject} of peer review was opened",
    "review.day_recorded": "Days of peer review were recorded in round {subject}",
    "review.settled": "Round {subject} of peer review was settled",
    "support.recorded": "Support {subject} was written in the register",
    "run.presenters_named": "Who presents {subject} was named",
}
