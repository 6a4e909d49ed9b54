"""The demonstration's server and worker end with the command that started it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError

from frontend.management.commands import demo

START = subprocess.Popen


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Starts ``program`` (a line of Python) where the command would start the web server, and a sleeper as worker."""
    given: dict[str, Any] = {"program": "import time; time.sleep(60)"}
    sleeper = given["program"]

    def start(command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        name = "worker" if "work" in command else "server"
        given[f"{name} command"] = command
        given[name] = START([sys.executable, "-c", given["program"] if name == "server" else sleeper], **options)
        return given[name]

    monkeypatch.setattr(demo.subprocess, "Popen", start)
    return given


@pytest.fixture
def heard() -> Iterator[None]:
    """Ctrl-C is heard as at a terminal: whoever runs the tests in the background has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ctrl_c_and_being_ended_stop_the_server_once(started: dict[str, Any], number: signal.Signals) -> None:
    before = signal.getsignal(signal.SIGTERM)
    threading.Timer(0.5, os.kill, (os.getpid(), number)).start()
    out = StringIO()
    demo.Command(stdout=out)._serve(8123)
    assert started["server"].poll() == started["worker"].poll() == -signal.SIGTERM
    assert out.getvalue().splitlines() == ["Serving http://127.0.0.1:8123/ until you press Ctrl-C", "Stopped"]
    assert signal.getsignal(signal.SIGTERM) is before
    assert "127.0.0.1:8123" in started["server command"]
    assert started["worker command"][1:] == ["manage.py", "work", "--parent", str(os.getpid()), "--quiet"]


def test_a_server_that_cannot_start_is_said(started: dict[str, Any]) -> None:
    started["program"] = "raise SystemExit(1)"
    with pytest.raises(CommandError, match="Is port 8123 in use"):
        demo.Command(stdout=StringIO())._serve(8123)
    assert started["worker"].poll() == -signal.SIGTERM
