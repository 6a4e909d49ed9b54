"""Purses of clusters, and what draws on a subscription."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0002_schema_guards")]
    operations: list[object] = []
