"""Cancellation policies and waivers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0006_delegates"),
        ("catalogue", "0012_runs"),
        ("subscriptions", "0002_allowances"),
    ]
    operations = []
