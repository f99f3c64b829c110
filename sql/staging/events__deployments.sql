-- One row per deployment that events tell of, folded from all of them.
-- Nothing depends on the order in which they came, nor on how often: the first success is its
-- end, else the first failure, else the first cancellation; of what else they say the latest
-- counts, by the time of the event.
--
-- grain: source, subject_id, service
--   source             Name of the source in the configuration.
--   subject_id         The sender's own id, made of host, repository and number for code hosts.
--   service            Service as the sender names it; empty where the repository tells.
--   kind               deployments, runs or releases: what of a code host it is.
--   repository         Repository as the sender names it; null where it names none.
--   name               Name of the run; null elsewhere.
--   path               File of the run; null elsewhere.
--   environment        Environment; null where the sender has none.
--   tier               Kind of environment; null where the sender has none.
--   status             success, failure, cancelled or in_progress.
--   started_at         Start, UTC; null where unknown.
--   finished_at        End, UTC; null while in progress.
--   commit_sha         Deployed commit; null where unknown.
--   version            Deployed version; null where unknown.
--   is_pre_release     True for a release that is not meant for all.
--   trigger            manual or automatic; null where unknown.
--   is_bot             True when a bot made it; null without an author.
--   strategy           As the sender names it; unknown where it names none.
--   artifact_digest    Digest of what runs, sha256: and 64 digits; null where unknown.
--   rolls_back_to      Deployment or version that this one goes back to, as told.
--   url                Page at the sender.
--   is_removed         True for a release that is not published, or no more.

with fields as (
    select
        source,
        json_extract_string(payload, '$.subject') as subject,
        json_extract_string(payload, '$.subject_id') as subject_id,
        coalesce(json_extract_string(payload, '$.service'), '') as service,
        json_extract_string(payload, '$.state') as state,
        json_extract_string(payload, '$.at') as told_at,
        md5(payload) as digest,
        json_extract_string(payload, '$.started_at') as started_at,
        json_extract_string(payload, '$.finished_at') as finished_at,
        json_extract_string(payload, '$.repository') as repository,
        json_extract_string(payload, '$.name') as name,
        json_extract_string(payload, '$.path') as path,
        json_extract_string(payload, '$.environment') as environment,
        json_extract_string(payload, '$.tier') as tier,
        json_extract_string(payload, '$.sha') as commit_sha,
        json_extract_string(payload, '$.version') as version,
        json_extract_string(payload, '$.is_pre_release') as is_pre_release,
        json_extract_string(payload, '$.trigger') as trigger,
        json_extract_string(payload, '$.author') as author,
        json_extract_string(payload, '$.is_bot') as is_bot,
        json_extract_string(payload, '$.strategy') as strategy,
        json_extract_string(payload, '$.artifact_digest') as artifact_digest,
        json_extract_string(payload, '$.rolls_back_to') as rolls_back_to,
        json_extract_string(payload, '$.url') as url
    from raw.events__events
    where
        not is_deleted
        and json_extract_string(payload, '$.subject') in ('deployment', 'run', 'release')
        and json_extract_string(payload, '$.subject_id') is not null
),

-- Times as text that sorts as they do: with and without parts of a second.
ordered as (
    select
        *,
        date_trunc('second', cast(told_at as timestamptz)) as happened_at,
        concat(
            left(told_at, 19), rpad(regexp_extract(told_at, '[.]([0-9]+)', 1), 6, '0'), digest
        ) as place,
        date_trunc('second', cast(coalesce(finished_at, told_at) as timestamptz)) as ended_at
    from fields
),

folded as (
    select
        source,
        subject_id,
        service,
        max(subject) as subject,
        min(
            case
                when started_at is not null
                    then date_trunc('second', cast(started_at as timestamptz))
                when state = 'started' then happened_at
            end
        ) as started_at,
        min(case when state in ('success', 'published') then ended_at end) as success_at,
        min(case when state = 'failure' then ended_at end) as failure_at,
        min(case when state = 'cancelled' then ended_at end) as cancelled_at,
        min(happened_at) as first_at,
        max(case when state = 'removed' then place end) as removed_place,
        max(case when state <> 'removed' then place end) as kept_place,
        max_by(repository, case when repository is not null then place end) as repository,
        max_by(name, case when name is not null then place end) as name,
        max_by(path, case when path is not null then place end) as path,
        max_by(environment, case when environment is not null then place end) as environment,
        max_by(tier, case when tier is not null then place end) as tier,
        max_by(commit_sha, case when commit_sha is not null then place end) as commit_sha,
        max_by(version, case when version is not null then place end) as version,
        max_by(is_pre_release, case when is_pre_release is not null then place end)
            as is_pre_release,
        max_by(trigger, case when trigger is not null then place end) as trigger,
        max_by(author, case when author is not null then place end) as author,
        max_by(is_bot, case when is_bot is not null then place end) as is_bot,
        max_by(strategy, case when strategy is not null then place end) as strategy,
        max_by(artifact_digest, case when artifact_digest is not null then place end)
            as artifact_digest,
        max_by(rolls_back_to, case when rolls_back_to is not null then place end)
            as rolls_back_to,
        max_by(url, case when url is not null then place end) as url
    from ordered
    group by source, subject_id, service
),

-- A pattern that is no literal is compiled for every row, so it meets each author once.
authors as (
    select distinct author
    from folded
),

known as (
    select
        authors.author,
        regexp_matches(lower(authors.author), bots.pattern) as is_bot
    from authors
    cross join config.bots as bots
)

select
    folded.source,
    folded.subject_id,
    folded.service,
    case folded.subject
        when 'run' then 'runs' when 'release' then 'releases' else 'deployments'
    end as kind,
    folded.repository,
    folded.name,
    folded.path,
    folded.environment,
    folded.tier,
    case
        when folded.success_at is not null then 'success'
        when folded.failure_at is not null then 'failure'
        when folded.cancelled_at is not null then 'cancelled'
        else 'in_progress'
    end as status,
    coalesce(
        folded.started_at,
        case
            when coalesce(folded.success_at, folded.failure_at, folded.cancelled_at) is null
                then folded.first_at
        end
    ) as started_at,
    coalesce(folded.success_at, folded.failure_at, folded.cancelled_at) as finished_at,
    lower(folded.commit_sha) as commit_sha,
    folded.version,
    coalesce(folded.is_pre_release = 'true', false) as is_pre_release,
    folded.trigger,
    case when folded.is_bot = 'true' then true else known.is_bot end as is_bot,
    coalesce(folded.strategy, 'unknown') as strategy,
    lower(folded.artifact_digest) as artifact_digest,
    folded.rolls_back_to,
    folded.url,
    folded.subject = 'release' and (
        folded.success_at is null or coalesce(folded.removed_place, '') > folded.kept_place
    ) as is_removed
from folded
left join known on folded.author = known.author
