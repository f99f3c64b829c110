"""Source text of Ruby and C# without comments and literals, and the parts of it by name."""

import re
from collections.abc import Iterator

RUBY = re.compile(
    r"(?P<heredoc><<[~-]?(?P<quote>['\"]?)(?P<mark>[A-Z]\w{0,40})(?P=quote)(?P<rest>[^\n]*)\n"
    r"(?P<told>.*?)\n[ \t]*(?P=mark)\b)"
    r"|(?P<text>\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')|(?P<comment>\#[^\n]*)",
    re.DOTALL,
)
SHARP = re.compile(
    r"(?P<text>@\"(?:[^\"]|\"\")*\"|\"\"\".*?\"\"\"|\$?\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)')"
    r"|(?P<comment>//[^\n]*|/\*.*?\*/)",
    re.DOTALL,
)


def bare(text: str, pattern: re.Pattern[str]) -> tuple[str, list[str]]:
    """Return a text with `"n"` for its nth literal, without comments, and the literals."""
    literals: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        groups = found.groupdict()
        if groups.get("heredoc"):
            literals.append(groups["told"])
            return f'"{len(literals) - 1}"{groups["rest"]}'
        if groups["text"] is not None:
            literals.append(unquoted(groups["text"]))
            return f'"{len(literals) - 1}"'
        return " "

    return pattern.sub(replaced, text), literals


def unquoted(text: str) -> str:
    """Return what stands between the quotes of a literal."""
    inner = re.sub(r"^[@$]*(\"\"\"|\"|')|(\"\"\"|\"|')$", "", text)
    return inner.replace('""', '"') if text.startswith("@") else inner.replace('\\"', '"')


def braced(text: str, start: int) -> str:
    """Return what stands in the braces that open at or after ``start``."""
    opened = text.find("{", start)
    depth = 0
    for found in re.finditer(r"[{}]", text[opened:] if opened >= 0 else ""):
        depth += 1 if found[0] == "{" else -1
        if depth == 0:
            return text[opened + 1 : opened + found.start()]
    return ""


def calls(text: str, owner: str) -> Iterator[tuple[str, str]]:
    """Yield the name and the arguments of each method called on ``owner``."""
    for found in re.finditer(rf"\b{owner}\s*\.\s*(\w+)\s*(?:<[^()]*?>)?\s*\(", text):
        depth = 1
        for sign in re.finditer(r"[()]", text[found.end() :]):
            depth += 1 if sign[0] == "(" else -1
            if depth == 0:
                yield found[1], text[found.end() : found.end() + sign.start()]
                break
