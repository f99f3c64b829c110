-- One row per incident and production deployment that it may be due to.
-- Mentions, reverts, hotfixes and time alone have a cap in time; what is named and a rollback of
-- what was live need none, but what an incident's text names must have begun before it: a fix is
-- named there too. Of an incident's links the strongest counts for each service that
-- claims it, the later deployment where two are equal, if it reaches the configured confidence.
--
-- grain: incident_id, deployment_id, how
--   incident_id        Incident.
--   service            Service of both.
--   deployment_id      Deployment.
--   how                explicit, commit, version, rollback, revert, hotfix or service_and_time.
--   confidence         0 to 1; time alone starts at .5 and halves with each half-life.
--   is_counted         True for the one link that makes the deployment a failed one.
--   decided_by         rule.

with production as (
    select *
    from facts.deployment_records
    where is_production and status = 'success'
),

incidents as (
    select
        incidents.*,
        coalesce(incidents.resolved_at, timestamptz '9999-12-31 00:00:00+00') as until_at
    from facts.incidents as incidents
),

tokens as (
    select distinct
        incidents.incident_id,
        incidents.service,
        incidents.started_at,
        rtrim(word.token, '.') as token
    from incidents
    cross join
        unnest(
            string_split(
                concat(
                    regexp_replace(
                        lower(coalesce(incidents.title, '')), '[^a-z0-9._+-]+', ' ', 'g'
                    ),
                    ' ',
                    incidents.mentions
                ),
                ' '
            )
        ) as word (token)
    where length(rtrim(word.token, '.')) >= 3
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
        lower(url) as name,
        service,
        min(deployment_id) as deployment_id
    from production
    where url is not null
    group by lower(url), service
    having count(*) = 1
    union
    select
        lower(native_id) as name,
        service,
        deployment_id
    from production
),

-- What an incident's text names: a deployment's page, or its id.
addresses as (
    select distinct
        incidents.incident_id,
        incidents.service,
        incidents.started_at,
        word.address
    from incidents
    cross join unnest(string_split(incidents.mentions, ' ')) as word (address)
    where contains(word.address, '/')
),

by_address as (
    select
        addresses.incident_id,
        addresses.service as claimed_by,
        pages.service,
        pages.deployment_id,
        'explicit' as how,
        1.0 as confidence
    from addresses
    inner join pages
        on
            addresses.address = pages.name
            and coalesce(addresses.service, pages.service) = pages.service
    inner join production on pages.deployment_id = production.deployment_id
    where coalesce(production.started_at, production.finished_at) <= addresses.started_at
),

by_name as (
    select
        incidents.incident_id,
        incidents.service as claimed_by,
        production.service,
        production.deployment_id,
        'explicit' as how,
        1.0 as confidence
    from incidents
    inner join named on incidents.deployment_id = named.name
    inner join production
        on
            named.deployment_id = production.deployment_id
            and coalesce(incidents.service, production.service) = production.service
),

mentions as (
    select
        tokens.incident_id,
        tokens.service as named_service,
        tokens.started_at,
        production.service,
        production.deployment_id,
        production.finished_at,
        'commit' as how
    from tokens
    inner join production
        on
            left(tokens.token, 7) = left(production.commit_sha, 7)
            and starts_with(production.commit_sha, tokens.token)
    where length(tokens.token) >= 7
    union all
    select
        tokens.incident_id,
        tokens.service as named_service,
        tokens.started_at,
        production.service,
        production.deployment_id,
        production.finished_at,
        'version' as how
    from tokens
    inner join production on tokens.token = lower(production.version)
),

by_mention as (
    select
        mentions.incident_id,
        mentions.named_service as claimed_by,
        mentions.service,
        mentions.deployment_id,
        mentions.how,
        0.95 as confidence
    from mentions
    inner join facts.rules as rules on mentions.service = rules.service
    where
        coalesce(mentions.named_service, mentions.service) = mentions.service
        and mentions.finished_at <= mentions.started_at
        and epoch(mentions.started_at) - epoch(mentions.finished_at)
        <= rules.lookback_days * 86400
),

by_remedy as (
    select
        incidents.incident_id,
        incidents.service as claimed_by,
        remedies.service,
        remedies.mended_id as deployment_id,
        remedies.how,
        remedies.confidence
    from incidents
    inner join facts.remedies as remedies
        on
            incidents.service = remedies.service
            and remedies.finished_at >= incidents.started_at
            and remedies.began_at <= incidents.until_at
    inner join production on remedies.mended_id = production.deployment_id
    where production.finished_at <= incidents.started_at
),

moments as (
    select
        service,
        finished_at as happened_at,
        0 as turn,
        deployment_id,
        null as incident_id
    from production
    union all
    select
        service,
        started_at as happened_at,
        1 as turn,
        null as deployment_id,
        incident_id
    from incidents
    where service is not null
),

latest as (
    select
        service,
        incident_id,
        last_value(deployment_id ignore nulls) over (
            partition by service
            order by happened_at, turn, deployment_id, incident_id
            rows between unbounded preceding and current row
        ) as deployment_id
    from moments
),

by_time as (
    select
        incidents.incident_id,
        incidents.service as claimed_by,
        production.service,
        production.deployment_id,
        'service_and_time' as how,
        round(
            0.5 * power(
                2.0,
                -(epoch(incidents.started_at) - epoch(production.finished_at))
                / 3600.0 / rules.half_life_hours
            ),
            6
        ) as confidence
    from latest
    inner join incidents
        on latest.incident_id = incidents.incident_id and latest.service = incidents.service
    inner join production on latest.deployment_id = production.deployment_id
    inner join facts.rules as rules on production.service = rules.service
    where
        epoch(incidents.started_at) - epoch(production.finished_at)
        <= rules.attribution_window_hours * 3600
),

links as (
    select * from by_name
    union all
    select * from by_address
    union all
    select * from by_mention
    union all
    select * from by_remedy
    union all
    select * from by_time
),

strongest as (
    select
        incident_id,
        claimed_by,
        service,
        deployment_id,
        how,
        max(confidence) as confidence
    from links
    group by incident_id, claimed_by, service, deployment_id, how
),

ranked as (
    select
        strongest.*,
        row_number() over (
            partition by strongest.incident_id, strongest.claimed_by
            order by
                strongest.confidence desc,
                production.finished_at desc,
                strongest.deployment_id desc,
                strongest.how
        ) as place
    from strongest
    inner join production on strongest.deployment_id = production.deployment_id
)

select
    ranked.incident_id,
    ranked.service,
    ranked.deployment_id,
    ranked.how,
    ranked.confidence,
    ranked.place = 1 and ranked.confidence >= rules.minimum_confidence as is_counted,
    'rule' as decided_by
from ranked
inner join facts.rules as rules on ranked.service = rules.service
