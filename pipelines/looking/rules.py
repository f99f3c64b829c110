"""Which paths are migrations, message schemas, topology or pipelines, and which are no code."""

from collections.abc import Iterator

from connectors.looking import Rule
from pipelines.configuration import Configuration, glob_pattern

TOPICS = ("migration", "message", "topology", "pipeline")
READ = ("migration", "topology")
YAML = r"[^/]+\.ya?ml$"
# The first that matches counts. No topic: neither looked for nor code.
PATHS: tuple[tuple[str, str, str], ...] = (
    ("pipeline", "github_actions", r"^\.github/(?:workflows|actions)/"),
    ("pipeline", "gitlab_ci", r"(?:^|/)\.gitlab-ci[^/]*\.ya?ml$|^\.gitlab/ci/"),
    ("pipeline", "jenkins", r"(?:^|/)Jenkinsfile[^/]*$|\.jenkinsfile$"),
    ("pipeline", "tekton", rf"(?:^|/)\.?tekton/(?:.*/)?{YAML}"),
    ("pipeline", "argo", rf"(?:^|/)argo(?:-?cd|-?workflows|-?rollouts)?/(?:.*/)?{YAML}"),
    ("", "tests", r"(?:^|/)(?:tests?|__tests__|spec|testdata|fixtures)/|_test\.\w+$"
     r"|\.(?:test|spec)\.\w+$|(?:^|/)test_[^/]*\.py$"),
    ("", "words", r"(?i)\.(?:md|rst|adoc|txt)$|^docs?/|(?:^|/)(?:LICENSE|NOTICE|CODEOWNERS)$"),
    ("", "generated", r"(?:^|/)Migrations/(?:.*/)?[^/]*(?:\.Designer|ModelSnapshot)\.cs$"
     r"|(?:^|/)migrations/__init__\.py$|(?:^|/)migration_lock\.toml$|(?:^|/)schema\.prisma$"
     r"|(?:^|/)db/(?:[^/]+_)?(?:schema\.rb|structure\.sql|schema\.sql)$"),
    ("migration", "efcore", r"(?:^|/)Migrations/(?:[^/]+/)*\d{14}_[^/]+\.cs$"),
    ("migration", "alembic", r"(?:^|/)(?:[^/]*alembic[^/]*|migrations)/(?:[^/]+/)*versions/"
     r"[^/]+\.py$"),
    ("migration", "django", r"(?:^|/)migrations/\d{4}_[^/]+\.py$"),
    ("migration", "rails", r"(?:^|/)db/(?:[^/]+_)?migrate/\d+_[^/]+\.rb$"),
    ("migration", "prisma", r"(?:^|/)migrations/[^/]+/migration\.sql$"),
    ("migration", "flyway", r"(?:^|/)(?:[VU]\d[\d._]*|R)__[^/]+\.(?:sql|java|kt)$"),
    ("migration", "golang_migrate", r"\.(?:up|down)\.sql$"),
    ("migration", "liquibase", r"(?:^|/)(?:db/changelog|changelogs?|liquibase)/(?:.*/)?[^/]+"
     r"\.(?:xml|ya?ml|json|sql)$|(?:^|/)(?:db[.-])?changelog[.-][^/]*\.(?:xml|ya?ml|json|sql)$"),
    ("migration", "sql", r"(?:^|/)(?:migrations?|migrate)/(?:.*/)?[^/]+\.sql$"),
    ("message", "protobuf", r"\.proto$"),
    ("message", "avro", r"\.av(?:sc|dl|pr)$"),
    ("message", "asyncapi", r"(?:^|/)[^/]*asyncapi[^/]*\.(?:ya?ml|json)$"),
    ("topology", "helm", r"(?:^|/)Chart\.(?:yaml|lock)$|(?:^|/)values[^/]*\.ya?ml$"
     r"|(?:^|/)helmfile[^/]*\.ya?ml|(?:^|/)(?:charts?|helm)/(?:.*/)?[^/]+\.(?:ya?ml|tpl|json)$"),
    ("topology", "kustomize", r"(?:^|/)(?:kustomization\.ya?ml|Kustomization)$"
     rf"|(?:^|/)(?:kustomize|overlays?)/(?:.*/)?{YAML}"),
    ("topology", "terraform", r"\.(?:tf|tfvars)(?:\.json)?$"
     r"|(?:^|/)(?:terragrunt|\.terraform\.lock)\.hcl$"),
    ("topology", "pulumi", r"(?:^|/)Pulumi(?:\.[^/]+)?\.ya?ml$"),
    ("topology", "compose", r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$"),
    ("topology", "cloudformation", r"(?:^|/)(?:cloudformation|cfn)/(?:.*/)?[^/]+"
     r"\.(?:ya?ml|json|template)$|\.(?:cfn|template)\.(?:ya?ml|json)$"),
    ("topology", "kubernetes", r"(?:^|/)(?:k8s|kubernetes|kube|manifests|deploy|deployments?)/"
     r"(?:.*/)?[^/]+\.(?:ya?ml|json)$"),
)  # fmt: skip


def path_rules(configuration: Configuration) -> Iterator[Rule]:
    """Yield the rules in force: those of the configuration first."""
    own = configuration.architecture.paths
    for topic in TOPICS:
        globs = getattr(own, f"{topic}s" if topic != "topology" else topic)
        for glob in globs:
            yield Rule(topic, "configured", glob_pattern(glob), topic in READ)
    for topic, tool, pattern in PATHS:
        yield Rule(topic, tool, pattern, topic in READ)
