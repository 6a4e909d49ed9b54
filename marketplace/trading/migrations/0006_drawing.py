"""What draws on a subscription."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("trading", "0005_visits")]
    operations: list[object] = []
