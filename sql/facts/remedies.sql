-- One row per production deployment that mends an earlier one, and which one it mends.
-- A rollback mends what it blames, a hotfix what was live when it began where that was deployed
-- within the hotfix window; a deployment that carries a revert
-- mends the deployment that first carried what is reverted. On a plain clone a patch release of
-- the same X.Y within the hotfix window is inferred to be a hotfix.
--
-- grain: deployment_id, mended_id, how
--   deployment_id      Deployment that mends.
--   mended_id          Deployment that it mends.
--   service            Service of both.
--   how                rollback, revert or hotfix.
--   confidence         .9, .85 or .6.
--   is_inferred        True where only a tag's version says so.
--   began_at           Start of the remedy, its end where the start is unknown, UTC.
--   finished_at        End of the remedy, UTC.

with production as (
    select
        records.*,
        coalesce(records.started_at, records.finished_at) as began_at,
        versions.live_deployment_id
    from facts.deployment_records as records
    inner join facts.deployment_versions as versions
        on records.deployment_id = versions.deployment_id
    where records.is_production
),

releases as (
    select
        *,
        lag(deployment_id) over line as earlier_id
    from production
    where is_tag and major is not null
    window line as (
        partition by service, source, major, minor order by finished_at, deployment_id
    )
),

hotfix_changes as (
    select distinct carried.deployment_id
    from facts.deployment_changes as carried
    inner join facts.changes as changes
        on carried.service = changes.service and carried.change_id = changes.change_id
    where changes.is_hotfix and not carried.is_before_history
),

reverted_shas as (
    select
        changes.service,
        changes.change_id,
        changes.repository,
        reverted.sha
    from facts.changes as changes
    cross join unnest(string_split(changes.reverts, ' ')) as reverted (sha)
    where changes.is_revert and reverted.sha <> ''
),

found as (
    select
        deployment_id,
        blamed_id as mended_id,
        'rollback' as how,
        0.9 as confidence,
        false as is_inferred
    from facts.rollback_blames
    union all
    select
        fixes.deployment_id,
        broken.deployment_id as mended_id,
        'revert' as how,
        0.85 as confidence,
        false as is_inferred
    from reverted_shas
    inner join facts.deployment_changes as fixes
        on
            reverted_shas.service = fixes.service
            and reverted_shas.change_id = fixes.change_id
    inner join facts.deployment_commits as broken
        on
            reverted_shas.service = broken.service
            and reverted_shas.repository = broken.repository
            and left(broken.sha, 7) = left(reverted_shas.sha, 7)
            and starts_with(broken.sha, reverted_shas.sha)
            and not broken.is_before_history
    union all
    select
        production.deployment_id,
        production.live_deployment_id as mended_id,
        'hotfix' as how,
        0.6 as confidence,
        false as is_inferred
    from production
    inner join hotfix_changes on production.deployment_id = hotfix_changes.deployment_id
    where not production.is_tag
    union all
    select
        releases.deployment_id,
        releases.earlier_id as mended_id,
        'hotfix' as how,
        0.6 as confidence,
        true as is_inferred
    from releases
    where coalesce(releases.patch, 0) > 0
)

select distinct
    found.deployment_id,
    found.mended_id,
    production.service,
    found.how,
    cast(found.confidence as double) as confidence,
    found.is_inferred,
    production.began_at,
    production.finished_at
from found
inner join production on found.deployment_id = production.deployment_id
inner join production as mended on found.mended_id = mended.deployment_id
inner join facts.rules as rules on production.service = rules.service
where
    mended.finished_at <= production.finished_at
    and found.mended_id <> found.deployment_id
    and (
        found.how = 'rollback'
        or (
            found.how = 'hotfix'
            and epoch(production.began_at) - epoch(mended.finished_at)
            <= rules.hotfix_window_hours * 3600
        )
        or (
            found.how = 'revert'
            and epoch(production.finished_at) - epoch(mended.finished_at)
            <= rules.lookback_days * 86400
        )
    )
