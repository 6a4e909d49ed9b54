import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from marketplace.core.verification import verify


class Command(BaseCommand):
    help = "Recomputes every invariant from scratch in plain SQL; exits 1 when one does not hold."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(verify())
        broken = [finding for finding in findings if finding.violations]
        if options["json"]:
            rows = [
                {
                    "invariant": f.invariant.number,
                    "name": f.invariant.name,
                    "checked": f.checked,
                    "violations": f.violations,
                }
                for f in findings
            ]
            self.stdout.write(json.dumps({"ok": not broken, "invariants": rows}, indent=2))
        else:
            for finding in findings:
                mark = "BROKEN" if finding.violations else "holds"
                invariant = finding.invariant
                self.stdout.write(
                    f"{invariant.number:>2} {invariant.name:<32} {mark:<6} {finding.checked:>9,} rows  {invariant.claim}"
                )
                for violation in finding.violations:
                    self.stdout.write(f"     {violation}")
        if broken:
            names = ", ".join(f"{f.invariant.number} {f.invariant.name}" for f in broken)
            self.stderr.write(f"The ledger does not hold: {names}.")
            raise SystemExit(1)
        if not options["json"]:
            self.stdout.write(f"All {len(findings)} checks hold.")
