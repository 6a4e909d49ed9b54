"""Rates: proposals, counter-proposals and what was agreed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("providers", "0003_accreditation")]
    operations: list[object] = []
