-- One row per operation of schema migrations: what kind of change it is, and whether the version
-- before it runs on, so that a deployment can be rolled back across it.
--
-- grain: operation
--   operation          What readers of migrations call it.
--   kind               expand, contract, data or unread.
--   takes_back         always: the earlier version runs on; down: after a way down; never; unknown.

select kinds.*
from (
    values
    ('add_table', 'expand', 'always'), ('add_column', 'expand', 'always'),
    ('add_index', 'expand', 'always'), ('add_view', 'expand', 'always'),
    ('add_object', 'expand', 'always'), ('allow_null', 'expand', 'always'),
    ('set_default', 'expand', 'always'),
    ('add_not_null_column', 'contract', 'down'), ('set_not_null', 'contract', 'down'),
    ('add_constraint', 'contract', 'down'), ('change_type', 'contract', 'down'),
    ('rename_table', 'contract', 'down'), ('rename_column', 'contract', 'down'),
    ('rename_index', 'contract', 'always'), ('drop_default', 'contract', 'down'),
    ('drop_index', 'contract', 'always'), ('drop_constraint', 'contract', 'always'),
    ('drop_view', 'contract', 'down'), ('drop_object', 'contract', 'down'),
    ('drop_column', 'contract', 'never'), ('drop_table', 'contract', 'never'),
    ('insert', 'data', 'always'), ('update', 'data', 'down'), ('run_code', 'data', 'down'),
    ('delete', 'data', 'never'), ('unread', 'unread', 'unknown')
) as kinds (operation, kind, takes_back)
