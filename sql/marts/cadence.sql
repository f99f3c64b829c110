-- One row per service in service that has deployed: is it on its rhythm, and what waits.
-- A silence is compared with the service's own rhythm, counting only its working time and leaving
-- out holidays, freezes and bots.
--
-- grain: service
--   service               Service.
--   team                  Team that has it; null where none is configured.
--   tier                  How much depends on it, 1 to 5; null where not configured.
--   state                 too_new, on_rhythm, watch, slowing, stalled or dormant.
--   is_frozen             True while today lies in a declared freeze.
--   frozen_from_on        The freeze's first day; null while there is none.
--   frozen_to_on          The freeze's last day; null while there is none.
--   freeze_name           What the freeze is called.
--   confirmed_until_on    First day on which its silence is told again, where people know of it.
--   confirmed_reason      What they said of it.
--   threshold_years       From here on it is an alarm.
--   return_years          A silence like this, or so little, just happens once in so many years.
--   silent_r_years        The same of the silence since the last deploy-day alone.
--   four_r_years          The same of the last four deploy-days.
--   volume_r_years        The same of the count of the last ten operational days.
--   deploy_day_count      Days on which it deployed.
--   last_on               The last of them.
--   silent_working_days   Operational days since then.
--   usual_working_days    Usual operational days between two deploy-days; null while too new.
--   last_four_days        Operational days since the fourth last deploy-day; null while too new.
--   usual_four_days       Usual operational days of four gaps; null while too new.
--   unusual_since_on      Since when it is unusual; null unless it is stalled, dormant or slowing.
--   next_from             Half of such waits end by this day; null while too new.
--   next_to               Nine in ten of them end by this day.
--   waiting_count         Changes merged and not deployed.
--   oldest_waiting_hours  Age of the oldest of them; null without any.
--   usual_wait_hours      Usual wait from merge to deployment, last whole month; null if unknown.
--   attention             Place in what needs attention: 1 stalled with work waiting, 2 stalled, 3
--                         slowing, 4 watch, 5 dormant or known of, 6 frozen, 7 all others.

with waiting as (
    select
        service,
        count(*) as waiting_count,
        max(waiting_hours) as oldest_waiting_hours
    from marts.waiting_changes
    group by service
),

usual as (
    select
        name as service,
        median_hours
    from marts.change_wait
    where scope = 'service' and period = 'month' and is_finished
    qualify row_number() over (partition by name order by starts_on desc) = 1
),

confirmed as (
    select
        confirmed.service,
        confirmed.until_on,
        confirmed.reason
    from config.confirmed as confirmed
    cross join facts.today as run
    where confirmed.until_on > run.today
    qualify row_number() over (
        partition by confirmed.service order by confirmed.until_on desc, confirmed.reason
    ) = 1
),

freezes as (
    select
        services.service,
        freezes.name,
        freezes.from_on,
        freezes.to_on
    from facts.services as services
    cross join facts.today as run
    inner join facts.freezes as freezes
        on
            coalesce(freezes.service, services.service) = services.service
            and run.today between freezes.from_on and freezes.to_on
    qualify row_number() over (
        partition by services.service order by freezes.to_on desc, freezes.name
    ) = 1
)

select
    cadence.service,
    services.team,
    services.tier,
    cadence.state,
    cadence.is_frozen,
    freezes.from_on as frozen_from_on,
    freezes.to_on as frozen_to_on,
    freezes.name as freeze_name,
    confirmed.until_on as confirmed_until_on,
    confirmed.reason as confirmed_reason,
    cadence.threshold_years,
    cadence.return_years,
    cadence.r1 as silent_r_years,
    cadence.r4 as four_r_years,
    cadence.rv as volume_r_years,
    cadence.deploy_day_count,
    cadence.last_on,
    cadence.silent_days as silent_working_days,
    cadence.usual_days as usual_working_days,
    cadence.last_four_days,
    cadence.usual_four_days,
    cadence.unusual_since_on,
    cadence.next_from,
    cadence.next_to,
    coalesce(waiting.waiting_count, 0) as waiting_count,
    waiting.oldest_waiting_hours,
    usual.median_hours as usual_wait_hours,
    case
        when cadence.is_frozen then 6
        when confirmed.service is not null and cadence.state in ('stalled', 'slowing') then 5
        when cadence.state = 'stalled' and waiting.waiting_count > 0 then 1
        when cadence.state = 'stalled' then 2
        when cadence.state = 'slowing' then 3
        when cadence.state = 'watch' then 4
        when cadence.state = 'dormant' then 5
        else 7
    end as attention
from facts.cadence as cadence
inner join facts.services as services on cadence.service = services.service
left join waiting on cadence.service = waiting.service
left join confirmed on cadence.service = confirmed.service
left join freezes on cadence.service = freezes.service
left join usual on cadence.service = usual.service
cross join facts.today as run
where services.retired_on is null or services.retired_on > run.today
