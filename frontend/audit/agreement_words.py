"""Events of what is agreed for a term, in users' words."""

WORDS: dict[str, str] = {
    "agreement.made": "Agreement {subject} was made",
    "agreement.offered": "Agreement {subject} was offered",
    "agreement.accepted": "Agreement {subject} was accepted",
    "agreement.declined": "Agreement {subject} was declined",
    "agreement.withdrawn": "The offer of agreement {subject} was taken back",
    "agreement.on_paper": "Where the paper of agreement {subject} is found was recorded",
    "agreement.changed": "What agreement {subject} includes was changed",
    "agreement.suspended": "Agreement {subject} was paused",
    "agreement.resumed": "Agreement {subject} went on after its pause",
    "agreement.notice_given": "Notice for agreement {subject} was given",
    "agreement.reminded": "A reminder of the end of agreement {subject} was sent",
    "agreement.ended": "Agreement {subject} was ended before its term",
    "agreement.over": "The term of agreement {subject} was over",
}
