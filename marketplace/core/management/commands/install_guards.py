from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from marketplace.core import triggers


class Command(BaseCommand):
    help = "Puts every declared database guard (trigger and function) in place and says what was not."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        before = triggers.differences(connection)
        with transaction.atomic():
            triggers.install(connection, triggers.declared_functions(), triggers.declared_triggers())
            with connection.cursor() as cursor:
                for trigger in triggers.declared_triggers():
                    cursor.execute(f"ALTER TABLE {trigger.table} ENABLE TRIGGER {trigger.name}")
        for sentence in before:
            self.stdout.write(f"mended: {sentence}")
        self.stdout.write(f"guards in place: {len(triggers.declared_triggers())} triggers")
