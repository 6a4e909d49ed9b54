"""Ratings, what is bought together, list prices for sorting, and what a person keeps."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("catalogue", "0010_resources"),
        ("organisations", "0005_cost_centre"),
    ]

    operations = [
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='catalogue.offer')),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('score', models.PositiveSmallIntegerField()),
                ('given_on', models.DateField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='rating_from_1_to_5')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='OfferRating',
            fields=[
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='rated', serialize=False, to='catalogue.offer')),
                ('people', models.PositiveIntegerField()),
                ('points', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('people__gte', 1), ('points__gte', models.F('people')), ('points__lte', django.db.models.expressions.CombinedExpression(models.F('people'), '*', models.Value(5)))), name='offer_rating_adds_up')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='BoughtTogether',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='bought_with', to='catalogue.offer')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.offer')),
                ('schools', models.PositiveIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('offer', 'other'), name='bought_together_once'), models.CheckConstraint(condition=models.Q(('schools__gte', 5)), name='bought_together_not_of_few'), models.CheckConstraint(condition=models.Q(('offer', models.F('other')), _negated=True), name='bought_together_with_another')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='ListPrice',
            fields=[
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='list_price', serialize=False, to='catalogue.offer')),
                ('pence', models.BigIntegerField(null=True)),
                ('worked_on', models.DateField(db_index=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('pence__isnull', True), ('pence__gte', 0), _connector='OR'), name='list_price_sane')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='PushedStatistic',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('pushed_on', models.DateField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to='organisations.person')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.offer')),
                ('added_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'offer'), name='favourite_once')],
                'indexes': [],
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to='organisations.person')),
                ('text', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(blank=True, max_length=11)),
                ('theme', models.CharField(blank=True, max_length=60)),
                ('phase', models.CharField(blank=True, max_length=60)),
                ('provider', models.CharField(blank=True, max_length=60)),
                ('mode', models.CharField(blank=True, max_length=60)),
                ('by_email', models.BooleanField(default=True)),
                ('saved_at', models.DateTimeField()),
                ('told_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('by_email', True)), fields=['told_at'], name='saved_search_to_tell')],
                'constraints': [models.UniqueConstraint(fields=('person', 'text', 'kind', 'theme', 'phase', 'provider', 'mode'), name='saved_search_once')],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='calendar_feed', serialize=False, to='organisations.person')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('made_at', models.DateTimeField()),
            ],
            options={
                'indexes': [],
                'constraints': [],
            },
        ),
    ]

