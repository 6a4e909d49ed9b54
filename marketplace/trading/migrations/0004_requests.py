"""Requests to consultants and their quotes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trading", "0003_engagements")]
    operations: list[object] = []
