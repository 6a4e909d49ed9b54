"""Events of the service desk in users' words."""

WORDS = {
    "ticket.opened": "Ticket {subject} was opened: a school asked for help",
    "ticket.answered": "Our service desk answered ticket {subject}",
    "ticket.school_asked": "Our service desk asked the school about ticket {subject}; the clock stands",
    "ticket.written": "The school wrote about ticket {subject}",
    "ticket.assigned": "Ticket {subject} was given to somebody of the service desk",
    "ticket.resolved": "Ticket {subject} was resolved",
    "ticket.closed": "Ticket {subject} was closed",
    "ticket.reopened": "Ticket {subject} was opened again",
    "ticket.promise_missed": "What was promised for ticket {subject} was not done in time",
    "ticket.erased": "What was written in ticket {subject} was erased, its time was over",
    "service_credit.proposed": "A service credit for ticket {subject} was proposed",
    "service_credit.approved": "The service credit for ticket {subject} was given back",
    "service_credit.waived": "Nothing comes back for ticket {subject}: the service credit was not given",
    "desk_hours.set": "Hours and promises of the service desk from {subject} on were set",
}
