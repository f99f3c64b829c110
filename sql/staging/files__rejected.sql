-- One row per row of a neutral table that could not be read; the rest of its file was.
--
-- grain: source, file, line
--   source             Name of the source in the configuration.
--   file               File's name.
--   line               Line in the file, from 1; the row's number in Parquet.
--   column_name        Column that is wrong; empty where the whole line is.
--   value              What stands there.
--   reason             What is wrong with it.

select
    source,
    json_extract_string(payload, '$.file') as file,
    cast(json_extract_string(payload, '$.line') as bigint) as line,
    json_extract_string(payload, '$.column') as column_name,
    json_extract_string(payload, '$.value') as value,
    json_extract_string(payload, '$.reason') as reason
from raw.files__rejected
where not is_deleted
