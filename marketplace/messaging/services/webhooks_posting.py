"""One request to a customer's program: to the very address that was judged, within ten seconds, following nothing.

Between judging a name and connecting nobody may change what it leads to: the connection is made to the judged address,
while TLS still asks for, and checks, the name.
"""

import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError

from marketplace.core.errors import DomainError
from marketplace.messaging.rules.targets import RESERVED_NAMES, Target, choose_address, read_target

logger = logging.getLogger(__name__)
SECONDS = 10.0  # for connecting, sending and the answer together
RESOLVE_SECONDS = 5.0
READ_BYTES = 2_000  # of an answer, of which ANSWER_SIGNS are kept
ANSWER_SIGNS = 500


@dataclass(frozen=True)
class Answer:
    """What came back: a status, or an error in words when there was none."""

    status: int | None
    text: str = ""
    error: str = ""
    milliseconds: int = 0

    @property
    def accepted(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def resolve(host: str, port: int) -> list[str]:
    """Every address that a name leads to at this moment; none when it does not exist or nobody says so in time."""
    if host.endswith(RESERVED_NAMES):
        return []
    found: list[str] = []

    def ask() -> None:
        try:
            found.extend(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            logger.info("the name %s does not resolve", host)

    asking = threading.Thread(target=ask, daemon=True)  # asking has no time limit of its own
    asking.start()
    asking.join(RESOLVE_SECONDS)
    return list(dict.fromkeys(found))


class _Pinned:
    """Connects to ``address`` whatever the name leads to by now; ``cut`` ends the connection from another thread."""

    address = ""
    guard: socket.socket | None = None
    was_cut = False

    def _new_conn(self: Any) -> socket.socket:
        made = socket.create_connection((self.address, self.port), self.timeout)
        # A second handle on the same connection: TLS takes the first one over.
        self.guard = socket.socket(made.family, made.type, made.proto, fileno=os.dup(made.fileno()))
        return made

    def cut(self) -> None:
        self.was_cut = True
        if self.guard is not None:
            try:
                self.guard.shutdown(socket.SHUT_RDWR)
            except OSError:
                logger.info("a webhook's connection was closed already")


class _PinnedHTTP(_Pinned, HTTPConnection):
    """For hosts that the operator allows."""


class _PinnedHTTPS(_Pinned, HTTPSConnection):
    """With the certificate checked against the name."""


def post(
    *, url: str, body: bytes, headers: Mapping[str, str], private_hosts: Collection[str], seconds: float = SECONDS
) -> Answer:
    """Sends one request. Whatever goes wrong is told by the answer; nothing is raised."""
    begun = time.monotonic()
    try:
        target = read_target(url, private_hosts=private_hosts)
        address = choose_address(resolve(target.host, target.port), target)
        answer = _post_to(target, address, body, headers, seconds)
    except DomainError as error:
        answer = Answer(None, error=error.message)
    return Answer(answer.status, answer.text, answer.error[:300], int((time.monotonic() - begun) * 1000))


def _post_to(target: Target, address: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    connection = _connection(target, address, seconds)
    # A limit for the whole: a receiver that sends a byte now and then would outlast any limit on single reads.
    watchdog = threading.Timer(seconds, connection.cut)
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers), preload_content=False)
        response = connection.getresponse()
        return Answer(response.status, _text_of(response), _redirect_words(response.status))
    except Exception as error:
        return Answer(None, error=_words(error, late=connection.was_cut, seconds=seconds))
    finally:
        watchdog.cancel()
        connection.close()
        if connection.guard is not None:
            connection.guard.close()


def _connection(target: Target, address: str, seconds: float) -> _PinnedHTTP | _PinnedHTTPS:
    made: _PinnedHTTP | _PinnedHTTPS
    if target.scheme == "https":
        made = _PinnedHTTPS(target.host, target.port, timeout=seconds, ssl_context=ssl.create_default_context())
    else:
        made = _PinnedHTTP(target.host, target.port, timeout=seconds)
    made.address = address
    return made


def _text_of(response: Any) -> str:
    """The beginning of the answer, as text that can be kept. A body that breaks off does not undo the status."""
    try:
        data = response.read(READ_BYTES, decode_content=False)
    except Exception as error:
        return f"(the answer broke off: {type(error).__name__})"
    return "".join(sign for sign in data.decode(errors="replace") if sign.isprintable() or sign == "\n")[:ANSWER_SIGNS]


def _redirect_words(status: int) -> str:
    return "It answered with a redirect, which is not followed. Give the final address." if 300 <= status < 400 else ""


def _words(error: Exception, *, late: bool, seconds: float) -> str:
    if late or isinstance(error, TimeoutError | ConnectTimeoutError | ReadTimeoutError):
        return f"No whole answer within {seconds:g} seconds"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"Its certificate was refused: {error.verify_message}"
    if isinstance(error, ConnectionRefusedError):
        return "Nothing listens at that address"
    return f"The connection failed: {type(error).__name__}"
