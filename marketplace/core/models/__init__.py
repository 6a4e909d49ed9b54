"""Models of the core: the bare login, number series, the event log."""

from marketplace.core.models.events import Event
from marketplace.core.models.series import NumberSeries
from marketplace.core.models.user import User

__all__ = ["Event", "NumberSeries", "User"]
