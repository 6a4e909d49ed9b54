"""Celery's real worker and beat as processes, over an embedded Redis and on the test's database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.invoicing.races.processes import ROOT, database_url

TAKEOVER_SECONDS = 3


class Celery:
    """Starts worker and beat; each is a group of processes, ended or killed as a whole."""

    def __init__(self, redis_url: str, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "JOB_TAKEOVER_SECONDS": str(TAKEOVER_SECONDS),
            "PYTHONPATH": str(ROOT),
            "LOG_LEVEL": "INFO",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def worker(self, name: str) -> "subprocess.Popen[bytes]":
        """A worker with two processes of its own for jobs and duties."""
        return self._start(
            name, "worker", "--queues", "jobs,duties", "--concurrency", "2", "--hostname", f"{name}@test",
            "--without-gossip", "--without-mingle", "--loglevel", "INFO",
        )  # fmt: skip

    def beat(self) -> "subprocess.Popen[bytes]":
        return self._start("beat", "beat", "--schedule", str(self.folder / "schedule"), "--loglevel", "INFO")

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """SIGKILL to the process and all its children at once."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def _start(self, name: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "marketplace", *arguments],
                cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.running.append(process)
        return process

    def stop(self) -> None:
        """Ends whatever still runs."""
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self.kill(process)


def wait(ready: Callable[[], Any], what: str, seconds: float = 90) -> None:
    """Waits until something holds; fails with ``what`` did not happen."""
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)
