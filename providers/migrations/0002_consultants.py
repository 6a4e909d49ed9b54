import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0005_cost_centre'),
        ('providers', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Consultant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=60, unique=True)),
                ('name', models.CharField(max_length=120)),
                ('grade', models.CharField(default='Consultant', max_length=40)),
                ('summary', models.CharField(blank=True, max_length=300)),
                ('biography', models.TextField(blank=True)),
                ('themes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, size=None)),
                ('phases', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), blank=True, default=list, size=None)),
                ('published', models.BooleanField(default=False)),
                ('joined_on', models.DateField()),
                ('left_on', models.DateField(blank=True, null=True)),
                ('home_school', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='seconded_consultants', to='organisations.organisation')),
                ('person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consultancies', to='organisations.person')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consultants', to='providers.provider')),
            ],
            options={
                'indexes': [models.Index(fields=['published', 'name'], name='consultant_published')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('person__isnull', False)), fields=('provider', 'person'), name='consultant_once_a_provider'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('grade', ''), _negated=True)), name='consultant_has_name'), models.CheckConstraint(condition=models.Q(('left_on__isnull', True), ('left_on__gt', models.F('joined_on')), _connector='OR'), name='consultant_dates')],
            },
        ),
        migrations.CreateModel(
            name='Rate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('unit', models.CharField(choices=[('day', 'Day'), ('half_day', 'Half day'), ('twilight', 'Twilight'), ('hour', 'Hour')], max_length=8)),
                ('audience', models.CharField(choices=[('member', 'Members'), ('other', 'Other schools')], max_length=6)),
                ('sell_pence', models.BigIntegerField()),
                ('buy_pence', models.BigIntegerField()),
                ('brokerage', models.CharField(choices=[('inclusive', 'A share of the price'), ('additive', 'A share on top'), ('fixed', 'A fixed sum on top')], max_length=9)),
                ('share', models.DecimalField(decimal_places=5, default=0, max_digits=6)),
                ('fixed_pence', models.BigIntegerField(default=0)),
                ('mileage_pence', models.BigIntegerField(default=0)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(null=True)),
                ('used_on', models.DateField(null=True)),
                ('consultant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rates', to='providers.consultant')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('consultant_id'), models.F('consultant_id'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(models.F('unit'), function='hashtext'), models.Func(models.F('unit'), function='hashtext'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.Func(models.F('audience'), function='hashtext'), models.Func(models.F('audience'), function='hashtext'), models.Value('[]'), function='int8range'), '&&'), (models.Func(models.F('valid_from'), models.F('valid_to'), models.Value('[)'), function='daterange', output_field=django.contrib.postgres.fields.ranges.DateRangeField()), '&&')], name='rate_no_overlap'), models.CheckConstraint(condition=models.Q(('buy_pence__gt', 0), ('buy_pence__lte', models.F('sell_pence')), ('mileage_pence__gte', 0), ('sell_pence__gt', 0)), name='rate_margin_not_negative'), models.CheckConstraint(condition=models.Q(('fixed_pence__gte', 0), ('share__gte', 0), ('share__lt', 1)), name='rate_brokerage_sensible'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='rate_dates')],
            },
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('visit', 'Visit'), ('course', 'Course'), ('absence', 'Not available')], max_length=7)),
                ('during', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('source_key', models.CharField(max_length=120, unique=True)),
                ('label', models.CharField(max_length=160)),
                ('consultant', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='slots', to='providers.consultant')),
            ],
            options={
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[(models.Func(models.F('consultant_id'), models.F('consultant_id'), models.Value('[]'), function='int8range'), '&&'), ('during', '&&')], name='slot_no_overlap'), models.CheckConstraint(condition=models.Q(('during__isempty', False), ('during__lower_inf', False), ('during__upper_inf', False), models.Q(('source_key', ''), _negated=True)), name='slot_bounded')],
            },
        ),
    ]
