"""The tables of catalogue, as one step. It replaces the steps by which they came about, which an older database has taken."""

import catalogue.models.offers
import catalogue.models.runs
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import uuid
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('catalogue', '0001_initial'), ('catalogue', '0002_guards'), ('catalogue', '0003_search_at_scale'), ('catalogue', '0004_vat_by_rule'), ('catalogue', '0005_listed_offers'), ('catalogue', '0006_sold_by'), ('catalogue', '0007_meetings'), ('catalogue', '0008_prices'), ('catalogue', '0009_offers'), ('catalogue', '0010_resources'), ('catalogue', '0011_finding'), ('catalogue', '0012_runs')]

    initial = True

    dependencies = [
        ('core', '0001_schema'),
        ('organisations', '0001_schema'),
        ('providers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('person', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='calendar_feed', serialize=False, to='organisations.person')),
                ('key', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PushedStatistic',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('pushed_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('word', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('offers', models.PositiveIntegerField(help_text='In how many published offers it stands.')),
            ],
        ),
        migrations.CreateModel(
            name='TagSet',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tags', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='BudgetCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sold', models.CharField(max_length=80)),
                ('cfr_code', models.CharField(max_length=6)),
                ('aar_code', models.CharField(max_length=8)),
                ('for_kind', models.CharField(blank=True, choices=[('course', 'Course'), ('consultancy', 'Consultancy'), ('service', 'Service'), ('resource', 'Resource'), ('deal', 'Group deal')], max_length=11)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
            ],
            options={
                'ordering': ['sold', 'valid_from'],
                'constraints': [models.UniqueConstraint(fields=('sold', 'valid_from'), name='budget_code_once'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='budget_code_dates')],
            },
        ),
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(blank=True, max_length=200)),
                ('kind', models.CharField(blank=True, max_length=11)),
                ('theme', models.CharField(blank=True, max_length=60)),
                ('phase', models.CharField(blank=True, max_length=60)),
                ('provider', models.CharField(blank=True, max_length=60)),
                ('mode', models.CharField(blank=True, max_length=60)),
                ('by_email', models.BooleanField(default=True)),
                ('saved_at', models.DateTimeField()),
                ('told_at', models.DateTimeField()),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to='organisations.person')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('by_email', True)), fields=['told_at'], name='saved_search_to_tell')],
                'constraints': [models.UniqueConstraint(fields=('person', 'text', 'kind', 'theme', 'phase', 'provider', 'mode'), name='saved_search_once')],
            },
        ),
        migrations.CreateModel(
            name='Offer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('kind', models.CharField(choices=[('course', 'Course'), ('consultancy', 'Consultancy'), ('service', 'Service'), ('resource', 'Resource'), ('deal', 'Group deal')], max_length=11)),
                ('title', models.CharField(max_length=120)),
                ('summary', models.CharField(blank=True, max_length=300)),
                ('description', models.TextField(blank=True)),
                ('themes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('phases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('evidence', models.CharField(choices=[('none', 'Not rated'), ('emerging', 'Emerging'), ('moderate', 'Moderate'), ('strong', 'Strong')], default='none', max_length=8)),
                ('evidence_url', models.URLField(blank=True, max_length=300)),
                ('audience', models.CharField(choices=[('schools', 'Schools'), ('exhibitors', 'Exhibitors and sponsors')], default='schools', max_length=10)),
                ('signposted_url', models.URLField(blank=True, max_length=300)),
                ('list_price_pence', models.BigIntegerField(blank=True, help_text='What a group deal costs without it.', null=True)),
                ('who_may_join', models.CharField(blank=True, max_length=200)),
                ('deal_from', models.DateField(blank=True, null=True)),
                ('deal_to', models.DateField(blank=True, null=True)),
                ('keywords', models.CharField(blank=True, max_length=600)),
                ('cfr_code', models.CharField(max_length=6)),
                ('aar_code', models.CharField(blank=True, max_length=8)),
                ('supply_kind', models.CharField(choices=[('training', 'Training'), ('consultancy', 'Consultancy'), ('goods', 'Goods'), ('printed', 'Printed books and e-books'), ('secondment', 'Seconded teacher'), ('other', 'Other services')], max_length=11)),
                ('vat_category', models.CharField(blank=True, choices=[('S', 'Standard rate'), ('Z', 'Zero rated'), ('E', 'Exempt'), ('O', 'Outside the scope of VAT')], max_length=1)),
                ('vat_reason', models.CharField(blank=True, max_length=200)),
                ('account_code', models.CharField(max_length=10)),
                ('stream_code', models.CharField(max_length=4)),
                ('term_months', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('cancellation', models.JSONField(default=catalogue.models.offers.default_policy)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('submitted', 'With us to look at'), ('changes_asked', 'Changes asked for'), ('published', 'Published'), ('withdrawn', 'Withdrawn')], default='draft', max_length=13)),
                ('last_face_to_face', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_online', models.DateTimeField(blank=True, editable=False, null=True)),
                ('last_hybrid', models.DateTimeField(blank=True, editable=False, null=True)),
                ('of_event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='packages', to='catalogue.offer')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='providers.provider')),
                ('sold_by', models.ForeignKey(blank=True, help_text='Another legal supplier, in whose name the partnership sells it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.organisation')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['themes'], name='offer_themes'), django.contrib.postgres.indexes.GinIndex(fields=['phases'], name='offer_phases'), models.Index(fields=['state', 'kind', 'title'], name='offer_state_kind_title'), models.Index(fields=['last_face_to_face'], name='offer_last_face_to_face'), models.Index(fields=['last_online'], name='offer_last_online'), models.Index(fields=['last_hybrid'], name='offer_last_hybrid')],
                'constraints': [models.CheckConstraint(condition=models.Q(('vat_category', 'S'), models.Q(('vat_category', ''), ('vat_reason', '')), models.Q(models.Q(('vat_category', ''), _negated=True), models.Q(('vat_reason', ''), _negated=True)), _connector='OR'), name='offer_vat_reason'), models.CheckConstraint(condition=models.Q(('term_months__isnull', True), models.Q(('term_months__gte', 1), ('term_months__lte', 60), models.Q(('kind', 'course'), _negated=True)), _connector='OR'), name='offer_term_sensible'), models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='offer_has_title'), models.CheckConstraint(condition=models.Q(models.Q(('audience', 'schools'), ('of_event__isnull', True)), models.Q(('audience', 'exhibitors'), ('of_event__isnull', False)), _connector='OR'), name='offer_package_of_event'), models.CheckConstraint(condition=models.Q(('signposted_url', ''), models.Q(('audience', 'schools'), ('kind', 'course')), _connector='OR'), name='offer_signposted_event'), models.CheckConstraint(condition=models.Q(('deal_to__isnull', True), ('deal_to__gt', models.F('deal_from')), _connector='OR'), name='offer_deal_dates'), models.CheckConstraint(condition=models.Q(('list_price_pence__isnull', True), ('list_price_pence__gt', 0), _connector='OR'), name='offer_list_price_positive'), models.CheckConstraint(condition=models.Q(('evidence', 'none'), models.Q(('evidence_url', ''), _negated=True), _connector='OR'), name='offer_evidence_linked')],
            },
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='resource', serialize=False, to='catalogue.offer')),
                ('form', models.CharField(choices=[('download', 'Download, bought once'), ('printed', 'Printed, sent by post'), ('licence', 'Licence for a term, renewed')], max_length=8)),
                ('scope', models.CharField(choices=[('school', 'The school that orders it'), ('trust', 'Every school of its trust')], default='school', max_length=6)),
                ('royalty', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=5)),
                ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='written_resources', to='organisations.organisation')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('author__isnull', True), ('royalty', 0)), models.Q(('author__isnull', False), ('royalty__gt', 0), ('royalty__lte', 1)), _connector='OR'), name='resource_royalty_has_author')],
            },
        ),
        migrations.CreateModel(
            name='CourseRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('mode', models.CharField(choices=[('face_to_face', 'Face to face'), ('online', 'Online'), ('hybrid', 'Face to face or online')], max_length=12)),
                ('venue', models.CharField(blank=True, max_length=120)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('capacity', models.PositiveIntegerField()),
                ('taken', models.PositiveIntegerField(default=0)),
                ('min_numbers', models.PositiveIntegerField(blank=True, null=True)),
                ('confirmed_on', models.DateField(blank=True, null=True)),
                ('decide_by', models.DateField(blank=True, null=True)),
                ('cancelled_on', models.DateField(blank=True, null=True)),
                ('free_cancelling_until', models.DateField(blank=True, help_text='The organiser moved it: until this day every place may be cancelled free.', null=True)),
                ('joining', models.TextField(blank=True)),
                ('joining_link', models.URLField(blank=True, max_length=300)),
                ('joining_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), db_default=[7, 1], default=catalogue.models.runs.days_of_joining, size=None)),
                ('confirms_itself', models.BooleanField(db_default=False, default=False)),
                ('sequence', models.PositiveIntegerField(db_default=0, default=0)),
                ('state', models.CharField(choices=[('open', 'Open'), ('cancelled', 'Cancelled')], default='open', max_length=9)),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='catalogue.offer')),
            ],
            options={
                'indexes': [models.Index(fields=['offer', 'starts_at'], name='run_offer_starts'), models.Index(fields=['starts_at', 'id'], name='run_starts')],
                'constraints': [models.CheckConstraint(condition=models.Q(('taken__gte', 0), ('taken__lte', models.F('capacity'))), name='run_within_capacity'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='run_ends_after_start'), models.CheckConstraint(condition=models.Q(('cancelled_on__isnull', True), ('state', 'cancelled'), _connector='OR'), name='run_cancelled_if_dated')],
            },
        ),
        migrations.CreateModel(
            name='BoughtTogether',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('schools', models.PositiveIntegerField()),
                ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='bought_with', to='catalogue.offer')),
                ('other', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.offer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('offer', 'other'), name='bought_together_once'), models.CheckConstraint(condition=models.Q(('schools__gte', 5)), name='bought_together_not_of_few'), models.CheckConstraint(condition=models.Q(('offer', models.F('other')), _negated=True), name='bought_together_with_another')],
            },
        ),
        migrations.CreateModel(
            name='OfferAsk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=1000)),
                ('asked_on', models.DateField()),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisations.person')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='asks', to='catalogue.offer')),
            ],
            options={
                'ordering': ['offer_id', '-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='offer_ask_says_something')],
            },
        ),
        migrations.CreateModel(
            name='OfferDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField()),
                ('state', models.CharField(choices=[('draft', 'Being changed'), ('submitted', 'With us to look at'), ('changes_asked', 'Changes asked for')], default='draft', max_length=13)),
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='draft', to='catalogue.offer')),
            ],
        ),
        migrations.CreateModel(
            name='OfferLevel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20)),
                ('title', models.CharField(max_length=60)),
                ('included', models.CharField(max_length=600)),
                ('position', models.PositiveSmallIntegerField()),
                ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='levels', to='catalogue.offer')),
            ],
            options={
                'ordering': ['offer_id', 'position'],
                'constraints': [models.UniqueConstraint(fields=('offer', 'code'), name='level_once'), models.UniqueConstraint(fields=('offer', 'position'), name='level_position_once')],
            },
        ),
        migrations.CreateModel(
            name='OfferVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('published_on', models.DateField(db_default=django.db.models.functions.datetime.TruncDate(django.db.models.functions.datetime.Now()))),
                ('content', models.JSONField()),
                ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='catalogue.offer')),
            ],
            options={
                'ordering': ['offer_id', 'number'],
                'constraints': [models.UniqueConstraint(fields=('offer', 'number'), name='offer_version_once'), models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='offer_version_from_one')],
            },
        ),
        migrations.CreateModel(
            name='Rating',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('score', models.PositiveSmallIntegerField()),
                ('given_on', models.DateField()),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ratings', to='catalogue.offer')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('score__gte', 1), ('score__lte', 5)), name='rating_from_1_to_5')],
            },
        ),
        migrations.CreateModel(
            name='ListedOffer',
            fields=[
                ('offer', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='listed', serialize=False, to='catalogue.offer')),
                ('kind', models.CharField(max_length=11)),
                ('last_face_to_face', models.DateTimeField(editable=False, null=True)),
                ('last_online', models.DateTimeField(editable=False, null=True)),
                ('last_hybrid', models.DateTimeField(editable=False, null=True)),
                ('title', models.CharField(max_length=120)),
                ('title_words', django.contrib.postgres.search.SearchVectorField()),
                ('words', django.contrib.postgres.search.SearchVectorField()),
                ('phases', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalogue.tagset')),
                ('provider', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='providers.provider')),
                ('themes', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='catalogue.tagset')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='listed_words'), django.contrib.postgres.indexes.GinIndex(fields=['title_words'], name='listed_title_words'), models.Index(fields=['title', 'offer'], name='listed_title'), models.Index(fields=['offer'], include=('provider', 'themes', 'phases', 'kind', 'last_face_to_face', 'last_online', 'last_hybrid'), name='listed_facets')],
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
            },
        ),
        migrations.CreateModel(
            name='Favourite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('added_at', models.DateTimeField()),
                ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to='organisations.person')),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='catalogue.offer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('person', 'offer'), name='favourite_once')],
            },
        ),
        migrations.CreateModel(
            name='Meeting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField()),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField()),
                ('venue', models.CharField(blank=True, max_length=120)),
                ('run', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='meetings', to='catalogue.courserun')),
            ],
            options={
                'ordering': ['run_id', 'position'],
                'indexes': [models.Index(fields=['starts_at'], name='meeting_starts')],
                'constraints': [models.UniqueConstraint(fields=('run', 'position'), name='meeting_once'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='meeting_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='PlaceTaking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('places', models.PositiveIntegerField()),
                ('released', models.PositiveIntegerField(default=0)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='takings', to='catalogue.courserun')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('places__gt', 0), ('released__gte', 0), ('released__lte', models.F('places'))), name='taking_released_within')],
            },
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run_key', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('run_id', models.Value(0, output_field=models.BigIntegerField())), help_text='The run, or 0 for all runs: a key of the exclusion constraint must not be empty.', output_field=models.BigIntegerField())),
                ('price_class', models.PositiveSmallIntegerField(choices=[(0, 'everybody'), (1, 'member'), (2, 'associate'), (3, 'non-member'), (4, 'out-of-area'), (5, 'LA-funded')])),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('rule', models.JSONField()),
                ('pinned', models.BooleanField(default=False)),
                ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='catalogue.offer')),
                ('run', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='catalogue.courserun')),
            ],
            options={
                'indexes': [models.Index(fields=['offer', 'valid_from'], name='price_offer_from')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('offer_id'), models.F('offer_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('run_key'), models.F('run_key'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('price_class'), models.F('price_class'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='price_no_overlap'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='price_dates'), models.CheckConstraint(condition=models.Q(('price_class__lte', 5)), name='price_class_known')],
            },
        ),
        migrations.CreateModel(
            name='RunCost',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('venue', 'Venue'), ('speaker', 'Speaker'), ('catering', 'Catering'), ('other', 'Other')], max_length=8)),
                ('description', models.CharField(blank=True, max_length=120)),
                ('pence', models.BigIntegerField()),
                ('by_day', models.BooleanField(default=False)),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='costs', to='catalogue.courserun')),
            ],
            options={
                'ordering': ['run_id', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('pence__gt', 0)), name='run_cost_positive')],
            },
        ),
        migrations.CreateModel(
            name='ResourceFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('version', models.PositiveIntegerField()),
                ('added_on', models.DateField()),
                ('ended_on', models.DateField(null=True)),
                ('stored', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.storedfile')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='catalogue.resource')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('resource', 'title', 'version'), name='resource_file_version_once'), models.UniqueConstraint(condition=models.Q(('ended_on__isnull', True)), fields=('resource', 'title'), name='resource_file_one_current'), models.CheckConstraint(condition=models.Q(('version__gte', 1), models.Q(('title', ''), _negated=True)), name='resource_file_has_title')],
            },
        ),
        migrations.AddField(
            model_name='Offer',
            name='current_version',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.offerversion'),
        ),
    ]
