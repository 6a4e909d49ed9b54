"""Events about how services are agreed and the terms accepted with them, in users' words."""

WORDS: dict[str, str] = {
    "service_terms.set": "How {subject} is agreed for a term was set",
    "promises.set": "What {subject} promises was set",
    "terms.drafted": "A draft of terms of service {subject} was kept",
    "terms.published": "Terms of service {subject} were published",
    "terms.accepted": "Terms of service were accepted for agreement {subject}",
}
