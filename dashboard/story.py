"""What the service page says: its sentence, its chart titles, its tables."""

from datetime import timedelta
from typing import Any

import polars as pl

from dashboard import clocks, heads
from dashboard.charts.stages import STAGES
from dashboard.charts.timeline import DAYS
from dashboard.frame import Frame
from dashboard.marks import Column, link, table
from dashboard.rows import GIT_ONLY, home
from sql import cadence_words, next_steps, words
from sql.drawing import strips
from sql.words import Part, escape_html

LATEST = 12
SAID = {
    "explicit": "explicit reference",
    "fix": "fix deployed",
    "hotfix": "a hotfix after it",
    "rollback": "rollback",
    "flag_off": "flag turned off",
}
TIMELINE = (
    "tick: what went out; triangle and bar: what failed and the time to recovery; solid line: the"
    " link is certain (0.9 and up), dotted: inferred; grey: weekend"
)


def scope(service: dict[str, Any]) -> list[str]:
    """Return the overline's first parts: team, tier, repository and state."""
    parts = [escape_html(part) for part in home(service)]
    if service["repository"] and service["repository"] != service["service"]:
        parts.append(escape_html(service["repository"]))
    return [*parts, strips.chip(cadence_words.state(service))]


def sentence(service: dict[str, Any], last: dict[str, Any], page: Frame) -> words.Sentence:
    """Say what the service did last week and whether it needs someone."""
    name = words.capital(service["service"])
    if service["last_deployed_at"] is None:
        what = f" has never been {'released' if page.run.is_git_only else 'deployed'}."
        return (Part(name, "strong"), Part(what))
    if service["state"] == "retired":
        on = words.day(page.run.day(service["last_deployed_at"]))
        return (Part(name, "strong"), Part(f" is retired; it last went out on {on}."))
    count, low, high = last.get("n") or 0, last.get("low"), last.get("high")
    if not count and cadence_words.is_quiet(service):
        # The weeks of the silence are among the usual ones, and would make it usual.
        happened = words.happened(name, count, is_git_only=page.run.is_git_only)
        return (*happened, Part("."), *_state(service))
    opened = words.shipped(name, count, low, high, is_git_only=page.run.is_git_only)
    return opened + _state(service)


def _state(service: dict[str, Any]) -> words.Sentence:
    count = service["waiting_count"] or 0
    if cadence_words.is_alarm(service):
        role: words.Role = "stall" if service["state"] == "stalled" else "slow"
        said = words.capital(cadence_words.said(service))
        return (Part(" "), Part(said, role), Part(f"; {cadence_words.waiting(service)}."))
    if service["is_frozen"] or service["state"] in cadence_words.ALARMS:
        # An alarm that asks for nobody is one that people know of.
        return (Part(f" {words.capital(cadence_words.said(service))}."),)
    if service["state"] == "too_new":
        return (Part(f" It is too new for a rhythm of its own: {cadence_words.said(service)}."),)
    if service["state"] == "dormant":
        return (Part(f" It is dormant: {cadence_words.said(service)}."),)
    if count:
        oldest = words.duration(service["oldest_waiting_hours"])
        verb = "waits" if count == 1 else "wait"
        return (Part(f" {words.counted(count, 'change')} {verb}, the oldest for {oldest}."),)
    return (Part(" Nothing waits to go out."),)


def next_step(row: dict[str, Any], stage: dict[str, Any], stages: pl.DataFrame) -> str:
    """Return the one next step with what it stands on, and the largest stage, as HTML.

    Of too few changes no stage is called the largest.
    """
    said = [f"<b>One next step.</b> {next_steps.NONE}"]
    if row:
        shown = str(row["evidence"] or row["evidence_id"] or words.NOTHING)
        shown = shown[:12] if row["evidence"] is None else shown
        said = [f"<b>{escape_html(next_steps.step(row))}</b>", words.html(next_steps.because(row))]
        said.append(f"{link(row['evidence_url'], shown)}.")
    is_few = stages.filter("is_now")["is_too_few"].any()
    if stage and not is_few and row.get("rule") != "stage":
        said.append(escape_html(next_steps.largest(stage)))
    return f'<p class="step">{" ".join(said)}</p>'


def weeks(rows: pl.DataFrame, page: Frame) -> tuple[str, str]:
    """Return the title and the caption of the bars."""
    last, now = heads.last_whole(rows), heads.unfinished(rows)
    what = "releases" if page.run.is_git_only else "successful production deployments"
    caption = f"{what} a {page.period}"
    if page.period == "week":
        caption += "; band: usual range of the 16 weeks before"
    caption += f"; hatched: this {page.period}, unfinished"
    if now:
        caption += f", {now['n']} so far"
    if not last:
        return "No whole week is known yet", caption
    usual = words.against_usual(last["n"], last["low"], last["high"])
    return f"{last['n']} last {page.period}{usual if page.period == 'week' else ''}", caption


def stages(rows: pl.DataFrame, page: Frame) -> tuple[str, str]:
    """Return the title and the caption of the stages' bars."""
    now = rows.filter("is_now").to_dicts()
    if not now:
        return "Where does lead time go?", "No change was delivered in the last four weeks."
    end = "be released" if page.run.is_git_only else "reach production"
    counts = " and ".join(str(count) for count in rows["change_count"].to_list())
    known = [name for _, name, _ in STAGES if rows[name].fill_null(0).sum() > 0]
    how = (
        "split by each stage's share of all hours; solid: worked on, hatched: waiting"
        if len(known) > 1
        else "whole; the steps on the way are not known from this source"
    )
    if now[0].get("hides_reviews"):
        how += f"; {words.HIDDEN}"
    title = f"A change now takes {words.duration(now[0]['lead_time_hours'])} to {end}"
    # The chart is drawn all the same.
    if now[0]["is_too_few"]:
        title = f"Lead time now: too few to tell, n = {now[0]['change_count']}"
    drawn = ", ".join(["median from the first commit", *clocks.told(page.clock), how])
    return title, f"{drawn}; n = {counts}"


def as_of(page: Frame) -> str:
    """Say of what does not follow the chosen week that it does not."""
    return "; up to now, not of the chosen week" if page.choices.week else ""


def spread(rows: pl.DataFrame, now: dict[str, Any], page: Frame) -> tuple[str, str]:
    """Return the title and the caption of how spread lead time is."""
    count = int(rows["change_count"].sum())
    drawn = ", ".join(["first commit to production", *clocks.told(page.clock)])
    caption = (
        f"changes of the last 4 whole weeks by how long they took, {drawn}; each bar reaches twice"
        f" as far as the one before; n = {words.counted(count, 'change')}" + as_of(page)
    )
    if not now or now["is_too_few"]:
        return f"How spread is lead time? Too few to tell, n = {count}", caption
    half, most = words.duration(now["p50"]), words.duration(now["p90"])
    return f"Half of the changes take under {half}, one in ten over {most}", caption


def is_silent(rows: pl.DataFrame, page: Frame) -> bool:
    """Tell whether nothing went out in the four weeks that the timeline draws."""
    first = page.run.day(page.run.as_of) - timedelta(days=DAYS)
    return not any(page.run.day(at) >= first for at in rows["finished_at"])


def timeline(rows: pl.DataFrame, page: Frame) -> str:
    """Say the timeline in one sentence, for those who can't see it."""
    failed = rows.filter(outcome="failed").height
    return (
        f"{page.service}: {words.counted(rows.height, page.run.noun)} in 84 days,"
        f" {failed} failed; the last four weeks are drawn"
    )


def latest(rows: pl.DataFrame, page: Frame) -> str:
    """Return the latest rollouts as a table."""
    if rows.is_empty():
        return f'<p class="caption">No {page.run.noun} in the last 84 days.</p>'
    columns = [
        Column("When", "keep"),
        Column("Version", "chipped keep"),
        Column("First change", "title"),
        Column("Changes", "num"),
        Column("Lead time", "num"),
        Column("Outcome", "outcome"),
        Column("In words", "words"),
    ]
    cells = []
    for row in rows.head(LATEST).to_dicts():
        version = row["version"] or (row["commit_sha"] or "")[:7] or words.NOTHING
        changes, lead = str(row["change_count"] or 0), words.duration(row["lead_time_hours"])
        outcome = _outcome(row)
        cells.append(
            [
                words.moment(row["finished_at"], page.run.zone),
                f"<b>{link(row['url'], version)}</b>",
                escape_html(row["first_change_title"] or words.NOTHING),
                changes,
                lead,
                outcome,
                f"{words.counted(int(changes), 'change')}, lead time {lead}, {outcome}",
            ]
        )
    return table(columns, cells, "latest blocks")


def _outcome(row: dict[str, Any]) -> str:
    kinds = [name for name in ("rollback", "hotfix") if row[f"is_{name}"]]
    if row["outcome"] != "failed":
        return escape_html(", ".join([row["outcome"], *kinds]))
    facts = ["still open"]
    if row["recovery_hours"] is not None:
        by = said(row["recovered_by"], "recovered")
        facts = [f"{by} after {words.duration(row['recovery_hours'])}"]
    if row["why"]:
        sure = "" if row["confidence"] is None else f" ({row['confidence']:.2g})"
        facts.append(f"{'inferred' if row['is_inferred'] else 'known'} by {said(row['why'])}{sure}")
    told = escape_html("; ".join([*kinds, *facts]))
    return f'<span class="failed">▲ failed</span><small>{told}</small>'


def said(name: str | None, otherwise: str = "") -> str:
    """Say a rule's name, or any other, in words."""
    return SAID.get(name or "", (name or otherwise).replace("_", " "))


def waits(service: dict[str, Any], rows: pl.DataFrame) -> str:
    """Say what waits against the service's usual wait."""
    if rows.is_empty():
        return "Everything merged has gone out."
    usual = service["usual_wait_hours"]
    if usual is None:
        return "merged, not yet deployed, oldest first"
    past = rows.filter(pl.col("waiting_hours") > usual).height
    said = f"merged, not yet deployed; usual wait {words.duration(usual)}"
    return f"{said}, {past} of {rows.height} past it" if past else said


def waiting(rows: pl.DataFrame, page: Frame) -> str:
    """Return what waits as a table, the oldest first."""
    columns = [Column("Change", "title"), Column("Merged", "keep"), Column("Waits", "num")]
    cells = [
        [
            f"<b>{link(row['url'], short(row))}</b> {escape_html(row['title'] or '')}",
            words.moment(row["merged_at"], page.run.zone),
            words.duration(row["waiting_hours"]),
        ]
        for row in rows.head(LATEST).to_dicts()
    ]
    more = rows.height - LATEST
    tail = f'<p class="caption">and {words.counted(more, "more", "more")}</p>' if more > 0 else ""
    return table(columns, cells, "waits") + tail


def short(change: dict[str, Any]) -> str:
    """Return a change's own name without its repository, a commit's at seven digits."""
    name = str(change["change_id"]).rpartition("/")[2].rpartition("@")[2]
    return name[:7] if change["kind"] == "commit" else name[:24]


def notes(page: Frame) -> list[str]:
    """Return the small print that only this page needs."""
    return [GIT_ONLY] if page.run.is_git_only else []
