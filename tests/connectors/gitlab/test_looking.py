"""What is looked at for a first configuration, and for doctor."""

from connectors.hosts.survey import Use
from tests.connectors.gitlab.collecting import api
from tests.hosts.gitlab_server import JOB_TOKEN, TOKEN, Token
from tests.hosts.gitlab_state import moment

MAINTAINER = "the role Maintainer (with the scope read_api it writes nothing)"
PAID = "the role Maintainer, on GitLab Premium or Ultimate"


def survey(gitlab, **told):
    reader = api(gitlab, **told)
    return reader.survey(next(reader.repositories()))


def test_a_survey_tells_what_a_project_really_uses(gitlab, shop):
    shop.deploy("staging")
    gitlab.state.wait(hours=1)
    shop.deploy()
    shop.deploy()
    shop.release("v1.0")
    shop.pipeline("build", "deploy")
    shop.issue(labels=["till", "incident"], kind="incident")
    shop.files |= {"CODEOWNERS": "* @acme/web", "api/main.py": "", "web/app.ts": ""}

    told = survey(gitlab)

    later = moment("2025-03-01 11:00")
    assert told.full_name == "acme/shop"
    assert told.deployments == (
        Use("production", 2, later),
        Use("staging", 1, moment("2025-03-01 10:00")),
    )
    assert told.production_tiers == ("production",)
    assert told.releases == (Use("v1.0", 1, later),)
    assert told.tags == ("v1.0",)
    assert told.runs == (Use("deploy", 1, later), Use("build", 1, later))
    assert (told.labels, told.issue_types) == (("incident", "till"), ("incident",))
    assert told.files == {"CODEOWNERS": "* @acme/web"}
    assert told.folders == ("api", "web")


def test_a_survey_leaves_out_what_can_not_be_seen(gitlab, shop):
    shop.off |= {"environments_access_level", "builds_access_level", "issues_access_level"}
    shop.release("v1.0")

    told = survey(gitlab)

    assert (told.deployments, told.runs, told.labels) == ((), (), ())
    assert told.tags == ("v1.0",)


def access(gitlab, **told):
    return [(one.subject, one.level, one.said) for one in api(gitlab, **told).access()]


def test_a_good_token_is_told_with_its_quota(gitlab, shop):
    shop.role = 40
    gitlab.limit = (2000, 1990)

    assert access(gitlab) == [
        ("server", "ok", "GitLab 17.5.1-ee"),
        ("token", "ok", "its scopes are read_api, read_repository"),
        ("projects", "ok", "1 seen"),
        ("rules of branches of acme/shop", "ok", f"can be read, by {MAINTAINER}"),
        ("CI variables of acme/shop", "ok", f"can be read, by {MAINTAINER}"),
        ("protected environments of acme/shop", "ok", f"can be read, by {PAID}"),
        ("quota", "ok", "1,985 of 2,000 requests left; 10% are left to others"),
    ]


def test_what_settings_take_is_told_once_for_each_group(gitlab, shop):
    gitlab.state.project("acme/web/till")
    gitlab.state.project("other/shop")

    told = access(gitlab, repositories=("acme/**", "other/*"))

    hidden = [one for one in told if one[2].startswith("not seen")]
    assert [one[:2] for one in hidden] == [
        ("rules of branches of acme/shop", "look"), ("CI variables of acme/shop", "look"),
        ("protected environments of acme/shop", "look"),
        ("rules of branches of other/shop", "look"), ("CI variables of other/shop", "look"),
        ("protected environments of other/shop", "look"),
    ]  # fmt: skip
    assert f"give the token {MAINTAINER}, or leave it" in hidden[0][2]


def test_missing_scopes_and_a_near_end_are_told(gitlab, shop):
    gitlab.tokens[TOKEN] = Token(("read_api",), expires_at="2020-01-01")

    told = access(gitlab)

    assert told[1][1] == "mend"
    assert "lacks read_repository: make one with the scopes read_api" in told[1][2]
    assert told[2][2] == "it ends on 2020-01-01: make a new one before that"


def test_a_token_that_could_write_is_pointed_out(gitlab, shop):
    gitlab.tokens[TOKEN] = Token(("api",))

    told = access(gitlab)

    assert told[1] == (
        "token", "look", "its scopes are api; read_api and read_repository would do",
    )  # fmt: skip


def test_a_wrong_token_ends_the_look(gitlab, shop):
    told = access(gitlab, token="wrong")

    assert [one[:2] for one in told] == [("token", "mend")]
    assert "make one with the scopes" in told[0][2]


def test_a_role_that_is_too_low_and_a_missing_project_are_told(gitlab, shop):
    shop.role = 10

    told = access(gitlab, repositories=("acme/shop", "acme/nothing"))

    assert [one[:2] for one in told[2:]] == [
        ("projects", "ok"), ("acme/nothing", "mend"), ("acme/shop", "mend"),
        ("rules of branches of acme/shop", "look"), ("CI variables of acme/shop", "look"),
        ("protected environments of acme/shop", "look"),
        ("quota", "ok"),
    ]  # fmt: skip
    assert "role is lower than Reporter" in told[4][2]


def test_no_project_at_all_is_to_be_mended(gitlab):
    told = access(gitlab, repositories=("acme/nothing",))

    assert told[2][:2] == ("projects", "mend")


def test_a_job_token_says_what_it_can_not_see(gitlab, shop):
    gitlab.job = shop

    told = access(gitlab, token=None, job_token=JOB_TOKEN)

    assert told[0][:2] == ("token", "look")
    assert "no pipelines, jobs, issues" in told[0][2]
    assert told[1] == ("projects", "ok", "1 seen")
