-- One row per incident and production deployment that it names: by its id, its page, its commit or
-- its version.
-- What an incident's source says it is due to needs no cap in time; what its text names must have
-- begun before it, for a fix is named there too, and a commit or version must not be older than
-- the lookback.
--
-- grain: incident_id, claimed_by, deployment_id, how
--   incident_id        Incident.
--   claimed_by         Service whose incident it is; empty where none claims it.
--   service            Service of the deployment.
--   deployment_id      Deployment.
--   how                explicit, commit or version.
--   confidence         1 or .95.

with production as (
    select
        *,
        coalesce(started_at, finished_at) as began_at
    from facts.deployment_records
    where is_production and status = 'success'
),

incidents as (
    select
        incident_id,
        coalesce(service, '') as claimed_by,
        started_at,
        deployment_id,
        regexp_replace(lower(coalesce(title, '')), '[^a-z0-9._+-]+', ' ', 'g') as title_words,
        mentions
    from facts.incidents
),

tokens as (
    select distinct
        incidents.incident_id,
        incidents.claimed_by,
        incidents.started_at,
        rtrim(word.token, '.') as token
    from incidents
    cross join
        unnest(
            string_split(concat(incidents.title_words, ' ', incidents.mentions), ' ')
        ) as word (token)
    where length(rtrim(word.token, '.')) >= 3
),

-- What an incident's text names by its address: a deployment's page, or its id.
addresses as (
    select distinct
        incidents.incident_id,
        incidents.claimed_by,
        incidents.started_at,
        word.address
    from incidents
    cross join unnest(string_split(incidents.mentions, ' ')) as word (address)
    where contains(word.address, '/')
),

named as (
    select
        native_id as name,
        deployment_id
    from production
    union
    select
        deployment_id as name,
        deployment_id
    from production
),

-- A page that several deployments of a service share, such as the environment's, names none.
pages as (
    select
        lower(url) as address,
        min(deployment_id) as deployment_id
    from production
    where url is not null
    group by lower(url), service
    having count(*) = 1
    union
    select
        lower(native_id) as address,
        deployment_id
    from production
),

found as (
    select
        incidents.incident_id,
        incidents.claimed_by,
        incidents.started_at,
        named.deployment_id,
        'explicit' as how,
        'name' as told_by
    from incidents
    inner join named on incidents.deployment_id = named.name
    union
    select
        addresses.incident_id,
        addresses.claimed_by,
        addresses.started_at,
        pages.deployment_id,
        'explicit' as how,
        'address' as told_by
    from addresses
    inner join pages on addresses.address = pages.address
    union
    select
        tokens.incident_id,
        tokens.claimed_by,
        tokens.started_at,
        production.deployment_id,
        'commit' as how,
        'word' as told_by
    from tokens
    inner join production
        on
            left(tokens.token, 7) = left(production.commit_sha, 7)
            and starts_with(production.commit_sha, tokens.token)
    where length(tokens.token) >= 7
    union
    select
        tokens.incident_id,
        tokens.claimed_by,
        tokens.started_at,
        production.deployment_id,
        'version' as how,
        'word' as told_by
    from tokens
    inner join facts.blames as blames on tokens.claimed_by = blames.claimed_by
    inner join production
        on blames.service = production.service and tokens.token = lower(production.version)
),

-- What was found is joined to services last, or every incident would meet every deployment.
placed as (
    select
        found.*,
        production.service,
        production.began_at,
        production.finished_at
    from found
    inner join production on found.deployment_id = production.deployment_id
)

select distinct
    placed.incident_id,
    placed.claimed_by,
    placed.service,
    placed.deployment_id,
    placed.how,
    case when placed.how = 'explicit' then 1.0 else cast(0.95 as double) end as confidence
from placed
inner join facts.blames as blames
    on placed.claimed_by = blames.claimed_by and placed.service = blames.service
where
    placed.told_by = 'name'
    or (placed.told_by = 'address' and placed.began_at <= placed.started_at)
    or (
        placed.told_by = 'word'
        and placed.finished_at <= placed.started_at
        and epoch(placed.started_at) - epoch(placed.finished_at) <= blames.lookback_days * 86400
    )
