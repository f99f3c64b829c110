-- One row per change and production environment that has carried it: since when it is live there,
-- or since when it is not any more.
-- The graph tells what each deployment carries. Without it a deployment has what the first one of
-- its version had, or of the version that it goes back to, and all that came before that.
--
-- grain: service, change_id, environment
--   service             Service.
--   change_id           Change.
--   environment         Production environment, such as a region.
--   live_since          End of the deployment since which it is live, UTC; null once it is gone.
--   gone_at             End of the deployment since which it is not, UTC; null while it is live.
--   is_rolled_back      True when that one went back to an earlier version; else it left it out.
--   url                 Page of the deployment since which it is or is not live.

with streams as (
    select
        records.deployment_id,
        records.service,
        records.environment,
        records.finished_at,
        records.url,
        versions.is_rollback,
        versions.rolls_back_to,
        row_number() over (
            partition by records.service, records.environment
            order by records.finished_at, records.deployment_id
        ) as place,
        coalesce(records.version_key, records.deployment_id) as version_key
    from facts.deployment_records as records
    inner join facts.deployment_versions as versions
        on records.deployment_id = versions.deployment_id
    where records.is_production and records.status = 'success'
),

versions as (
    select
        *,
        min(place) over (partition by service, environment, version_key) as version_place
    from streams
),

ends as (
    select
        versions.*,
        least(versions.version_place, targets.version_place) as content_place
    from versions
    left join versions as targets
        on
            versions.rolls_back_to = targets.deployment_id
            and versions.service = targets.service
            and versions.environment = targets.environment
),

members as (
    select
        carried.service,
        carried.change_id,
        ends.environment,
        ends.deployment_id,
        ends.place,
        ends.content_place
    from facts.carried_changes as carried
    inner join facts.rollout_members as firsts on carried.deployment_id = firsts.deployment_id
    inner join facts.rollout_members as regions on firsts.rollout_id = regions.rollout_id
    inner join ends on regions.deployment_id = ends.deployment_id
    where carried.how <> 'graph'
),

carriers as (
    select distinct
        service,
        environment,
        deployment_id,
        place,
        content_place
    from members
),

-- Only what runs an earlier version again can lack what was there before.
lacking as (
    select
        carriers.deployment_id,
        ends.place,
        ends.place - row_number() over (
            partition by carriers.deployment_id order by ends.place
        ) as run
    from carriers
    inner join ends
        on
            carriers.service = ends.service
            and carriers.environment = ends.environment
            and carriers.place < ends.place
            and carriers.content_place > ends.content_place
    where ends.content_place < ends.place
),

last_runs as (
    select
        deployment_id,
        min(place) as gone_place,
        max(place) as until_place
    from lacking
    group by deployment_id, run
    qualify row_number() over (partition by deployment_id order by max(place) desc) = 1
),

found as (
    select
        carried.service,
        carried.change_id,
        commits.environment,
        coalesce(commits.again_id, commits.deployment_id) as brought_id,
        commits.gone_id
    from facts.carried_changes as carried
    inner join facts.changes as changes
        on carried.service = changes.service and carried.change_id = changes.change_id
    inner join facts.deployment_commits as commits
        on
            changes.service = commits.service
            and changes.repository = commits.repository
            and changes.merge_sha = commits.sha
    where carried.how = 'graph'
    union all
    select
        members.service,
        members.change_id,
        members.environment,
        coalesce(again.deployment_id, members.deployment_id) as brought_id,
        case when again.deployment_id is null then gone.deployment_id end as gone_id
    from members
    left join last_runs on members.deployment_id = last_runs.deployment_id
    left join ends as gone
        on
            members.service = gone.service
            and members.environment = gone.environment
            and last_runs.gone_place = gone.place
    left join ends as again
        on
            members.service = again.service
            and members.environment = again.environment
            and last_runs.until_place + 1 = again.place
)

select
    found.service,
    found.change_id,
    found.environment,
    case when gone.deployment_id is null then brought.finished_at end as live_since,
    gone.finished_at as gone_at,
    coalesce(gone.is_rollback, false) as is_rolled_back,
    coalesce(gone.url, brought.url) as url
from found
inner join ends as brought on found.brought_id = brought.deployment_id
left join ends as gone on found.gone_id = gone.deployment_id
