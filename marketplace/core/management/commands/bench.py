import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.core import benchmarks
from marketplace.core.scratch import ScratchRefused


class Command(BaseCommand):
    help = "Measures one thing (or all) in a scratch database, beside its floor."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="which benchmark; all when left out")
        parser.add_argument("--size", type=int)
        parser.add_argument("--json", action="store_true", help="one JSON object a benchmark")

    def handle(self, *args: Any, **options: Any) -> None:
        known = benchmarks.registered()
        if options["name"] and options["name"] not in known:
            raise CommandError(f"No benchmark {options['name']}. There are: {', '.join(sorted(known))}.")
        if options["size"] is not None and options["size"] < 1:
            raise CommandError("Size must be 1 or more.")
        for name in [options["name"]] if options["name"] else sorted(known):
            try:
                result = benchmarks.run(name, options["size"])
            except ScratchRefused as refused:
                raise CommandError(refused.message) from refused
            if options["json"]:
                self.stdout.write(json.dumps(result.as_json()))
            else:
                self.stdout.write(
                    f"{name}: {result.rate:,.0f} {result.unit}/s beside a floor of {result.floor:,.0f} "
                    f"(ratio {result.ratio:.2f}), size {result.size:,} in {result.seconds:.2f} s, "
                    f"peak {result.peak_mb:.0f} MB{_more(result.figures)}"
                )


def _more(figures: dict[str, float]) -> str:
    return "".join(f", {name} {value:,.1f}" for name, value in figures.items())
