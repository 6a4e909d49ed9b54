"""Visits and what follows from them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trading", "0004_requests")]
    operations: list[object] = []
