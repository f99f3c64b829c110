"""The GraphQL about issues and about what a repository uses; held against the schema, too."""

from connectors.github.queries import NEXT, WHO

_ISSUES = f"""
query Issues(
  $owner: String!, $name: String!, $first: Int!, $after: String, $filter: IssueFilters
) {{
  repository(owner: $owner, name: $name) {{
    databaseId
    issues(
      first: $first
      after: $after
      filterBy: $filter
      orderBy: {{field: UPDATED_AT, direction: ASC}}
    ) {{
      {NEXT}
      nodes {{
        number title body url state createdAt updatedAt closedAt TYPE
        author {{ ...Who }}
        labels(first: 100) {{ nodes {{ name }} }}
        timelineItems(first: 1, itemTypes: [ASSIGNED_EVENT]) {{
          nodes {{ ... on AssignedEvent {{ createdAt }} }}
        }}
      }}
    }}
  }}
}}
{WHO}
"""
ISSUES = _ISSUES.replace("TYPE", "")
# Servers older than issue types refuse a document that names them.
ISSUES_TYPED = _ISSUES.replace("TYPE", "issueType { name }")
KNOWN_TYPES = """
query KnownTypes {
  issue: __type(name: "Issue") { fields { name } }
  filters: __type(name: "IssueFilters") { inputFields { name } }
}
"""

_FILE = "... on Blob { text isTruncated }"
FILES = {
    "f0": "CODEOWNERS",
    "f1": ".github/CODEOWNERS",
    "f2": "docs/CODEOWNERS",
    "f3": "catalog-info.yaml",
}
_FILES = "\n".join(
    f'    {alias}: object(expression: "HEAD:{path}") {{ {_FILE} }}' for alias, path in FILES.items()
)
SURVEY = f"""
query Survey($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name) {{
    databaseId pushedAt
    deployments(first: 100, orderBy: {{field: CREATED_AT, direction: DESC}}) {{
      nodes {{ environment createdAt }}
    }}
    releases(first: 20, orderBy: {{field: CREATED_AT, direction: DESC}}) {{
      nodes {{ tagName isDraft createdAt publishedAt }}
    }}
    refs(
      refPrefix: "refs/tags/"
      first: 50
      orderBy: {{field: TAG_COMMIT_DATE, direction: DESC}}
    ) {{ nodes {{ name }} }}
    issues(first: 100, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
      nodes {{ labels(first: 20) {{ nodes {{ name }} }} TYPE }}
    }}
    tree: object(expression: "HEAD:") {{ ... on Tree {{ entries {{ name type }} }} }}
{_FILES}
  }}
}}
"""
SURVEY_TYPED = SURVEY.replace("TYPE", "issueType { name }")
SURVEY = SURVEY.replace("TYPE", "")

VIEWER = "query Viewer { viewer { login } }"
PROBES = {
    entity: f"""
query Probe($owner: String!, $name: String!) {{
  repository(owner: $owner, name: $name) {{ databaseId {probe} }}
}}
"""
    for entity, probe in {
        "pull requests": "pullRequests(first: 1) { totalCount }",
        "deployments": "deployments(first: 1) { totalCount }",
        "releases": "releases(first: 1) { totalCount }",
        "issues": "issues(first: 1) { totalCount }",
    }.items()
}
