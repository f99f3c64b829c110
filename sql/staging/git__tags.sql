-- One row per tag of a clone that names a commit.
-- Whether a tag is a pre-release is read from its version: letters such as rc, alpha, beta or
-- dev behind a digit. What stands before the last slash, as in api/v1.2.0, is no version.
--
-- grain: source, repository, tag
--   source             Name of the source in the configuration.
--   repository         Repository.
--   tag                The tag's whole name.
--   sha                Commit that it names, peeled.
--   tagged_at          The tagger's date, else the commit's committer date, UTC.
--   is_annotated       True for a tag with a tagger and a message of its own.
--   is_pre_release     True for versions such as 2.0.0-rc.1, 1.0b2 or 3.1.dev4.
--   major              First number of the version; null without two numbers.
--   minor              Second number of the version; null without two numbers.
--   patch              Third number of the version; null without three.

with fields as (
    select
        source,
        scope as repository,
        record_id as tag,
        lower(regexp_replace(record_id, '^.*/', '')) as version,
        json_extract_string(payload, '$.sha') as sha,
        json_extract_string(payload, '$.tagged_at') as tagged_at,
        json_extract_string(payload, '$.is_annotated') as is_annotated
    from raw.git__tags
    where not is_deleted
),

-- Repositories share their versions, and a pattern from the configuration is dear to match.
versions as (
    select
        told.version,
        regexp_matches(told.version, calendar.pre_release_pattern) as is_pre_release,
        regexp_extract(told.version, '([0-9]+)[._]([0-9]+)', 1) as major,
        regexp_extract(told.version, '([0-9]+)[._]([0-9]+)', 2) as minor,
        regexp_extract(told.version, '([0-9]+)[._]([0-9]+)[._]([0-9]+)', 3) as patch
    from (select distinct version from fields) as told
    cross join config.calendar as calendar
)

select
    fields.source,
    fields.repository,
    fields.tag,
    fields.sha,
    date_trunc('second', cast(fields.tagged_at as timestamptz)) as tagged_at,
    fields.is_annotated = 'true' as is_annotated,
    versions.is_pre_release,
    try_cast(nullif(versions.major, '') as bigint) as major,
    try_cast(nullif(versions.minor, '') as bigint) as minor,
    try_cast(nullif(versions.patch, '') as bigint) as patch
from fields
inner join versions on fields.version = versions.version
