"""A membership may be of any price class that a buyer can be of."""

from django.db import migrations, models

CLASSES = [(1, "member"), (2, "associate"), (3, "non-member"), (4, "out-of-area"), (5, "LA-funded")]


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0002_allowances")]
    operations = [
        migrations.AlterField("membership", "price_class", models.PositiveSmallIntegerField(choices=CLASSES)),
        migrations.RemoveConstraint("membership", "membership_class"),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(condition=models.Q(("price_class__in", [1, 2, 3, 4, 5])), name="membership_class"),
        ),
    ]
