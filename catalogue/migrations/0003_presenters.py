"""Who presents a course date."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_schema_guards"), ("providers", "0002_consultants")]
    operations = [
        migrations.CreateModel(
            name="CourseRunPresenter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presenters",
                        to="catalogue.courserun",
                    ),
                ),
                (
                    "consultant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="presenting",
                        to="providers.consultant",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("run", "consultant"), name="presenter_once")],
            },
        ),
    ]
