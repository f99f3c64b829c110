-- One row per change of a setting that a code host tells of, and per kind of settings of which it
-- tells whether they can be seen.
--
-- grain: source, repository, setting_id
--   source             Name of the source in the configuration.
--   repository         Repository.
--   setting_id         Kind, name and time; the kind alone where it is told whether it can be seen.
--   kind               environment, protected_environment, secret, variable, ruleset,
--                      protection (of branches, the classic way) or bypass; secret and variable
--                      with environment_ or organisation_ before it, whose they are.
--   name               Name of the setting, of an environment's with ` in ` and its name; of a
--                      bypass the branch; null for a kind.
--   action             made, changed, removed or bypassed; seen or hidden for a kind.
--   changed_at         When, UTC; null for a kind.
--   is_sampled         True where it is the time at which the change was first seen: it happened
--                      between the look before and then.
--   unchanged_at       A sampled change happened after this, UTC: the push for which the look
--                      before was made; null elsewhere.
--   commit_sha         Commit that went past the rules; null elsewhere.

select
    source,
    scope as repository,
    record_id as setting_id,
    json_extract_string(payload, '$.kind') as kind,
    json_extract_string(payload, '$.name') as name,
    json_extract_string(payload, '$.action') as action,
    cast(json_extract_string(payload, '$.changed_at') as timestamptz) as changed_at,
    coalesce(json_extract_string(payload, '$.is_sampled') = 'true', false) as is_sampled,
    cast(json_extract_string(payload, '$.unchanged_at') as timestamptz) as unchanged_at,
    lower(json_extract_string(payload, '$.sha')) as commit_sha
from raw.hosts__settings
where not is_deleted
