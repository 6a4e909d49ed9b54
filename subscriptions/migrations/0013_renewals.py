import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0012_register")]

    operations = [
        migrations.CreateModel(
            name="RenewalReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("8_weeks", "Eight weeks before the last day for notice"),
                            ("2_weeks", "Two weeks before the last day for notice"),
                            ("end", "Two weeks before the end"),
                        ],
                        max_length=7,
                    ),
                ),
                ("sent_on", models.DateField()),
                (
                    "agreement",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="renewal_reminders",
                        to="subscriptions.agreement",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "kind"), name="renewal_reminder_once"),
                ],
            },
        ),
    ]
