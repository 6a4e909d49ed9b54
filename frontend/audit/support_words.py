"""Events about support plans and matched funding, in users' words."""

WORDS: dict[str, str] = {
    "support_plan.drafted": "Support plan {subject} was drawn up",
    "support_plan.agreed": "The school agreed support plan {subject}",
    "support_plan.reviewed": "A review of support plan {subject} was written up",
    "support_plan.withdrawn": "Support plan {subject} was taken back",
    "support_plan.ended": "Support plan {subject} ended with its term",
    "matched_scheme.opened": "Scheme {subject} that matches funding was opened",
    "matched_promise.made": "Matched funding was promised under contract {subject}",
    "matched_promise.released": "What contract {subject} did not come to went back to its scheme",
}

# The same beside the plan, scheme or contract itself, where its number need not be said.
BESIDE: dict[str, str] = {
    "support_plan.drafted": "Drawn up",
    "support_plan.agreed": "Agreed by the school",
    "support_plan.reviewed": "Review written up",
    "support_plan.withdrawn": "Taken back",
    "support_plan.ended": "Ended with its term",
    "matched_scheme.opened": "Opened",
    "matched_promise.made": "Matched funding promised",
    "matched_promise.released": "What it did not come to went back to its scheme",
}
