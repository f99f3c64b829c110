-- One row per service, source and kind of thing that its numbers stand on: the source of its
-- deployments, those of its incidents, and those of its and its repository's changes and commits.
--
-- grain: service, source, thing
--   service            Service.
--   source             Source.
--   thing              deployments, incidents, changes or commits.

with told as (
    select
        source,
        repository,
        service,
        'changes' as thing,
        coalesce(opened_at, first_commit_at, first_review_at, approved_at, merged_at) as told_at
    from facts.told_changes
    union all
    select
        source,
        repository,
        null as service,
        'commits' as thing,
        committed_at as told_at
    from staging.git__commits
    union all
    select
        source,
        repository,
        null as service,
        'commits' as thing,
        committed_at as told_at
    from staging.files__commits
),

known as (
    select distinct
        told.source,
        told.repository,
        coalesce(aliases.service, told.service) as service,
        told.thing
    from told
    cross join facts.cut as cut
    left join config.aliases as aliases on told.service = aliases.alias
    where told.told_at <= cut.cut_at
)

select
    service,
    deployment_source as source,
    'deployments' as thing
from facts.services
where deployment_source is not null
union
select
    service,
    source,
    'incidents' as thing
from facts.incidents
where service is not null
union
select
    service,
    incident_source as source,
    'incidents' as thing
from config.services
where incident_source is not null
union
select
    services.service,
    known.source,
    known.thing
from facts.services as services
inner join known on services.repository = known.repository
union
select
    service,
    source,
    thing
from known
where service is not null
