-- One row per service, repository or name of one whose deployments are in no number.
--
-- grain: kind, service, subject
--   kind               What is wrong; seeds.finding_kinds says what it does.
--   service            Service that it touches; null where none is known.
--   subject            The row in question.
--   detail             What was found.
--   metrics            Metrics that it touches; null where its kind says so.
--   remedy             How to mend it; null where its kind says so.

with hosted as (
    select
        deployments.source,
        deployments.repository,
        coalesce(repositories.full_name, deployments.repository) as full_name,
        deployments.told_by,
        count(*) as told_count
    from facts.told_deployments as deployments
    left join staging.hosts__repositories as repositories
        on
            deployments.source = repositories.source
            and deployments.repository = repositories.repository
    cross join facts.cut as cut
    where deployments.service is null and deployments.born_at <= cut.cut_at
    group by
        deployments.source, deployments.repository, repositories.full_name, deployments.told_by
),

named as (
    select
        deployments.source,
        deployments.service,
        coalesce(aliases.service, deployments.service) as meant,
        count(*) as told_count
    from facts.told_deployments as deployments
    left join config.aliases as aliases on deployments.service = aliases.alias
    cross join facts.cut as cut
    where deployments.service is not null and deployments.born_at <= cut.cut_at
    group by deployments.source, deployments.service, coalesce(aliases.service, deployments.service)
)

select
    'service without a deployment' as kind,
    services.service,
    services.service as subject,
    'no production deployment is known' as detail,
    cast(null as text) as metrics,
    cast(null as text) as remedy
from facts.services as services
left join facts.rollouts as rollouts on services.service = rollouts.service
where rollouts.service is null
union all
select
    'deployments of no service' as kind,
    named.service,
    concat(named.source, ': ', named.service) as subject,
    concat(named.told_count, ' deployments') as detail,
    null as metrics,
    concat('Add the service, or to one that is there: `aliases: [', named.service, ']`') as remedy
from named
left join facts.services as services on named.meant = services.service
where services.service is null
union all
select
    'second source of deployments' as kind,
    services.service,
    concat(named.source, ': ', named.service) as subject,
    concat(named.told_count, ' deployments') as detail,
    null as metrics,
    null as remedy
from named
inner join facts.services as services
    on named.meant = services.service and named.source <> services.deployment_source
union all
select
    'second source of deployments' as kind,
    services.service,
    concat(hosted.source, ': ', hosted.repository) as subject,
    string_agg(concat(hosted.told_count, ' ', hosted.told_by), ', ' order by hosted.told_by)
        as detail,
    null as metrics,
    null as remedy
from hosted
inner join facts.services as services
    on hosted.repository = services.repository and hosted.source <> services.deployment_source
group by services.service, hosted.source, hosted.repository
union all
select
    'repository of no service' as kind,
    cast(null as text) as service,
    concat(hosted.source, ': ', hosted.full_name) as subject,
    string_agg(concat(hosted.told_count, ' ', hosted.told_by), ', ' order by hosted.told_by)
        as detail,
    null as metrics,
    concat('Add a service with repository: ', hosted.full_name) as remedy
from hosted
left join facts.services as services on hosted.repository = services.repository
where services.service is null
group by hosted.source, hosted.full_name
union all
select distinct
    'repository is gone' as kind,
    services.service,
    repositories.full_name as subject,
    'its host lists it no more' as detail,
    null as metrics,
    null as remedy
from facts.services as services
inner join staging.hosts__repositories as repositories
    on services.repository = repositories.repository
where repositories.is_gone and services.retired_on is null
