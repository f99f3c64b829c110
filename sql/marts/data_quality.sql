-- One row per thing that the data lacks or contradicts, with what it does to which metric.
--
-- grain: kind, service, subject
--   kind               What is wrong.
--   service            Service that it touches; null where none is known.
--   subject            The row in question.
--   detail             What was found.
--   effect             What it does to the numbers.
--   remedy             How to mend it.

with known_repositories as (
    select distinct repository
    from facts.commits
),

hosted as (
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

findings as (
    select
        'rejected row' as kind,
        cast(null as text) as service,
        concat(source, ': ', file, ':', line) as subject,
        trim(concat(column_name, ' ', coalesce(concat('''', value, ''' '), ''), reason)) as detail,
        'The row is in no number.' as effect,
        'Mend the line and refresh.' as remedy
    from staging.files__rejected
    union all
    select
        'unknown commit' as kind,
        records.service,
        records.deployment_id as subject,
        concat('commit ', records.commit_sha, ' is not in ', records.repository) as detail,
        'Its changes wait for a later deployment, so lead times may be too long.' as effect,
        'Fetch the branch that it was built from, or name the right repository.' as remedy
    from facts.deployment_records as records
    inner join known_repositories on records.repository = known_repositories.repository
    left join facts.commits as commits
        on records.repository = commits.repository and records.commit_sha = commits.sha
    where records.is_production and records.commit_sha is not null and commits.sha is null
    union all
    select
        'deployment without a commit' as kind,
        service,
        deployment_id as subject,
        'neither sha nor version is known' as detail,
        'Its changes wait for a later deployment, so lead times may be too long.' as effect,
        'Tell the sha with the deployment.' as remedy
    from facts.deployment_records
    where is_production and status = 'success' and version_key is null
    union all
    select
        'pending change' as kind,
        service,
        change_id as subject,
        concat('merge commit ', merge_sha, ' is not in ', repository) as detail,
        'It has no lead time yet and is not shown as waiting.' as effect,
        'Refresh once the clone has the commit.' as remedy
    from facts.pending_changes
    union all
    select
        case
            when changes.first_commit_at is null and changes.opened_at is null
                then 'change without a start'
            else 'clock runs backwards'
        end as kind,
        carried.service,
        carried.change_id as subject,
        case
            when changes.first_commit_at is null and changes.opened_at is null
                then 'neither first commit nor opening is known'
            else 'the deployment ended before the first commit was authored'
        end as detail,
        'It has no lead time.' as effect,
        case
            when changes.first_commit_at is null and changes.opened_at is null
                then 'Tell first_commit_at or opened_at with the change.'
            else 'Check the clock of the machine that made the commit.'
        end as remedy
    from facts.deployment_changes as carried
    inner join facts.changes as changes
        on carried.service = changes.service and carried.change_id = changes.change_id
    where carried.is_excluded and not carried.is_before_history
    union all
    select distinct
        'incident resolved before it began' as kind,
        service,
        incident_id as subject,
        concat('started ', started_at, ', resolved ', resolved_at) as detail,
        'It ends a failure at once, so recovery looks shorter than it was.' as effect,
        'Mend the times at the source.' as remedy
    from facts.incidents
    where resolved_at < started_at
    union all
    select
        'incident without a service' as kind,
        cast(null as text) as service,
        incidents.incident_id as subject,
        coalesce(incidents.title, 'no title') as detail,
        'It can be blamed on no deployment unless it names one.' as effect,
        case
            when told.service is not null
                then concat('Add to a service: `incidents: {services: [', told.service, ']}`')
            else 'Claim it under services[].incidents, or name the service at its source.'
        end as remedy
    from facts.incidents as incidents
    left join facts.told_incidents as told
        on
            incidents.source = told.source
            and replace(incidents.incident_id, concat(incidents.source, ':'), '')
            = told.incident_id
    where incidents.service is null
    union all
    select
        'service without a deployment' as kind,
        services.service,
        services.service as subject,
        'no production deployment is known' as detail,
        'It is in no number.' as effect,
        'Check services[].deployments: its source, and its tags or environments.' as remedy
    from facts.services as services
    left join facts.rollouts as rollouts on services.service = rollouts.service
    where rollouts.service is null
    union all
    select
        'deployments of no service' as kind,
        deployments.service,
        concat(deployments.source, ': ', deployments.service) as subject,
        concat(count(*), ' deployments') as detail,
        'They are in no number.' as effect,
        concat('Add the service, or to one that is there: `aliases: [', deployments.service, ']`')
            as remedy
    from facts.told_deployments as deployments
    left join config.aliases as aliases on deployments.service = aliases.alias
    left join facts.services as services
        on coalesce(aliases.service, deployments.service) = services.service
    cross join facts.cut as cut
    where
        services.service is null
        and deployments.service is not null
        and deployments.born_at <= cut.cut_at
    group by deployments.source, deployments.service
    union all
    select
        'second source of deployments' as kind,
        services.service,
        concat(deployments.source, ': ', deployments.service) as subject,
        concat(count(*), ' deployments') as detail,
        'They are evidence only: the service takes its deployments from another source.' as effect,
        'Name the source under services[].deployments.source.' as remedy
    from facts.told_deployments as deployments
    left join config.aliases as aliases on deployments.service = aliases.alias
    inner join facts.services as services
        on
            coalesce(aliases.service, deployments.service) = services.service
            and deployments.source <> services.deployment_source
    cross join facts.cut as cut
    where deployments.born_at <= cut.cut_at
    group by services.service, deployments.source, deployments.service
    union all
    select
        'second source of deployments' as kind,
        services.service,
        concat(hosted.source, ': ', hosted.repository) as subject,
        string_agg(
            concat(hosted.told_count, ' ', hosted.told_by), ', ' order by hosted.told_by
        ) as detail,
        'They are evidence only: the service takes its deployments from another source.' as effect,
        'Name the source under services[].deployments.source.' as remedy
    from hosted
    inner join facts.services as services
        on
            hosted.repository = services.repository
            and hosted.source <> services.deployment_source
    group by services.service, hosted.source, hosted.repository
    union all
    select
        'repository of no service' as kind,
        cast(null as text) as service,
        concat(hosted.source, ': ', hosted.full_name) as subject,
        string_agg(
            concat(hosted.told_count, ' ', hosted.told_by), ', ' order by hosted.told_by
        ) as detail,
        'They are in no number.' as effect,
        concat('Add a service with repository: ', hosted.full_name) as remedy
    from hosted
    left join facts.services as services on hosted.repository = services.repository
    where services.service is null
    group by hosted.source, hosted.full_name
    union all
    select
        'deployment never ended' as kind,
        records.service,
        records.deployment_id as subject,
        concat('in progress since ', records.started_at) as detail,
        'It counts neither as a success nor as a failure.' as effect,
        'Tell its end at the source.' as remedy
    from facts.deployment_records as records
    cross join facts.cut as cut
    where
        records.is_production
        and records.finished_at is null
        and epoch(cut.cut_at) - epoch(records.started_at) > 14 * 86400
    union all
    select distinct
        'repository is gone' as kind,
        services.service,
        repositories.full_name as subject,
        'its host lists it no more' as detail,
        'What was collected stays; nothing new comes.' as effect,
        'If it still exists, give the token access; else set retired_on.' as remedy
    from facts.services as services
    inner join staging.hosts__repositories as repositories
        on services.repository = repositories.repository
    where repositories.is_gone and services.retired_on is null
    union all
    select
        'history is still being read' as kind,
        cast(null as text) as service,
        concat(source, ': ', entity) as subject,
        concat('read back to ', history_since) as detail,
        'Numbers of earlier weeks are too small.' as effect,
        'Refresh again; the next one goes on.' as remedy
    from marts.sources
    where history_since is not null
    union all
    select
        'unknown event' as kind,
        cast(null as text) as service,
        concat(source, ': ', format, ' ', type) as subject,
        concat(event_count, ' events') as detail,
        'They are kept, and in no number.' as effect,
        'If they tell of deployments or incidents, send them as plain events.' as remedy
    from staging.events__unknown
)

select * from findings
