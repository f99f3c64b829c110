-- One row per service that has deployed to production and question of the architecture page, each
-- answered in one sentence for its latest deployment. There is no sum of them.
--
-- grain: service, number
--   service            Service.
--   number             1 to 7, in the order of the page.
--   topic              A word for the question.
--   question           The question.
--   state              yes, no, claimed, unknown or stale; unknown is no worse than yes.
--   known_by           measured, claimed or unknown.
--   answer             The answer in a sentence.
--   observed_at        Of when the evidence is, UTC; null where unknown.
--   evidence_url       Page of the evidence; null without one.

with answers as (
    select
        'audience' as topic,
        *
    from marts.architecture_answer_audience
    union all
    select
        'canary' as topic,
        *
    from marts.architecture_answer_canary
    union all
    select
        'rollback' as topic,
        *
    from marts.architecture_answer_rollback
    union all
    select
        'in_flight' as topic,
        *
    from marts.architecture_answer_in_flight
    union all
    select
        'frequency' as topic,
        *
    from marts.architecture_answer_frequency
    union all
    select
        'topology' as topic,
        *
    from marts.architecture_answer_topology
    union all
    select
        'friday' as topic,
        *
    from marts.architecture_answer_friday
)

select
    answers.service,
    questions.number,
    questions.topic,
    questions.question,
    answers.state,
    answers.known_by,
    answers.answer,
    answers.observed_at,
    answers.evidence_url
from answers
inner join seeds.architecture_questions as questions on answers.topic = questions.topic
