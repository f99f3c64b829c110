-- What does the data lack or contradict, which metrics does that touch, and how is it mended?

select
    kind,
    count(*) as finding_count,
    count(distinct service) as service_count,
    min(subject) as example,
    min(metrics) as metrics,
    min(effect) as effect,
    min(remedy) as remedy
from marts.data_quality
group by kind
order by finding_count desc, kind
