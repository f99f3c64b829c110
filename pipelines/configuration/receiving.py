"""The settings of the event receiver: who may push events, and what each may speak for."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, SecretStr, model_validator

from pipelines.configuration.environment import NAME, Path
from pipelines.configuration.settings import Settings, Source
from pipelines.configuration.values import Globs, Number, Secret, Text, listed

LEAST = 16
REFERENCE = re.compile(rf"\$\{{{NAME.pattern}\}}")
Found = Iterator[tuple[Path, str]]

Format = Literal[
    "plain", "cdevents", "github", "gitlab", "pagerduty", "opsgenie", "alertmanager", "argocd",
    "argo_rollouts", "flagger", "unleash", "launchdarkly",
]  # fmt: skip
Formats = Annotated[
    tuple[Format, ...],
    BeforeValidator(listed, json_schema_input_type=Format | list[Format]),
]
Secrets = Annotated[
    tuple[Secret, ...],
    BeforeValidator(listed, json_schema_input_type=str | list[str]),
]


class EventToken(Settings):
    """What one sender proves itself by, and what it may speak for."""

    name: Text = Field(description="What the sender is called in the receiver's messages.")
    token: Annotated[Secrets, Field(min_length=1)] = Field(
        description="Its token, from the environment: ${CI_EVENT_TOKEN}; make one with "
        "`openssl rand -hex 32`. Several count at once, so that one can be replaced without a gap.",
    )
    services: Globs = Field(
        default=(),
        description="Services it may speak for, by name, as globs. Left out: all, and also "
        "events that name none.",
    )
    formats: Formats = Field(
        default=(), description="What it may send, by the sender's format. Left out: all."
    )
    rate: Annotated[Number, Field(gt=0)] = Field(
        default=100.0,
        description="Events a second that it may send on average; ten seconds' worth at once.",
    )

    @model_validator(mode="after")
    def _long_enough(self) -> "EventToken":
        if any(len(value.get_secret_value()) < LEAST for value in self.token):
            raise ValueError(
                f"must have tokens of {LEAST} characters or more: `openssl rand -hex 32`"
            )
        return self


class EventsSource(Source):
    """What any sender pushes to the event receiver."""

    kind: Literal["events"] = Field(
        description="Events that CI jobs and tools push to `drumbeat receive`."
    )
    tokens: tuple[EventToken, ...] = Field(
        default=(),
        description="Who may send. Left out: whoever reaches the receiver, which then listens "
        "on this machine only.",
    )

    @model_validator(mode="after")
    def _told_apart(self) -> "EventsSource":
        values = [one.get_secret_value() for token in self.tokens for one in token.token]
        if len(set(values)) < len(values):
            raise ValueError("must have another token for each sender, and two are the same")
        return self


def written_out(source: Mapping[str, Any]) -> Found:
    """Yield the secrets of senders that stand in the file itself."""
    kind = re.sub(r"\W", "_", str(source.get("kind"))).upper()
    yield from _bare(source.get("webhook_secrets"), ("webhook_secrets",), f"{kind}_WEBHOOK_SECRET")
    tokens = source.get("tokens") if kind == "EVENTS" else None
    for index, token in enumerate(tokens if isinstance(tokens, list) else ()):
        if isinstance(token, Mapping):
            yield from _bare(token.get("token"), ("tokens", index, "token"), "CI_EVENT_TOKEN")


def _bare(value: object, path: Path, name: str) -> Found:
    values = value if isinstance(value, list) else [value]
    for index, one in enumerate(values):
        if isinstance(one, str) and one and not REFERENCE.fullmatch(one):
            place = (*path, index) if isinstance(value, list) else path
            yield (
                place,
                f"is written out, must name an environment variable: ${{{name}}}; "
                f"set {name}, and make a new one, for whoever has this file has it",
            )


def revealed(secrets: tuple[SecretStr, ...]) -> tuple[str, ...]:
    """Return secrets as what they are, for those who check senders by them."""
    return tuple(secret.get_secret_value() for secret in secrets)
