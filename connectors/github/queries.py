"""The GraphQL that is sent to GitHub; tests hold each document against the official schema."""

WHO = "fragment Who on Actor { __typename login }"
NEXT = "totalCount pageInfo { hasNextPage endCursor }"

FOUND = """
fragment Found on Repository {
  databaseId nameWithOwner url isArchived isFork createdAt pushedAt
  defaultBranchRef { name }
}
"""
NEWEST = """
fragment Newest on Repository {
  environments(first: 50) { nodes { name } }
  pullRequests(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { updatedAt } }
  deployments(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { createdAt } }
  issues(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { updatedAt } }
  releases(first: 3, orderBy: {field: CREATED_AT, direction: DESC}) {
    totalCount
    nodes { updatedAt }
  }
  latestRelease { updatedAt }
}
"""
_OWNED = (
    """
query Owned($owner: String!, $first: Int!, $after: String) {
  repositoryOwner(login: $owner) {
    login
    repositories(
      first: $first
      after: $after
      ownerAffiliations: [OWNER]
      orderBy: {field: CREATED_AT, direction: ASC}
    ) {
      %(next)s
      nodes { ...Found %(newest)s }
    }
  }
}
"""
    + FOUND
)
OWNED = _OWNED % {"next": NEXT, "newest": "...Newest"} + NEWEST
OWNED_PLAIN = _OWNED % {"next": NEXT, "newest": ""}


def named(count: int, *, is_plain: bool = False) -> str:
    """Return a document that looks up ``count`` repositories by name, as r0, r1, ..."""
    given = ", ".join(f"$o{at}: String!, $n{at}: String!" for at in range(count))
    newest = "" if is_plain else "...Newest"
    lines = (
        f"r{at}: repository(owner: $o{at}, name: $n{at}) {{ ...Found {newest} }}"
        for at in range(count)
    )
    return f"query Named({given}) {{ {' '.join(lines)} }}" + FOUND + ("" if is_plain else NEWEST)


COMMITS = f"{NEXT} nodes {{ id commit {{ oid authoredDate }} }}"
REVIEWS = f"{NEXT} nodes {{ id state submittedAt author {{ ...Who }} }}"
EVENTS = (
    "pageInfo { hasNextPage endCursor } nodes { __typename"
    " ... on ReadyForReviewEvent { id createdAt } ... on ConvertToDraftEvent { id createdAt } }"
)
LABELS = "pageInfo { hasNextPage endCursor } nodes { id name }"
READY = "itemTypes: [READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT]"
CHANGES = f"""
query Changes($owner: String!, $name: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    databaseId
    pullRequests(
      first: $first
      after: $after
      orderBy: {{field: UPDATED_AT, direction: DESC}}
    ) {{
      {NEXT}
      nodes {{
        id number title body url state isDraft isCrossRepository
        createdAt updatedAt mergedAt closedAt
        headRefName baseRefName
        author {{ ...Who }}
        mergeCommit {{ oid authoredDate messageHeadline parents(first: 1) {{ totalCount }} }}
        commits(first: 25) {{ {COMMITS} }}
        reviews(first: 25) {{ {REVIEWS} }}
        timelineItems(first: 25, {READY}) {{ {EVENTS} }}
        labels(first: 20) {{ {LABELS} }}
      }}
    }}
  }}
}}
{WHO}
"""
MORE_OF_CHANGE = f"""
query MoreOfChange(
  $id: ID!
  $commits: Boolean! = false, $reviews: Boolean! = false
  $timelineItems: Boolean! = false, $labels: Boolean! = false
  $afterCommits: String, $afterReviews: String, $afterTimelineItems: String, $afterLabels: String
) {{
  node(id: $id) {{
    id
    ... on PullRequest {{
      commits(first: 100, after: $afterCommits) @include(if: $commits) {{ {COMMITS} }}
      reviews(first: 100, after: $afterReviews) @include(if: $reviews) {{ {REVIEWS} }}
      timelineItems(first: 100, after: $afterTimelineItems, {READY})
        @include(if: $timelineItems) {{ {EVENTS} }}
      labels(first: 100, after: $afterLabels) @include(if: $labels) {{ {LABELS} }}
    }}
  }}
}}
{WHO}
"""

STATUSES = "pageInfo { hasNextPage endCursor } nodes { id state createdAt logUrl }"
DEPLOYMENT = f"""
fragment Deployed on Deployment {{
  id databaseId environment commitOid task createdAt updatedAt
  ref {{ name }}
  creator {{ ...Who }}
  statuses(first: 20) {{ {STATUSES} }}
}}
{WHO}
"""
DEPLOYMENTS = f"""
query Deployments($owner: String!, $name: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    databaseId
    deployments(
      first: $first
      after: $after
      orderBy: {{field: CREATED_AT, direction: DESC}}
    ) {{
      {NEXT}
      nodes {{ ...Deployed }}
    }}
  }}
}}
{DEPLOYMENT}
"""
DEPLOYMENTS_AGAIN = f"""
query DeploymentsAgain($ids: [ID!]!) {{
  nodes(ids: $ids) {{ ... on Deployment {{ repository {{ databaseId }} ...Deployed }} }}
}}
{DEPLOYMENT}
"""
MORE_STATUSES = f"""
query MoreStatuses($id: ID!, $afterStatuses: String) {{
  node(id: $id) {{
    id
    ... on Deployment {{ statuses(first: 100, after: $afterStatuses) {{ {STATUSES} }} }}
  }}
}}
"""

RELEASE = f"""
fragment Released on Release {{
  id databaseId tagName name isDraft isPrerelease createdAt publishedAt updatedAt url
  author {{ ...Who }}
  tagCommit {{ oid }}
}}
{WHO}
"""
RELEASES = f"""
query Releases($owner: String!, $name: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    databaseId
    releases(first: $first, after: $after, orderBy: {{field: CREATED_AT, direction: DESC}}) {{
      {NEXT}
      nodes {{ ...Released }}
    }}
  }}
}}
{RELEASE}
"""
RELEASES_AGAIN = f"""
query ReleasesAgain($ids: [ID!]!) {{
  nodes(ids: $ids) {{ ... on Release {{ repository {{ databaseId }} ...Released }} }}
}}
{RELEASE}
"""

RUNS_AGAIN = """
query RunsAgain($ids: [ID!]!) {
  nodes(ids: $ids) { ... on WorkflowRun { id databaseId updatedAt } }
}
"""
RUN_ENDS = """
query RunEnds($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on WorkflowRun {
      id
      checkSuite {
        repository { databaseId }
        checkRuns(first: 100) { totalCount nodes { completedAt } }
      }
    }
  }
}
"""
