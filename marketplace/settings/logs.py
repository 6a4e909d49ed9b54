"""Logs: one JSON object a line through the standard library's logging, so that LOG_LEVEL governs all of them."""

import logging
import re

import structlog

# What follows these paths opens something by itself: a decision, a choice about mail, a new password.
_SECRET = re.compile(r"(/decide/|/messages/stop/|/password/reset/key/)(?!sent|recorded)[^\s\"/?]+")


def configure_logs() -> None:
    """Sends structlog's events to the loggers of the standard library."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


class MaskLinks(logging.Filter):
    """Leaves the secret of a link out of every line: whoever reads the logs must not be able to use it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = _SECRET.sub(r"\1…", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True
