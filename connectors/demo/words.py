"""The vocabulary that titles are made of."""

from connectors.demo.dice import Dice

VERBS = (
    "Add", "Fix", "Speed up", "Log", "Test", "Cache", "Simplify", "Remove unused", "Validate",
    "Rename", "Split", "Document", "Measure", "Retry", "Translate", "Rework", "Tidy", "Harden",
)  # fmt: skip

THINGS: dict[str, tuple[str, ...]] = {
    "web-shop": (
        "header links", "landing page", "size picker", "basket badge", "cookie notice",
        "product gallery", "newsletter form", "wish list", "stock hint", "voucher field",
    ),
    "checkout": (
        "address form", "guest sessions", "coupon path", "order writer", "delivery window",
        "postcode lookup", "order summary", "basket merge", "gift wrapping",
    ),
    "payments": (
        "idempotent captures", "refund queue", "card tokens", "bank transfer", "wallet lookups",
        "partial refunds", "settlement file", "currency rounding",
    ),
    "search": (
        "synonym list", "ranking weights", "typo tolerance", "facet counts", "index warm-up",
        "suggestion cache", "query parser",
    ),
    "catalogue": (
        "price import", "category tree", "image sizes", "variant table", "supplier feed",
        "tax classes", "product texts",
    ),
    "identity": (
        "session renewal", "password rules", "login throttle", "consent record",
        "token rotation", "account merge", "audit trail",
    ),
    "shipping": (
        "label printer", "carrier rates", "parcel weights", "tracking events",
        "customs form", "pickup points", "delivery promise",
    ),
    "stock": (
        "reservation lock", "warehouse sync", "cycle count", "reorder levels", "bin locations",
        "late delivery flag", "supplier lead times",
    ),
    "notifications": (
        "mail templates", "push tokens", "quiet hours", "bounce handling", "order messages",
        "message queue", "unsubscribe link",
    ),
    "invoicing": (
        "tax tables", "credit notes", "invoice numbers", "dunning run", "archive export",
        "payment terms", "document layout",
    ),
    "returns": ("return labels", "refund reasons", "inspection step", "restock rule"),
    "loyalty": ("points ledger", "tier rules", "welcome bonus", "partner import"),
}  # fmt: skip

ENDINGS = (
    "", "", "", "", " for guests", " on mobile", " in Dutch", " behind a flag", " again",
    " (part 1)", " (part 2)", " for large orders",
)  # fmt: skip

LIBRARIES = ("web-kit", "date-kit", "http-client", "test-runner", "log-format", "orm-lite")

SYMPTOMS = (
    "error rate above 2 %", "slow answers", "time-outs", "wrong totals", "queue grows",
    "pages stay empty", "memory climbs", "duplicate messages", "rejected requests",
)  # fmt: skip


def title(service: str, dice: Dice) -> str:
    """Say what a change does."""
    return f"{dice.pick(VERBS)} {dice.pick(THINGS[service])}{dice.pick(ENDINGS)}"


def branch(prefix: str, sentence: str) -> str:
    """Name a branch after a title."""
    kept = "".join(letter if letter.isalnum() else " " for letter in sentence.lower())
    return f"{prefix}/{'-'.join(kept.split()[:5])}"


def upgrade(dice: Dice) -> str:
    """Say which library goes up."""
    release = f"v{dice.between(2, 9)}.{dice.between(0, 20)}.{dice.between(0, 9)}"
    return f"Update dependency {dice.pick(LIBRARIES)} to {release}"
