"""Mail servers that fail on purpose. ``SAID`` is what the next ones do: an error to raise, or None to take it."""

import smtplib
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SAID: list[Exception | None] = []
TAKEN: list[EmailMessage] = []
TRIED: list[str] = []

NO_SUCH_MAILBOX = smtplib.SMTPRecipientsRefused({"sam@oakfield.example": (550, b"5.1.1 no such mailbox")})
MAILBOX_FULL = smtplib.SMTPRecipientsRefused({"sam@oakfield.example": (452, b"4.2.2 mailbox full")})
TOO_BIG = smtplib.SMTPDataError(552, b"5.3.4 message too big")
BUSY = smtplib.SMTPDataError(451, b"4.3.0 try again")
HANGS = TimeoutError("timed out")
REFUSES = ConnectionRefusedError(111, "Connection refused")
BREAKS_OFF = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
WRONG_PASSWORD = smtplib.SMTPAuthenticationError(535, b"5.7.8 wrong password")


class Backend(BaseEmailBackend):
    """Takes a message or fails as told."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            mail.message().as_bytes()
            TRIED.append(mail.to[0])
            error = SAID.pop(0) if SAID else None
            if error is not None:
                raise error
            TAKEN.append(mail)
        return len(email_messages)
