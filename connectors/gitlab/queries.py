"""The GraphQL documents; each stays far below GitLab's limits of complexity and size."""

from typing import Final

USER: Final = "{ username bot }"
COMMITS: Final = "pageInfo { hasNextPage endCursor } nodes { sha authoredDate }"
NOTES: Final = (
    f"pageInfo {{ hasNextPage endCursor }} nodes {{ system body createdAt author {USER} }}"
)
JOBS: Final = (
    "pageInfo { hasNextPage endCursor } "
    "nodes { id name status createdAt startedAt finishedAt webPath }"
)

NEWEST: Final = """
fragment newest on Project {
  id
  mergeRequests(first: 1, sort: UPDATED_DESC) { nodes { updatedAt } }
  issues(first: 1, sort: UPDATED_DESC) { nodes { updatedAt } }
  releases(first: 1, sort: CREATED_DESC) { nodes { createdAt } }
}
"""

NEWEST_OF_MANY: Final = f"""
query NewestOfMany($ids: [ID!], $first: Int) {{
  projects(ids: $ids, first: $first) {{ nodes {{ ...newest }} }}
}}
{NEWEST}
"""

CHANGES: Final = f"""
query Changes($path: ID!, $iids: [String!], $first: Int) {{
  project(fullPath: $path) {{
    id
    mergeRequests(iids: $iids, first: $first) {{
      nodes {{
        iid
        commitCount
        author {USER}
        commits(first: 50) {{ {COMMITS} }}
        notes(first: 100) {{ {NOTES} }}
      }}
    }}
  }}
}}
"""

MORE_COMMITS: Final = f"""
query MoreCommits($path: ID!, $iid: String!, $after: String) {{
  project(fullPath: $path) {{
    id
    mergeRequest(iid: $iid) {{ commits(first: 100, after: $after) {{ {COMMITS} }} }}
  }}
}}
"""

MORE_NOTES: Final = f"""
query MoreNotes($path: ID!, $iid: String!, $after: String) {{
  project(fullPath: $path) {{
    id
    mergeRequest(iid: $iid) {{ notes(first: 100, after: $after) {{ {NOTES} }} }}
  }}
}}
"""

INCIDENTS: Final = """
query Incidents($path: ID!, $iids: [String!], $first: Int) {
  project(fullPath: $path) {
    id
    issues(iids: $iids, first: $first) {
      nodes { iid notes(first: 100) { nodes { system body createdAt } } }
    }
  }
}
"""

PIPELINES: Final = f"""
query Pipelines($path: ID!, $from: Time, $to: Time, $first: Int, $after: String) {{
  project(fullPath: $path) {{
    id
    pipelines(updatedAfter: $from, updatedBefore: $to, first: $first, after: $after) {{
      pageInfo {{ hasNextPage endCursor }}
      nodes {{ id iid startedAt finishedAt user {USER} jobs(first: 100) {{ {JOBS} }} }}
    }}
  }}
}}
"""

PIPELINE: Final = f"""
query Pipeline($path: ID!, $iid: ID!, $after: String) {{
  project(fullPath: $path) {{
    id
    pipeline(iid: $iid) {{
      id iid startedAt finishedAt user {USER} jobs(first: 100, after: $after) {{ {JOBS} }}
    }}
  }}
}}
"""

FILES: Final = """
query Files($path: ID!, $paths: [String!]!) {
  project(fullPath: $path) {
    id
    repository {
      blobs(paths: $paths) { nodes { path rawTextBlob } }
      tree { trees { nodes { path } } }
    }
  }
}
"""


def literals(count: int, *, with_forks: bool) -> str:
    """Return the document that looks up so many projects by their paths, and what is newest."""
    # GitLab before 17 does not tell whether a project is a fork.
    fork = "isForked" if with_forks else ""
    variables = ", ".join(f"$p{place}: ID!" for place in range(count))
    fields = " ".join(
        f"p{place}: project(fullPath: $p{place}) {{ ...listed }}" for place in range(count)
    )
    return f"""
query Projects({variables}) {{ {fields} }}
fragment listed on Project {{
  fullPath webUrl archived createdAt lastActivityAt {fork}
  repository {{ rootRef }}
  ...newest
}}
{NEWEST}
"""
