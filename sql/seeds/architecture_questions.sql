-- One row per question that the architecture page opens with.
--
-- grain: number
--   number             1 to 7, in the order of the page.
--   topic              A word for it.
--   question           The question.

with asked as (
    select questions.*
    from (
        values
        (
            1, 'audience',
            'Could the newest feature be switched off for one customer or region without a '
            || 'deployment?'
        ),
        (2, 'canary', 'What were the last canary''s criteria, and who decided?'),
        (3, 'rollback', 'What happens if we roll back right now?'),
        (4, 'in_flight', 'What becomes of work in flight across the switch?'),
        (5, 'frequency', 'What is the deployment frequency this week?'),
        (6, 'topology', 'Was topology in the same review as the code?'),
        (
            7, 'friday',
            'Which of fast rollback, observability, automated abort, decoupled release and schema '
            || 'safety keeps us from shipping on a Friday?'
        )
    ) as questions (number, topic, question)
)

select * from asked
