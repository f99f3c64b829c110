"""The settings of clusters and delivery tools: how versions are rolled out."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator, model_validator

from pipelines.configuration.hosts import Address
from pipelines.configuration.settings import Source, resolved_path
from pipelines.configuration.values import Day, Flag, Glob, Secret, Text, Texts

Words = Annotated[dict[Glob, Text], Field(default_factory=dict)]


class Named(Source):
    """A tool that has names of its own for services and environments."""

    services: Words = Field(
        description="Which service a workload, canary or application is, by globs of its name: "
        "{checkout-*: checkout}. The first that matches counts. Left out: its label "
        "`drumbeat/service`, else its own name, which may be an alias of a service.",
    )


class KubernetesSource(Named):
    """A cluster: Argo Rollouts, Flagger, Argo CD, Flux and plain Deployments."""

    kind: Literal["kubernetes"] = Field(
        description="A cluster: Argo Rollouts, Flagger, Argo CD, Flux and plain Deployments."
    )
    kubeconfig: Path | None = Field(
        default=None,
        description="The kubeconfig of its API server, with a token or a client certificate. "
        "A relative path starts at the configuration file. This or `path` is needed.",
    )
    context: Text | None = Field(
        default=None, description="The context of it. Left out: its current one."
    )
    namespaces: Texts = Field(
        default=(), description="Namespaces that are read. Left out: all, which is asked at once."
    )
    path: Path | None = Field(
        default=None,
        description="In place of a kubeconfig: a folder of what `kubectl get ... -o yaml` or "
        "`-o json` wrote, or one such file. A relative path starts at the configuration file.",
    )
    environments: Words = Field(
        description="Which environment a namespace is, by globs: {shop-prod: production}. "
        "Left out: the label `environment` of an object, else its namespace.",
    )
    watch: Flag = Field(
        default=False,
        description="Whether `drumbeat watch` follows the cluster as things happen, in place of a "
        "look at it with each refresh. Needs a kubeconfig.",
    )
    page: Text | None = Field(
        default=None,
        description="Where people see a rollout: an address with {namespace} and {name}.",
    )

    @field_validator("kubeconfig", "path", mode="before")
    @classmethod
    def _resolved(cls, value: object, info: ValidationInfo) -> object:
        return resolved_path(value, info)

    @model_validator(mode="after")
    def _one_of_two(self) -> "KubernetesSource":
        if (self.kubeconfig is None) == (self.path is None):
            raise ValueError("needs a `kubeconfig`, or a `path` of exported files, and not both")
        if self.watch and self.kubeconfig is None:
            raise ValueError("can `watch` a cluster by its `kubeconfig` alone")
        return self


class SpinnakerSource(Named):
    """Spinnaker, through its Gate."""

    kind: Literal["spinnaker"] = Field(description="Spinnaker, with Kayenta's canary analyses.")
    url: Address = Field(description="Where its Gate is, such as https://gate.example.org.")
    token: Secret | None = Field(
        default=None, description="A bearer token for Gate. Left out: it asks for none."
    )
    applications: Texts = Field(description="The applications whose pipelines are read.")
    since: Day | None = Field(
        default=None,
        description="The first collection goes back to this day. Left out: 18 months.",
    )
    ca: Path | None = Field(
        default=None,
        description="File with the certificates of a company's own authority, as PEM. "
        "A relative path starts at the configuration file.",
    )

    @field_validator("ca", mode="before")
    @classmethod
    def _resolved(cls, value: object, info: ValidationInfo) -> object:
        return resolved_path(value, info)

    @property
    def host(self) -> str:
        """The name of the host, as in addresses."""
        return urlsplit(self.url).hostname or ""


AnyCluster = KubernetesSource | SpinnakerSource
__all__ = ["AnyCluster", "KubernetesSource", "SpinnakerSource"]
