import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

from catalogue.guards import LAST_DATES, RUN_TRIGGERS
from marketplace.core import triggers

_FILL = """
UPDATE catalogue_offer o
SET last_face_to_face = d.face_to_face, last_online = d.online, last_hybrid = d.hybrid
FROM (
    SELECT offer_id,
           max(starts_at) FILTER (WHERE mode = 'face_to_face') AS face_to_face,
           max(starts_at) FILTER (WHERE mode = 'online') AS online,
           max(starts_at) FILTER (WHERE mode = 'hybrid') AS hybrid
    FROM catalogue_courserun WHERE state = 'open' GROUP BY offer_id
) d
WHERE o.id = d.offer_id
"""


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, [LAST_DATES], RUN_TRIGGERS)


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_guards'),
        ('providers', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='offer',
            name='last_face_to_face',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='offer',
            name='last_hybrid',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='offer',
            name='last_online',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='offer',
            name='title_words',
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.SearchVector('title', config='english'), help_text='The title alone: offers that say a word there are found first, without ranking all others.', output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=django.contrib.postgres.indexes.GinIndex(fields=['title_words'], name='offer_title_words'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(fields=['state', 'title', 'id'], name='offer_state_title'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(fields=['last_face_to_face'], name='offer_last_face_to_face'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(fields=['last_online'], name='offer_last_online'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(fields=['last_hybrid'], name='offer_last_hybrid'),
        ),
        migrations.AddIndex(
            model_name='offer',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['id'], include=('provider', 'kind', 'themes', 'phases', 'last_face_to_face', 'last_online', 'last_hybrid', 'state'), name='offer_facets'),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
