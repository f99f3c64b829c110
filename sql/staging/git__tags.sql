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

numbers as (
    select
        *,
        regexp_extract(version, '([0-9]+)[._]([0-9]+)', 1) as major,
        regexp_extract(version, '([0-9]+)[._]([0-9]+)', 2) as minor,
        regexp_extract(version, '([0-9]+)[._]([0-9]+)[._]([0-9]+)', 3) as patch
    from fields
)

select
    numbers.source,
    numbers.repository,
    numbers.tag,
    numbers.sha,
    date_trunc('second', cast(numbers.tagged_at as timestamptz)) as tagged_at,
    numbers.is_annotated = 'true' as is_annotated,
    regexp_matches(numbers.version, calendar.pre_release_pattern) as is_pre_release,
    try_cast(nullif(numbers.major, '') as bigint) as major,
    try_cast(nullif(numbers.minor, '') as bigint) as minor,
    try_cast(nullif(numbers.patch, '') as bigint) as patch
from numbers
cross join config.calendar as calendar
