"""What a git clone tells of itself before anything is configured."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pipelines.configuration.errors import ConfigurationError, Problem
from pipelines.configuration.locations import last_part

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Clone:
    """A git repository on this machine."""

    path: Path

    def git(self, *arguments: str) -> str:
        """Run git there; give its output, or raise ConfigurationError with what git said."""
        command = ["git", "-C", str(self.path), *arguments]
        # Else a hook's GIT_DIR would answer for another repository.
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        try:
            done = subprocess.run(
                command,
                env={**kept, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
                capture_output=True,
                check=True,
                timeout=SECONDS,
                stdin=subprocess.DEVNULL,
            )
        except FileNotFoundError as error:
            raise self._error("needs git; install it first") from error
        except subprocess.TimeoutExpired as error:
            raise self._error(f"did not answer in {SECONDS} s") from error
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode(errors="replace").strip().splitlines()
            raise self._error(said[0] if said else "git failed without a word") from error
        return done.stdout.decode(errors="replace")

    def lines(self, *arguments: str) -> list[str]:
        """Run git there, and give the lines of its output, none where git fails."""
        try:
            return self.git(*arguments).splitlines()
        except ConfigurationError:
            return []

    def _error(self, said: str) -> ConfigurationError:
        message = f"{said}; give the path of a git clone, as in `drumbeat init --from-git ../shop`"
        return ConfigurationError(str(self.path), [Problem(0, "", message)])

    def top(self) -> Path:
        """Give the folder that the repository begins in."""
        found = self.lines("rev-parse", "--show-toplevel")
        return Path(found[0]) if found and found[0] else self.path

    def tags(self) -> list[str]:
        """List tag names, oldest first."""
        order = ("--sort=version:refname", "--sort=creatordate")
        arguments = (*order, "--format=%(refname:strip=2)", "refs/tags")
        return self.git("for-each-ref", *arguments).split("\n")[:-1]

    def folders(self) -> list[str]:
        """List every folder at HEAD."""
        output = self.lines("ls-tree", "-r", "-d", "-z", "--name-only", "HEAD")
        return [name for name in "\n".join(output).split("\0") if name]

    def repository(self) -> str:
        """Name the repository as its origin does, else as its folder."""
        origin = self.lines("config", "--get", "remote.origin.url")
        return last_part(origin[0] if origin else str(self.path)) or "repository"

    def branch(self) -> tuple[str, str]:
        """Give the default branch and why it is thought to be; empty when unknown."""
        if found := self.lines("symbolic-ref", "--short", "refs/remotes/origin/HEAD"):
            return found[0].removeprefix("origin/"), "the default branch of origin"
        if found := self.lines("symbolic-ref", "--short", "HEAD"):
            return found[0], "the branch checked out here, for no origin names its default"
        return "", "no branch is checked out and no origin names its default"

    def is_shallow(self) -> bool:
        """Tell whether history was cut off when cloning."""
        return self.lines("rev-parse", "--is-shallow-repository") == ["true"]

    def has_commits(self) -> bool:
        """Tell whether HEAD leads to a commit."""
        return bool(self.lines("rev-parse", "--verify", "--quiet", "HEAD^{commit}"))
