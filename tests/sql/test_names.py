"""What the five metrics are called, everywhere the same."""

import pytest

from sql import names


@pytest.mark.parametrize(
    ("metric", "said", "on_git"),
    [
        ("deployment_frequency", "Deployment frequency", "Release frequency"),
        ("change_lead_time", "Change lead time", "Change lead time"),
        ("change_fail_rate", "Change fail rate", "Change fail rate, inferred"),
        ("recovery_time", "Recovery time", "Recovery time, inferred"),
        ("rework_rate", "Rework rate", "Rework rate, inferred"),
    ],
)
def test_a_metric_is_called_by_its_name_and_on_plain_git_by_what_is_known(metric, said, on_git):
    assert metric in names.WINDOWS
    assert names.metric(metric) == said
    assert names.metric(metric, is_git_only=True) == on_git


def test_what_is_inferred_is_a_metric():
    assert set(names.INFERRED) < set(names.WINDOWS)
