-- One row per thing that a source did not tell, or that was not understood.
--
-- grain: kind, service, subject
--   kind               What is wrong; seeds.finding_kinds says what it does.
--   service            Service that it touches; null where none is known.
--   subject            The row in question.
--   detail             What was found.
--   metrics            Metrics that it touches; null where its kind says so.
--   remedy             How to mend it; null where its kind says so.

with touched as (
    select
        touches.thing,
        touches.metrics
    from (
        values
        ('changes', 'change_lead_time'),
        ('commits', 'change_lead_time'),
        ('incidents', 'change_fail_rate, recovery_time, rework_rate')
    ) as touches (thing, metrics)
)

select
    'rejected row' as kind,
    cast(null as text) as service,
    concat(rejected.source, ': ', rejected.file, ':', rejected.line) as subject,
    trim(concat(
        rejected.column_name, ' ', coalesce(concat('''', rejected.value, ''' '), ''),
        rejected.reason
    )) as detail,
    touched.metrics,
    cast(null as text) as remedy
from staging.files__rejected as rejected
left join touched on split_part(rejected.file, '.', 1) = touched.thing
union all
select
    'source is silent' as kind,
    null as service,
    concat(rhythms.source, ': ', rhythms.thing) as subject,
    concat(
        'none since ', cast(rhythms.last_on as text), ', ', rhythms.silent_days,
        ' days; silent after ', rhythms.limit_days
    ) as detail,
    touched.metrics,
    null as remedy
from marts.source_rhythms as rhythms
left join touched on rhythms.thing = touched.thing
where rhythms.is_silent
union all
select
    'source without a record' as kind,
    null as service,
    sources.source as subject,
    concat('of kind ', sources.kind) as detail,
    null as metrics,
    null as remedy
from config.sources as sources
left join marts.sources as collected on sources.source = collected.source
where collected.source is null
union all
select
    'history is still being read' as kind,
    null as service,
    concat(source, ': ', entity) as subject,
    concat('read back to ', history_since) as detail,
    null as metrics,
    null as remedy
from marts.sources
where history_since is not null
union all
select
    'unknown event' as kind,
    null as service,
    concat(source, ': ', format, ' ', type) as subject,
    concat(event_count, ' events') as detail,
    null as metrics,
    null as remedy
from staging.events__unknown
