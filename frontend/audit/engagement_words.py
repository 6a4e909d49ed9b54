"""What events of requests to consultants and of their bookings say in a sentence."""

WORDS: dict[str, str] = {
    "request.sent": "Request {subject} was sent to consultants",
    "request.quoted": "A quote for request {subject} was given",
    "request.declined": "A consultant declined request {subject}",
    "request.accepted": "A quote for request {subject} was accepted",
    "request.withdrawn": "Request {subject} was withdrawn",
    "request.lapsed": "Request {subject} ran out without an answer",
    "engagement.agreed": "Consultant booking {subject} was agreed",
    "engagement.purchase_order": "The purchase order of consultant booking {subject} was given",
    "engagement.determined": "How the consultant of booking {subject} is paid for tax was decided",
    "engagement.date_added": "A date of consultant booking {subject} was planned",
    "engagement.date_moved": "A date of consultant booking {subject} was moved",
    "engagement.date_cancelled": "A date of consultant booking {subject} was cancelled",
    "engagement.date_released": "A leader was released for a date of booking {subject}",
    "engagement.date_refused": "A leader was not released for a date of booking {subject}",
    "engagement.cancelled": "Consultant booking {subject} was cancelled",
}
