-- One row per word that tools use for how bad an incident is, in small letters.
--
-- grain: word
--   word               The word.
--   level              1 is the worst, 5 the least.

select
    words.word,
    words.level
from (
    values
    ('blocker', 1),
    ('critical', 1),
    ('emergency', 1),
    ('fatal', 1),
    ('highest', 1),
    ('error', 2),
    ('high', 2),
    ('major', 2),
    ('urgent', 2),
    ('medium', 3),
    ('moderate', 3),
    ('normal', 3),
    ('warning', 3),
    ('low', 4),
    ('minor', 4),
    ('cosmetic', 5),
    ('info', 5),
    ('informational', 5),
    ('lowest', 5),
    ('none', 5),
    ('notice', 5),
    ('trivial', 5)
) as words (word, level)
