"""manage.py send_messages [--json]"""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.messaging.models import Message
from marketplace.messaging.services import send_waiting


class Command(BaseCommand):
    """Sends the e-mails that are due now, and says how many wait and how many failed."""

    help = "Send the e-mails that are due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        sent = 0
        while now := send_waiting():
            sent += now
        states = Message.State
        waiting = Message.objects.filter(state=states.WAITING).count()
        failed = Message.objects.filter(state__in=[states.FAILED, states.REFUSED]).count()
        if options["json"]:
            self.stdout.write(json.dumps({"sent": sent, "waiting": waiting, "failed": failed}))
        else:
            self.stdout.write(f"{sent} sent, {waiting} waiting, {failed} failed")
