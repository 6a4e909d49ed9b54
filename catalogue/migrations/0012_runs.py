"""The life of a course date."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0011_finding"),
    ]
    operations = []
