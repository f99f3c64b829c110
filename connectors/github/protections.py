"""Classic protection of branches: GitHub tells no time of it, so that looks are compared."""

from collections.abc import Collection
from typing import Final

from connectors.errors import SourceMisconfigured
from connectors.github.answering import Answer
from connectors.github.answers import Node, check, nodes
from connectors.github.client import Client
from connectors.github.paging import named, next_page
from connectors.hosts.api import Repository
from connectors.hosts.settings import WORDS, Look, like

KIND: Final = "protection"
RIGHT: Final = "Administration: read (classic: scope repo, its owner may administer)"
# Who may go past a rule is counted and not named; more rules a page would cost further points.
PROTECTIONS: Final = """
query Protections($owner: String!, $name: String!, $after: String) {
  repository(owner: $owner, name: $name) {
    databaseId
    viewerCanAdminister
    branchProtectionRules(first: 25, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        pattern
        allowsDeletions allowsForcePushes blocksCreations dismissesStaleReviews isAdminEnforced
        lockBranch requireLastPushApproval requiredApprovingReviewCount
        requiredDeploymentEnvironments requiredStatusCheckContexts requiresApprovingReviews
        requiresCodeOwnerReviews requiresCommitSignatures requiresConversationResolution
        requiresDeployments requiresLinearHistory requiresStatusChecks requiresStrictStatusChecks
        restrictsPushes restrictsReviewDismissals
        bypassForcePushAllowances(first: 1) { totalCount }
        bypassPullRequestAllowances(first: 1) { totalCount }
        pushAllowances(first: 1) { totalCount }
        reviewDismissalAllowances(first: 1) { totalCount }
      }
    }
  }
}
"""


def look(client: Client, repository: Repository) -> Look:
    """Return what each rule is like, by its pattern."""
    seen: dict[str, str] = {}
    tokens: set[str | None] = {None}
    following: str | None = None
    while True:
        found, following = page(client, repository, following, tokens)
        rules = found["branchProtectionRules"]
        if not rules["totalCount"] and not found["viewerCanAdminister"]:
            # Who may not see rules is shown none, and told nothing.
            raise SourceMisconfigured(
                f"GitHub shows none of {repository.full_name}, as it does to who may not see them"
            )
        seen |= {str(rule["pattern"]): like(rule) for rule in nodes(rules)}
        if following is None:
            return Look(KIND, RIGHT, seen=seen)
        tokens.add(following)


def page(
    client: Client, repository: Repository, token: str | None, known: Collection[str | None]
) -> tuple[Node, str | None]:
    """Return the repository with one page of its rules, and where they go on."""
    what = f"{WORDS[KIND]} of {repository.full_name}"
    given = named(repository)

    def read(answer: Answer) -> tuple[Node, str | None]:
        if answer.errors:
            raise client.refused(answer.errors, what)
        found: Node = answer.data["repository"]
        check(found["databaseId"], repository)
        return found, next_page(found["branchProtectionRules"], known)

    return client.graphql(PROTECTIONS, {**given, "after": token}, what, given["owner"], read)
