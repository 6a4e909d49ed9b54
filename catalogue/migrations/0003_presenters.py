"""Who presents a course date."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_schema_guards")]
    operations: list[object] = []
