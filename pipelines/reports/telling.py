"""The report's sentences: what happened, what needs someone, and how it was counted."""

from collections.abc import Mapping, Sequence
from datetime import date

from pipelines.reports import reading
from pipelines.reports.contents import Note
from pipelines.reports.outside import short
from pipelines.reports.reading import NAME, WEEK, Edition, Row
from sql import cadence_words, words
from sql.names import ENOUGH, GIT_ONLY
from sql.words import Part, Sentence


def opening(
    edition: Edition, history: Mapping[str, Mapping[date, Row]], rhythms: Sequence[Row]
) -> Sentence:
    """Say what happened against what is usual, then who needs a look, then the rest."""
    return (
        *_shipped(edition, history["deployment_frequency"].get(edition.week), rhythms),
        *_alarms(edition, rhythms),
        *_rest(edition, history),
    )


def _shipped(edition: Edition, row: Row | None, rhythms: Sequence[Row]) -> Sentence:
    who = words.capital(edition.who)
    verb = "released" if edition.run.is_git_only else "shipped"
    count = row["n"] if row else 0
    what = words.times(count) if count else "nothing"
    week = f"week {edition.week.isocalendar().week}"
    if not edition.is_finished:
        so_far = f" so far in {week}, which is not over."
        return (Part(f"{who} has {verb} "), Part(what, "strong"), Part(so_far))
    low, high = (row["low"], row["high"]) if row else (None, None)
    # The weeks of a service's silence are among the usual ones, and would make it usual.
    is_silence = not count and edition.scope.kind == "service" and edition.is_latest
    is_told = is_silence and any(map(cadence_words.is_quiet, rhythms))
    usual = "" if is_told else words.against_usual(count, low, high)
    return (Part(f"{who} {verb} "), Part(what, "strong"), Part(f" in {week}{usual}."))


def _alarms(edition: Edition, rhythms: Sequence[Row]) -> Sentence:
    if not edition.is_latest:
        return ()
    named = [{**row, "service": short(row["service"], NAME)} for row in rhythms]
    return cadence_words.alarms(named)


def _rest(edition: Edition, history: Mapping[str, Mapping[date, Row]]) -> Sentence:
    lead = history["change_lead_time"].get(edition.week)
    fails = history["change_fail_rate"].get(edition.week)
    has_lead = lead is not None and lead["value"] is not None
    said = [*_lead_time(edition, lead), *_fail_rate(edition, fails, has_lead=has_lead)]
    is_whole = edition.week - 3 * WEEK in history["deployment_frequency"]
    over = "Over four weeks" if is_whole else f"Since the first {edition.run.noun}"
    return (Part(f" {over} "), *said, Part(".")) if said else ()


def _lead_time(edition: Edition, row: Row | None) -> Sentence:
    if row is None or row["value"] is None:
        return ()
    goal = "a release" if edition.run.is_git_only else "production"
    few = f" (n = {row['n']})" if row["n"] < ENOUGH else ""
    return (
        Part("a change took "),
        Part(words.duration(row["value"]), "strong"),
        Part(f" to reach {goal}{few}"),
    )


def _fail_rate(edition: Edition, row: Row | None, *, has_lead: bool) -> Sentence:
    joined = Part(", and " if has_lead else "")
    noun = edition.run.noun
    if row is None or row["value"] is None:
        return ()
    if row["n"] < ENOUGH:
        few = f"{noun}s are too few for a fail rate (n = {row['n']}, {ENOUGH} are needed)"
        return (joined, Part(few))
    inferred = ", as far as git tells" if edition.run.is_git_only else ""
    return (
        joined,
        Part(words.in_hundred(row["value"]), "strong"),
        Part(f" {noun}s needed intervention{inferred}"),
    )


def warnings(edition: Edition, *, is_settled: bool) -> tuple[str, ...]:
    """Say what a reader must know before the first number."""
    run, found = edition.run, []
    if run.is_demo:
        found.append(f"Demo: made-up data, ending {words.moment(run.as_of, run.zone)}.")
    if not edition.is_finished:
        at = words.moment(run.as_of, run.zone)
        found.append(f"Unfinished: the week is told up to {at}, and compared with nothing.")
    elif not is_settled:
        found.append("Not settled yet: failures of the week may still become known.")
    return tuple(found)


def notes(edition: Edition) -> tuple[Note, ...]:
    """Say what the numbers stand on and how they were counted."""
    run = edition.run
    found = [Note("Sources.", _sources(edition)), Note("How we counted.", _counted(edition))]
    if run.is_git_only:
        found.insert(1, Note("What plain git cannot see.", GIT_ONLY))
    if run.is_demo:
        made_up = (
            "This organisation, its services and all that happens in it are made up;"
            f" its data ends on {words.day(run.local.date())} and never goes on."
        )
        found.insert(0, Note("Demo.", made_up))
    return (*found, Note("Definitions:", "", tuple(reading.definitions(edition))))


def _counted(edition: Edition) -> str:
    run = edition.run
    what = (
        "Releases are tags; lead time runs from a change's first commit to its first release"
        if run.is_git_only
        else "Successful production deployments, rollbacks included, one version to several"
        " regions as the definitions say; lead time runs from a change's first commit to the end"
        " of its first production deployment"
    )
    failed = (
        "what failed is inferred from patch releases and reverts"
        if run.is_git_only
        else "a failure is known by an incident, a rollback, a hotfix or a revert"
    )
    return (
        f"{what}; {failed}; recovery is the Kaplan-Meier median, what is still open counted as"
        f" open; intervals are Wilson's, 95 %. Weeks begin on Monday in {run.zone}, as do all"
        f" times here. As of {words.day(run.local.date())}, {run.local:%H:%M}."
    )


def _sources(edition: Edition) -> str:
    said = []
    for row in reading.sources(edition):
        one = f"{short(row['source'], NAME)} ({row['kind']})"
        if not edition.run.is_demo and row["fetched_at"] is not None:
            one += f", read {words.moment(row['fetched_at'], edition.run.zone)}"
        rejected = int(row["rejected_count"])
        said.append(one + (f", {words.counted(rejected, 'row')} rejected" if rejected else ""))
    return f"{'; '.join(said)}." if said else "None has been read."
