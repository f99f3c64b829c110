"""Operations of SQL statements: each is cut out by its tokens, and parsed by sqlglot alone."""

import logging
import re
from collections.abc import Callable, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

UNREAD = "unread"
DIALECTS = ("postgres", "mysql", "tsql")
# What changes rows and no structure is known by its first word, however long it is.
DATA = {
    "INSERT": "insert", "UPDATE": "update", "DELETE": "delete", "MERGE": "update",
    "REPLACE": "update", "COPY": "insert", "TRUNCATE": "delete", "LOAD": "insert",
}  # fmt: skip
NEUTRAL = {
    "SET", "COMMENT", "GRANT", "REVOKE", "BEGIN", "COMMIT", "END", "START", "ROLLBACK", "VACUUM",
    "ANALYZE", "ANALYSE", "USE", "LOCK", "UNLOCK", "PRAGMA", "SELECT", "RESET", "SHOW", "REINDEX",
    "CLUSTER", "REFRESH", "PRINT", "GO", "NOTIFY", "SAVEPOINT", "RELEASE", "DISCARD",
}  # fmt: skip
# What sqlglot does not read, by how it begins.
KNOWN = (
    (r"ALTER TYPE \S+ ADD VALUE", "add_object"),
    (r"ALTER TYPE \S+ RENAME", "rename_column"),
    (r"CREATE (OR REPLACE )?(EXTENSION|SCHEMA|SEQUENCE|TYPE|DOMAIN|ROLE|USER|POLICY|STATISTICS)",
     "add_object"),
    (r"CREATE ([A-Z]+ )?(CLUSTERED |NONCLUSTERED |COLUMNSTORE )?INDEX", "add_index"),
    (r"CREATE (UNLOGGED |TEMP |TEMPORARY )*TABLE", "add_table"),
    (r"RENAME TABLE", "rename_table"),
    (r"EXEC(UTE)? (SYS\.)?SP_RENAME", "rename_column"),
    (r"DROP (EXTENSION|SCHEMA|SEQUENCE|TYPE|DOMAIN|ROLE|USER|POLICY|FUNCTION|PROCEDURE|TRIGGER|"
     r"STATISTICS)", "drop_object"),
    (r"ALTER TABLE .* RENAME ", "rename_table"),
    (r"ALTER TABLE .* DROP CONSTRAINT", "drop_constraint"),
    (r"ALTER TABLE .* DROP ", "drop_column"),
    (r"ALTER TABLE .* ADD (CONSTRAINT|UNIQUE|PRIMARY|FOREIGN|CHECK)", "add_constraint"),
    (r"ALTER TABLE .* ADD \((?!.*NOT NULL)", "add_column"),
    (r"ALTER [A-Z]+ .*(OWNER TO|OWNED BY|ATTACH PARTITION)", ""),
    (r"ALTER TABLE .*(VALIDATE CONSTRAINT|REPLICA IDENTITY|ROW LEVEL SECURITY|SET STATISTICS|"
     r"SET STORAGE|CLUSTER ON)", ""),
    (r"ALTER (SEQUENCE|DEFAULT PRIVILEGES|ROLE|USER|DATABASE)", ""),
)  # fmt: skip
DROPPED = {
    "TABLE": "drop_table", "VIEW": "drop_view", "MATERIALIZED VIEW": "drop_view",
    "INDEX": "drop_index", "COLUMN": "drop_column", "CONSTRAINT": "drop_constraint",
    "FOREIGN KEY": "drop_constraint", "PRIMARY KEY": "drop_constraint", "KEY": "drop_index",
    "CHECK": "drop_constraint", "PARTITION": "drop_table",
}  # fmt: skip
CREATED = {"TABLE": "add_table", "INDEX": "add_index", "VIEW": "add_view"}
LARGEST_STATEMENT = 32_000
MOST_STATEMENTS = 2_000
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def column(*, is_nullable: bool) -> str:
    """Name the adding of a column by whether writers that do not know it go on working."""
    return "add_column" if is_nullable else "add_not_null_column"


def operations(text: str) -> list[str]:
    """Return the operations of a script, in order; what can't be read is one that is unread."""
    text = plain(text)
    for dialect in dialects(text):
        statements = split(text, dialect)
        if statements is not None and len(statements) <= MOST_STATEMENTS:
            return [name for one in statements for name in operation(one, dialect)]
    return [UNREAD]


def plain(text: str) -> str:
    """Return a script without what is no SQL: placeholders, commands of psql, batch marks."""
    text = re.sub(
        r"\$\{[^}\n]{0,100}\}|\{\{[^}\n]{0,100}\}\}", "placeholder", text.lstrip("\ufeff")
    )
    text = re.sub(r"(?im)^[ \t]*go[ \t]*;?[ \t]*$", ";", text)
    return re.sub(r"(?m)^\\[^\n]*$", "", text)


def dialects(text: str) -> tuple[str, ...]:
    """Return the dialects to try, the likeliest first."""
    if "`" in text or re.search(r"(?i)\bengine\s*=", text):
        return ("mysql", "postgres", "tsql")
    if re.search(r"(?i)\[\w+\]\s*\.\s*\[|\bnvarchar\b|\bsp_rename\b|\bidentity\s*\(", text):
        return ("tsql", "postgres", "mysql")
    return DIALECTS


def split(text: str, dialect: str) -> list[str] | None:
    """Return the statements of a script; null where it has no tokens of the dialect."""
    try:
        tokens = sqlglot.tokenize(text, read=dialect)
    except (SqlglotError, RecursionError, ValueError, IndexError):
        return None
    statements, begun = [], None
    last: Token | None = None
    for token in tokens:
        if token.token_type == TokenType.SEMICOLON:
            if begun and last:
                statements.append(text[begun.start : last.end + 1])
            begun = None
            continue
        begun, last = begun or token, token
    if begun and last:
        statements.append(text[begun.start : last.end + 1])
    return statements


def operation(statement: str, dialect: str) -> Iterator[str]:
    """Yield the operations of one statement."""
    bare = re.sub(r"--[^\n]*|/\*.*?\*/", " ", statement[:LARGEST_STATEMENT], flags=re.DOTALL)
    words = " ".join(bare.upper().split())
    first = re.split(r"[\s(]", words, maxsplit=1)[0]
    if first == "WITH":
        changing = re.search(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", words)
        first = changing[1] if changing else "SELECT"
    if first in DATA:
        yield DATA[first]
    elif first not in NEUTRAL:
        yield from structural(statement, words, dialect)


def structural(statement: str, words: str, dialect: str) -> Iterator[str]:
    """Yield the operations of a statement that changes structure, or does what nobody knows."""
    tree: exp.Expr | None = None
    if len(statement) <= LARGEST_STATEMENT:
        try:
            tree = sqlglot.parse_one(statement, read=dialect)
        except (SqlglotError, RecursionError, ValueError, LookupError, AttributeError, TypeError):
            tree = None
    if isinstance(tree, exp.Alter) and tree.args.get("actions"):
        for action in tree.args["actions"]:
            yield from altered(action, str(tree.args.get("kind")))
    elif isinstance(tree, exp.Create) and str(tree.args.get("kind")) in CREATED:
        yield CREATED[str(tree.args["kind"])]
    elif isinstance(tree, exp.Drop):
        yield DROPPED.get(str(tree.args.get("kind")), "drop_object")
    else:
        known = (name for begins, name in KNOWN if re.match(begins, words))
        yield from filter(None, [next(known, UNREAD)])


def altered(action: exp.Expression, kind: str) -> Iterator[str]:
    """Yield what one action of an alter statement does."""
    if isinstance(action, exp.Drop):
        count = max(1, len(action.args.get("tables") or ()))
        yield from [DROPPED.get(str(action.args.get("kind")), "drop_column")] * count
        return
    answer: Callable[[], str] | None = {
        exp.ColumnDef: lambda: column(is_nullable=is_nullable(action)),
        exp.AlterColumn: lambda: column_altered(action),
        exp.AlterRename: lambda: "rename_index" if kind == "INDEX" else "rename_table",
        exp.RenameColumn: lambda: "rename_column",
        exp.ModifyColumn: lambda: (
            "rename_column" if action.args.get("rename_from") else "change_type"
        ),
        exp.AddConstraint: lambda: constraint(action),
    }.get(type(action))
    yield answer() if answer else UNREAD


def is_nullable(column: exp.Expression) -> bool:
    """Tell whether rows may be written without the column."""
    kinds = [found.args.get("kind") for found in column.args.get("constraints") or ()]
    filled = (
        exp.DefaultColumnConstraint, exp.AutoIncrementColumnConstraint,
        exp.ComputedColumnConstraint, exp.GeneratedAsIdentityColumnConstraint,
    )  # fmt: skip
    if any(isinstance(kind, filled) for kind in kinds):
        return True
    needs = (exp.NotNullColumnConstraint, exp.PrimaryKeyColumnConstraint)
    return not any(isinstance(kind, needs) and not kind.args.get("allow_null") for kind in kinds)


def column_altered(action: exp.Expression) -> str:
    """Name what an alter statement does to a column."""
    if action.args.get("dtype"):
        return "change_type"
    if action.args.get("allow_null") is not None:
        return "allow_null" if action.args["allow_null"] else "set_not_null"
    return "set_default" if action.args.get("default") is not None else "drop_default"


def constraint(action: exp.Expression) -> str:
    """Tell an index, which MySQL adds as it does a constraint, from a constraint."""
    found = action.args.get("expressions") or []
    is_index = all(isinstance(one, exp.IndexColumnConstraint) for one in found)
    return "add_index" if found and is_index else "add_constraint"
