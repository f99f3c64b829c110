"""How every small picture opens and ends."""

from html import escape


def labelled(title: str, kind: str, size: str, drawn: str) -> str:
    """Return a picture that carries its words as title and label."""
    said = escape(" ".join(title.split()), quote=True)
    opened = f'<svg class="{kind}" {size} role="img" aria-label="{said}"><title>{said}</title>'
    return f"{opened}{drawn}</svg>"
