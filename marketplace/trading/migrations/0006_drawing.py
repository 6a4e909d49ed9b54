"""Members of networks who joined by the level of their subscription."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trading", "0005_visits")]
    operations = [
        migrations.AddField(
            model_name="networkmember",
            name="by_level",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="It joined by its subscription level, and books as long as it has it.",
            ),
        ),
    ]
