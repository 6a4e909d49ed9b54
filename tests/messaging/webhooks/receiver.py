"""A customer's program that is told by webhook: it verifies, writes down the id, and only then says yes.

As a process of its own: ``python -m tests.messaging.webhooks.receiver PORT SECRET FILE`` appends a line for each
webhook whose signature holds; one whose signature does not is answered by 400 and written down as refused.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Quiet(BaseHTTPRequestHandler):
    """Reads the request; ``heard`` says what to do with it."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.heard(body)

    def heard(self, body: bytes) -> None:
        raise NotImplementedError

    def say(self, status: int, text: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Tests print what matters."""


@dataclass
class Heard:
    """What a receiver in a thread of the test was sent, and what it answers: a status, or a way of behaving."""

    url: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: int | Callable[[Quiet], None] = 204

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]


@contextmanager
def receiving(path: str = "/hook") -> Iterator[Heard]:
    """A receiver on a free port of this machine."""
    heard = Heard()

    class Handler(Quiet):
        def heard(self, body: bytes) -> None:
            heard.requests.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if callable(heard.answer):
                heard.answer(self)
            else:
                self.say(heard.answer, b"thank you")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    heard.url = f"http://127.0.0.1:{server.server_port}{path}"
    try:
        yield heard
    finally:
        server.shutdown()
        server.server_close()


def serve(port: int, secret: str, file: Path) -> None:
    """For ever, until it is killed."""
    webhook = Webhook(secret)

    class Handler(Quiet):
        def heard(self, body: bytes) -> None:
            try:
                webhook.verify(body, dict(self.headers.items()))
            except WebhookVerificationError:
                _write(file, "refused")
                self.say(400)
            else:
                _write(file, self.headers["webhook-id"])
                time.sleep(0.01)  # a receiver that is killed here has heard it, and is told again
                self.say(204)

    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def _write(file: Path, line: str) -> None:
    with file.open("a") as log:
        log.write(f"{line}\n")


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
