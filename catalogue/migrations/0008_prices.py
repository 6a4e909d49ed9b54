"""Price classes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0007_meetings"),
        ("invoicing", "0021_payables"),
        ("organisations", "0005_cost_centre"),
    ]
    operations = []
