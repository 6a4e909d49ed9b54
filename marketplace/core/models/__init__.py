"""Models of the core: the bare login and its tokens, number series, the event log, jobs, private files."""

from marketplace.core.models.access import ApiToken, IdempotentRequest, StoredFile
from marketplace.core.models.events import (
    Delivery,
    Event,
    EventAnchor,
    EventSeal,
    EventText,
    SealedEvent,
    UnsealedEvent,
)
from marketplace.core.models.jobs import Job
from marketplace.core.models.series import NumberSeries
from marketplace.core.models.user import User

__all__ = [
    "ApiToken",
    "Delivery",
    "Event",
    "EventAnchor",
    "EventSeal",
    "EventText",
    "IdempotentRequest",
    "Job",
    "NumberSeries",
    "SealedEvent",
    "StoredFile",
    "UnsealedEvent",
    "User",
]
