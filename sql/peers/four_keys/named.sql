-- One row per incident and successful production deployment that it names: by its id, or by a
-- commit that is in it, of which seven signs are enough.
--
-- grain: incident_id, deployment_id
--   incident_id        Incident.
--   deployment_id      Deployment.
--   finished_at        Its end, UTC.

with words as (
    select distinct
        incidents.incident_id,
        rtrim(word.token, '.') as word
    from facts.incidents as incidents
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
    where length(rtrim(word.token, '.')) >= 7
),

brought as (
    select
        deployment_id,
        change_id
    from shared.carried_requests
    where is_since_end
    union
    select
        deployment_id,
        change_id
    from shared.told_requests
),

shas as (
    select
        deployment_id,
        finished_at,
        commit_sha as sha
    from shared.successes
    union
    select
        brought.deployment_id,
        successes.finished_at,
        requests.merge_sha as sha
    from brought
    inner join facts.requests as requests on brought.change_id = requests.change_id
    inner join shared.successes as successes on brought.deployment_id = successes.deployment_id
    where requests.merge_sha is not null
)

select
    words.incident_id,
    shas.deployment_id,
    shas.finished_at
from words
inner join shas on left(words.word, 7) = left(shas.sha, 7) and starts_with(shas.sha, words.word)
union
select
    incidents.incident_id,
    names.deployment_id,
    names.finished_at
from facts.incidents as incidents
inner join shared.names as names on incidents.deployment_id = names.name
