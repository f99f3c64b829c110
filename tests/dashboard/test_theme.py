"""One set of tokens behind stylesheet, Streamlit's theme and Plotly."""

import tomllib
from pathlib import Path

import pytest

from dashboard import theme
from sql.drawing.tones import DARK, LIGHT

FOLDER = Path(theme.__file__).parent
SETTINGS = tomllib.loads((FOLDER / ".streamlit" / "config.toml").read_text())


@pytest.mark.parametrize(("mode", "tone"), [("light", LIGHT), ("dark", DARK)])
def test_streamlits_theme_is_made_of_the_same_tokens(mode, tone):
    written = SETTINGS["theme"][mode]

    assert written["primaryColor"] == tone["accent"]
    assert written["backgroundColor"] == tone["paper"]
    assert written["secondaryBackgroundColor"] == tone["panel"]
    assert written["textColor"] == tone["ink"]
    assert written["borderColor"] == tone["line"]
    assert written["sidebar"]["backgroundColor"] == tone["panel"]


def test_fonts_are_the_ones_served_with_the_app_and_nothing_is_reported():
    assert (SETTINGS["theme"]["font"], SETTINGS["theme"]["headingFont"]) == ("sans-serif", "serif")
    assert SETTINGS["browser"]["gatherUsageStats"] is False


def test_the_stylesheet_names_every_token_in_both_modes_and_no_address():
    css = theme.stylesheet()

    for name, light in LIGHT.items():
        assert f"--{name}:light-dark({light},{DARK[name]});" in css
    assert "http" not in css
    assert "@import" not in css


def contrast(first, second):
    def light(colour):
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    bright, dark = sorted((light(first), light(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("tone", [LIGHT, DARK])
@pytest.mark.parametrize(
    ("front", "back"),
    [
        ("ink", "paper"),
        ("ink2", "paper"),
        ("ink3", "paper"),
        ("ink3", "panel"),
        ("ink3", "quiet"),
        ("accent", "paper"),
        ("slow", "paper"),
        ("slow", "slowtint"),
        ("stall", "paper"),
    ],
)
def test_every_text_can_be_read_on_its_ground(tone, front, back):
    assert contrast(tone[front], tone[back]) >= 4.5
