"""Running the git program safely: no shell, no prompts, no configured commands, no secrets told."""

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from connectors.errors import SourceError, SourceMisconfigured, SourceUnavailable

TRANSPORTS = "file:git:http:https:ssh"
# What a person or a CI job sets to authenticate; every other GIT_ variable is left behind.
KEPT = re.compile(r"GIT_(SSH|SSL|ASKPASS|HTTP|PROXY|CONFIG|EXEC_PATH)")
# A repository's own configuration may name programs to run or change what is printed.
SETTINGS = {
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.quotePath": "false",
    "log.showSignature": "false",
    "log.showRoot": "true",
    # A bare repository reads its mail map out of HEAD's tree, which a treeless clone lacks.
    "log.mailmap": "false",
    "gc.autoDetach": "false",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "120",
}


class MissingObjects(SourceMisconfigured):
    """A clone made with a filter lacks what is asked of it, and nothing is fetched to mend that."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on disk; ``scope`` is what errors call it."""

    path: Path
    scope: str

    def ask(self, *arguments: str, stdin: str = "") -> str:
        """Return what git answers; nothing is fetched from anywhere meanwhile."""
        return run(self._at(arguments), self.scope, self._reading(), stdin).stdout

    def allows(self, *arguments: str) -> bool:
        """Return whether git exits with success."""
        return not run(self._at(arguments), self.scope, self._reading(), is_test=True).returncode

    @contextmanager
    def stream(self, arguments: Sequence[str], stdin: str) -> Iterator[IO[bytes]]:
        """Open git's answer; git is gone when the block ends, and its failure is raised."""
        command = program(self._at(arguments))
        # Files, not pipes: nobody has to serve them while the answer is read.
        with _open(stdin) as revisions, tempfile.TemporaryFile() as errors:
            process = _start(command, self._reading(), self.scope, revisions, errors)
            assert process.stdout is not None
            try:
                with process.stdout:
                    yield process.stdout
            except BaseException:
                process.kill()
                process.wait()
                raise
            if process.wait():
                errors.seek(0)
                raise failure(arguments[0], self.scope, errors.read().decode(errors="replace"))

    def _at(self, arguments: Sequence[str]) -> list[str]:
        return ["-C", str(self.path), *arguments]

    def _reading(self) -> dict[str, str]:
        # The ceiling keeps git from answering for a repository that this folder lies in.
        ceiling = str(self.path.resolve().parent)
        return {
            "GIT_ALLOW_PROTOCOL": "none",
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_CEILING_DIRECTORIES": ceiling,
        }


def program(arguments: Sequence[str]) -> list[str]:
    """Return the whole command line for git's ``arguments``."""
    settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    return ["git", "--no-pager", *settings, *arguments]


def run(
    arguments: Sequence[str],
    scope: str,
    variables: Mapping[str, str],
    stdin: str = "",
    *,
    is_test: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run git to its end; a failure is raised unless the exit code is the answer."""
    try:
        # Its own session has no terminal, so that ssh can not ask for a password either.
        done = subprocess.run(
            program(arguments),
            input=stdin,
            env=environment(variables),
            capture_output=True,
            check=False,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise _not_installed(scope) from error
    if done.returncode and not (is_test and done.returncode == 1):
        verb = arguments[2] if arguments[0] == "-C" else arguments[0]
        raise failure(verb, scope, done.stderr)
    return done


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment git runs in: this one, less what would change its answers."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or KEPT.match(name)
    }
    fixed = {
        "LC_ALL": "C",
        "TZ": "UTC",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_ALLOW_PROTOCOL": TRANSPORTS,
    }
    return kept | fixed | dict(variables)


def failure(verb: str, scope: str, said: str) -> SourceError:
    """Return the error for what git ``said`` on stderr, with what to do about it."""
    said = mask(said).strip()
    if "dubious ownership" in said:
        return SourceMisconfigured(
            f"git repository {scope} belongs to another user, so git will not read it: run the "
            "`git config --global --add safe.directory ...` that git proposes, if you trust it. "
            f"Git said: {said}"
        )
    if "not a git repository" in said:
        return SourceMisconfigured(
            f"git repository {scope}: the folder is not a git repository: name the folder that "
            "holds `.git`, or a bare clone"
        )
    if re.search("promisor remote|lazy fetching disabled|did not send all necessary", said):
        return MissingObjects(
            f"git repository {scope}: the clone was made with a filter and lacks the trees that "
            "changed paths need: name its URL instead, so that a fitting clone is made"
        )
    last = " ".join(said.splitlines()[-3:]) or "nothing on stderr"
    return SourceUnavailable(
        f"git {verb} of {scope} failed: {last}. Try it by hand, and mend what git complains of"
    )


def mask(text: str) -> str:
    """Return ``text`` without the user and password of any URL in it."""
    return re.sub(r"://[^\s/'\"]*@", "://***@", text)


def _not_installed(scope: str) -> SourceMisconfigured:
    return SourceMisconfigured(
        f"git repository {scope}: the program git was not found: install git 2.31 or newer and "
        "put it on PATH"
    )


@contextmanager
def _open(text: str) -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        file.seek(0)
        yield file


def _start(
    command: Sequence[str],
    variables: Mapping[str, str],
    scope: str,
    stdin: IO[bytes],
    stderr: IO[bytes],
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment(variables),
            start_new_session=True,
            pipesize=1 << 20,
        )
    except FileNotFoundError as error:
        raise _not_installed(scope) from error
