"""The real site with the demonstration, in a process and a database of its own, for tests that look at pages."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = Path("/usr/bin/chromium")
LAUNCH = {
    "executable_path": str(CHROMIUM),
    "args": ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage", "--disable-gpu"],
}


@dataclass(frozen=True)
class Shown:
    """One example of a page: its URL name, who looks, in which state, where, and what is posted to get there."""

    name: str
    role: str
    state: str
    path: str
    post: dict[str, str] | None
    finds: str

    @property
    def title(self) -> str:
        return re.sub(r"[^a-z0-9-]+", "-", f"{self.name}-{self.state}-{self.role}".lower())


class Site:
    """``manage.py demo`` on a free port, built anew in a VAR_DIR of its own: what stood there before is removed."""

    def __init__(self, var_dir: Path, *arguments: str) -> None:
        self.var_dir = var_dir
        self.arguments = arguments
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "VAR_DIR": str(var_dir),
            "POSTGRES_FSYNC": "0",
        }
        self.log = var_dir.with_suffix(".log")
        self.cookies: dict[str, Any] = {}  # of those who signed in, by role key, for every browser that comes

    def __enter__(self) -> "Site":
        if self.var_dir.exists():  # left by a run that was ended, or changed by the journeys of the last one
            self._stop_database()
            shutil.rmtree(self.var_dir)
        self.var_dir.mkdir(parents=True)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--port", str(self.port), *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:  # also when somebody ends the tests meanwhile: nothing may be left running
            self.__exit__()
            raise
        return self

    def _wait(self) -> None:
        deadline = time.monotonic() + 600
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/find", timeout=5):
                    return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError(f"The site did not start:\n{self.log.read_text()[-4000:]}")

    def __exit__(self, *exception: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self._stop_database()

    def _stop_database(self) -> None:
        subprocess.run(
            [sys.executable, "-m", "marketplace.core.embedded_postgres", "stop", "--var-dir", str(self.var_dir)],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def manage(self, *arguments: str) -> str:
        """Runs a management command against the site's database and returns what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def examples(self) -> list[Shown]:
        """Every example page of the registry, with addresses of this site's rows."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.examples"],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"The example pages could not be listed: {done.stderr[-2000:]}")
        return [Shown(**row) for row in json.loads(done.stdout)]

    def sign_ins(self) -> dict[str, tuple[str, str]]:
        """E-mail address and password by role key; with real schools those of the few people invented there."""
        from frontend.demonstration.people import PASSWORD, SIGN_INS, real_sign_ins

        people = real_sign_ins("") if "--gias" in self.arguments else SIGN_INS
        return {key: (sign_in.email, PASSWORD) for key, sign_in in people.items()}
