"""manage.py demo [--no-serve] [--port 8000] [--gias FILE --la CODE…]"""

import os
import signal
import subprocess
import sys
from argparse import SUPPRESS, ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from frontend.demonstration.build import FICTIONAL, Built, build, build_real
from frontend.demonstration.partners import BANK_CODE
from frontend.demonstration.people import PASSWORD
from marketplace.core.actors import platform
from marketplace.core.errors import DomainError

_WORKERS = 2
_STOP_SECONDS = 20


class Command(BaseCommand):
    """Migrates, builds the demonstration where it is not built yet, prints who can sign in, and serves the site."""

    help = "Build the demonstration (once) and serve it on this machine."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="build only")
        parser.add_argument("--port", type=int, default=8000, help="where to serve (8000)")
        parser.add_argument("--gias", metavar="FILE", type=Path, help="load real schools from the register's file")
        parser.add_argument(
            "--la", metavar="CODE", nargs="+", action="extend", default=[], help="only schools of these LA codes"
        )
        parser.add_argument("--on", type=date.fromisoformat, default=None, help=SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError(
                "This site is not a demonstration: its settings say so. Set DEMONSTRATION=true on a database that may be filled."
            )
        if not 1 <= options["port"] <= 65_535:
            raise CommandError("--port must be from 1 to 65535.")
        if "SITE_URL" not in os.environ:  # links in e-mails lead to this very site, also those that the worker writes
            os.environ["SITE_URL"] = settings.SITE_URL = f"http://127.0.0.1:{options['port']}"
        call_command("migrate", verbosity=0, interactive=False)
        built = self._build(options)
        self._print(built)
        if not options["no_serve"]:
            self._serve(options["port"])

    def _build(self, options: dict[str, Any]) -> Built:
        on = options["on"] or timezone.localdate()
        actor = platform("demonstration")
        name = settings.PARTNERSHIP_NAME
        codes = [code for given in options["la"] for code in given.split(",") if code]
        try:
            if options["gias"]:
                built = build_real(
                    name=name, on=on, file=options["gias"], codes=codes, actor=actor, say=self.stdout.write
                )
            elif codes:
                raise CommandError("--la chooses from a file of the register. Name it: --gias FILE.")
            else:
                built = build(name=name, on=on, actor=actor, say=self.stdout.write)
        except DomainError as error:
            raise CommandError(error.message) from error
        if built.now:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        return built

    def _print(self, built: Built) -> None:
        what = "of the fictional area of Tidewell" if built.area == FICTIONAL else "with real schools and no trading"
        when = "is built" if built.now else "was built before"
        self.stdout.write(f"The demonstration {what} {when} for {built.on:%-d %B %Y}.")
        self.stdout.write(f"Sign in with one of these and the password {PASSWORD}")
        rows = [(s.email, s.role, s.organisation or settings.PARTNERSHIP_NAME) for s in built.sign_ins.values()]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        for email, role, organisation in rows:
            self.stdout.write(f"  {email:{widths[0]}}  {role:{widths[1]}}  {organisation}")
        self.stdout.write(
            f"Bank account {BANK_CODE}. For a bank file that pays: manage.py demo_statement --bank lloyds --output FILE"
        )

    def _serve(self, port: int) -> None:
        """Runs the web server and a worker until they are stopped, by Ctrl-C or by ending this command."""
        self.stdout.write(f"Serving http://127.0.0.1:{port}/ until you press Ctrl-C")
        self.stdout.flush()
        connection.close()
        bind = f"127.0.0.1:{port}"
        server = _started("-m", "gunicorn", "marketplace.wsgi", "--workers", str(_WORKERS), "--bind", bind,
                          "--log-level", "warning")  # fmt: skip
        worker = _started("manage.py", "work", "--parent", str(os.getpid()), "--quiet")
        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            code = server.wait()
        except KeyboardInterrupt:
            self._stop(server, worker)
            self.stdout.write("Stopped")
            return
        finally:
            signal.signal(signal.SIGTERM, before)
        self._stop(worker)
        if code:
            raise CommandError(f"The web server ended by itself. Is port {port} in use? Choose another with --port.")

    def _stop(self, *processes: "subprocess.Popen[bytes]") -> None:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _started(*arguments: str) -> "subprocess.Popen[bytes]":
    """A Python process in a session of its own: Ctrl-C reaches this command alone, which then stops it once."""
    return subprocess.Popen([sys.executable, *arguments], cwd=settings.BASE_DIR, start_new_session=True)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
