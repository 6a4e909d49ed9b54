import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0005_waiting_since'),
    ]

    operations = [
        migrations.AlterField(
            model_name='sealedevent',
            name='event',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='sealed', serialize=False, to='core.event'),
        ),
        migrations.AlterField(
            model_name='sealedevent',
            name='seal',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='core.eventseal'),
        ),
    ]
