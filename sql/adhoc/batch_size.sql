-- Do deployments that carry more changes fail more often?
-- An association, not a proof: big ones differ in more than their size.

select
    case
        when change_count = 0 then '0'
        when change_count = 1 then '1'
        when change_count <= 3 then '2 to 3'
        when change_count <= 7 then '4 to 7'
        else '8 and more'
    end as changes_carried,
    count(*) as deployment_count,
    count(*) filter (where is_failed) as failed_count,
    round(count(*) filter (where is_failed) / count(*), 3) as change_fail_rate
from facts.rollouts
group by changes_carried
order by min(change_count)
