"""Settings of what others read: the published file, and the dashboard."""

from typing import Any, Literal

from pydantic import Field, SecretStr, field_validator

from pipelines.configuration.settings import Settings
from pipelines.configuration.values import Secret, Text

LENGTH = 32
"""Characters of a secret that signs cookies, at least."""


class Publish(Settings):
    """What is written beside the published file."""

    older_storage: Literal["v1.4.0", "v1.5.0"] | None = Field(
        default=None,
        description="Also write data/serving/current-<version>.duckdb, for tools whose DuckDB is "
        "older than 2.0. Left out: no such copy.",
    )


class Group(Settings):
    """A group of the provider of identities, and the team whose numbers it begins with."""

    group: Text = Field(description="The group, as the provider writes it in the claim.")
    team: Text | None = Field(
        default=None,
        description="The team that its members see first. Left out: everybody's numbers.",
    )


class SignIn(Settings):
    """Who may see the dashboard, by OpenID Connect."""

    metadata_url: Text = Field(
        description="The provider's own description: "
        "https://login.example.org/.well-known/openid-configuration."
    )
    client_id: Text = Field(description="What the provider calls the dashboard.")
    client_secret: Secret = Field(description="Proves to the provider that it is the dashboard.")
    redirect_url: Text = Field(
        description="The dashboard's own address with /oauth2callback, as the provider knows it."
    )
    cookie_secret: Secret = Field(
        description="Signs the cookies of who is signed in: 32 characters or more, at random. "
        "Another one signs everybody out."
    )
    domains: tuple[Text, ...] = Field(
        default=(),
        description="Whose addresses of e-mail end in one of these may see it. Left out, with "
        "`groups`: whom the provider lets in.",
    )
    groups: tuple[Group, ...] = Field(
        default=(), description="Members of these groups may see it, too."
    )
    groups_claim: Text = Field(
        default="groups", description="The claim of the identity token that names groups."
    )

    @field_validator("cookie_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr) -> SecretStr:
        # Not a constraint of the schema, which sees the name of a variable.
        if len(value.get_secret_value()) < LENGTH:
            raise ValueError(f"must be {LENGTH} characters or more, at random")
        return value

    @field_validator("redirect_url")
    @classmethod
    def _calls_back(cls, value: str) -> str:
        if not value.endswith("/oauth2callback"):
            raise ValueError("must end in /oauth2callback, where the dashboard listens for it")
        return value

    def told(self) -> dict[str, Any]:
        """Return what the dashboard is told, secrets in the clear."""
        shown = self.model_dump(mode="json", exclude={"client_secret", "cookie_secret"})
        return {
            **shown,
            "client_secret": self.client_secret.get_secret_value(),
            "cookie_secret": self.cookie_secret.get_secret_value(),
        }


class Dashboard(Settings):
    """The pages."""

    sign_in: SignIn | None = Field(
        default=None, description="Who may see them. Left out: whoever reaches them."
    )
