"""Accreditation: applications, evidence, decisions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("providers", "0002_consultants")]
    operations: list[object] = []
