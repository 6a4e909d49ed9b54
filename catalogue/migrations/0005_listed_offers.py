import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from catalogue.guards import LISTED, OFFER_TRIGGERS
from marketplace.core import triggers

_FILL = """
INSERT INTO catalogue_tagset (tags)
SELECT themes::varchar[] FROM catalogue_offer WHERE state = 'published'
UNION SELECT phases::varchar[] FROM catalogue_offer WHERE state = 'published';
INSERT INTO catalogue_listedoffer (offer_id, provider_id, themes_id, phases_id, kind,
    last_face_to_face, last_online, last_hybrid, title, title_words, words)
SELECT o.id, o.provider_id, t.id, p.id, o.kind,
    o.last_face_to_face, o.last_online, o.last_hybrid, o.title, o.title_words, o.search
FROM catalogue_offer o
JOIN catalogue_tagset t ON t.tags = o.themes::varchar[]
JOIN catalogue_tagset p ON p.tags = o.phases::varchar[]
WHERE o.state = 'published'
"""


def install(apps, schema_editor):
    triggers.install(schema_editor.connection, [LISTED], OFFER_TRIGGERS)


def remove(apps, schema_editor):
    """Without the table an offer could not be saved."""
    schema_editor.execute("DROP TRIGGER catalogue_offer_listed ON catalogue_offer")


class Migration(migrations.Migration):

    dependencies = [
        ("catalogue", "0004_vat_by_rule"),
        ('providers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='TagSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='ListedOffer',
            fields=[
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='listed', serialize=False, to='catalogue.offer')),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.provider')),
                ('themes', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalogue.tagset')),
                ('phases', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalogue.tagset')),
                ('kind', models.CharField(max_length=8)),
                ('last_face_to_face', models.DateTimeField(editable=False, null=True)),
                ('last_online', models.DateTimeField(editable=False, null=True)),
                ('last_hybrid', models.DateTimeField(editable=False, null=True)),
                ('title', models.CharField(max_length=120)),
                ('title_words', django.contrib.postgres.search.SearchVectorField()),
                ('words', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(fields=['words'], name='listed_words'),
                    django.contrib.postgres.indexes.GinIndex(fields=['title_words'], name='listed_title_words'),
                    models.Index(fields=['title', 'offer'], name='listed_title'),
                    models.Index(fields=['offer'], include=('provider', 'themes', 'phases', 'kind', 'last_face_to_face', 'last_online', 'last_hybrid'), name='listed_facets'),
                ],
            },
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name='offer', name='offer_search'),
        migrations.RemoveIndex(model_name='offer', name='offer_title_words'),
        migrations.RemoveIndex(model_name='offer', name='offer_state_title'),
        migrations.RemoveIndex(model_name='offer', name='offer_facets'),
        migrations.RemoveField(model_name='offer', name='search'),
        migrations.RemoveField(model_name='offer', name='title_words'),
        migrations.RunPython(install, remove),
    ]
