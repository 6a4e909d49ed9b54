import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0004_guards_of_the_log")]
    operations = [
        migrations.AddField(
            model_name="unsealedevent",
            name="since",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
    ]
