import json
import re
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.core.log_check import LogReport, verify_log


class Command(BaseCommand):
    help = "Checks every event, seal, link and anchor of the log; exits 1 with what does not hold."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="DAY=HASH",
            help="a hash kept outside, as 2027-03-31=5f1c…; may be given several times",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_log(anchors=dict(map(_anchor, options["anchor"])))
        if options["json"]:
            rows = [broken._asdict() for broken in report.broken]
            self.stdout.write(json.dumps({"ok": report.ok, **asdict(report), "broken": rows}, indent=2))
        else:
            self._tell(report, bool(options["anchor"]))
        if not report.ok:
            raise SystemExit(1)

    def _tell(self, report: LogReport, anchored: bool) -> None:
        for broken in report.broken:
            self.stdout.write(f"BROKEN {broken.code}: {broken.sentence}")
        self.stdout.write(
            f"{report.events:,} events in {report.seals:,} seals, {report.waiting:,} waiting; {report.texts:,} texts, "
            f"{report.erased:,} erased; {report.anchors:,} anchors."
        )
        if not report.ok:
            self.stderr.write(f"The log does not hold: {report.found:,} things are not as they were written.")
        elif anchored:
            self.stdout.write(f"The log holds, up to seal {report.last_seal}: {report.last_hash}")
        else:
            self.stdout.write(f"The log holds in itself, up to seal {report.last_seal}: {report.last_hash}")
            self.stdout.write("Give an anchor that was kept elsewhere to know that nothing was cut off or sealed anew.")


def _anchor(told: str) -> tuple[date, str]:
    day, _, hash_ = told.partition("=")
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise CommandError(f"--anchor {told}: write it as 2027-03-31=HASH.") from None
    if not re.fullmatch(r"[0-9a-fA-F]{64}", hash_):
        raise CommandError(f"--anchor {told}: the hash must be 64 hexadecimal digits.")
    return found, hash_
