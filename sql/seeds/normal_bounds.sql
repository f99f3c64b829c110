-- One row per number of things compared: how many standard deviations any of them is beyond,
-- one-sided, only once in 200 times in which all are alike. By the normal distribution and
-- Bonferroni's share of each; where a row is of several numbers, that of the largest.
--
-- grain: from_count
--   from_count         Fewest that are compared.
--   to_count           Most.
--   z_bound            Standard deviations.

select
    given.from_count,
    given.to_count,
    cast(given.z_bound as double) as z_bound
from
    (
        values
        (1, 1, 2.575829), (2, 2, 2.807034), (3, 3, 2.935199),
        (4, 4, 3.023341), (5, 5, 3.090232), (6, 6, 3.143980),
        (7, 7, 3.188815), (8, 8, 3.227218), (9, 9, 3.260767),
        (10, 10, 3.290527), (11, 12, 3.341479), (13, 15, 3.402933),
        (16, 20, 3.480756), (21, 25, 3.540084), (26, 30, 3.587915),
        (31, 40, 3.662260), (41, 50, 3.719016), (51, 75, 3.820219),
        (76, 100, 3.890592), (101, 150, 3.987879), (151, 200, 4.055627),
        (201, 300, 4.149410), (301, 500, 4.264891), (501, 750, 4.354562),
        (751, 1000, 4.417173), (1001, 2000, 4.564788), (2001, 5000, 4.753424),
        (5001, 10000, 4.891638), (10001, 100000, 5.326724)
    ) as given (from_count, to_count, z_bound)
