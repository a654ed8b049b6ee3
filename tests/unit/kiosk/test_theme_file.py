"""The look in one file: what a hall changes, and what is refused in words."""

from pathlib import Path

import pytest

from kiosk.comfort import Comfort
from kiosk.ui.theme import Theme
from kiosk.ui.theme_file import TEXT_PAIRS, ThemeError, contrast, load, rgba, shipped


def written(directory: Path, text: str) -> Path:
    file = directory / "look.toml"
    file.write_text(text)
    return file


def test_a_hall_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    file = written(tmp_path, '[colours]\naccent = "#123C7C"\n[space]\nmargin = 60\n')
    look = load(file)
    assert look.day.accent == rgba("#123C7C")
    assert look.day.paper == shipped().day.paper
    assert look.large.accent == shipped().large.accent
    theme = Theme(1080, 1920, look=look, palette=look.day)
    assert theme.margin_px == 60
    assert theme.suited(Comfort(contrast=True)).palette == look.contrast


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[colours]\nacent = "#123C7C"\n', "colours.acent: there is no such key"),
        ("[colour]\n", "colour: there is no such table"),
        ('[colours]\naccent = "green"\n', 'colours.accent: write a colour as "#0B6456"'),
        ("[colours]\naccent = 5\n", "colours.accent: write a colour"),
        ('[colours]\nink_soft = "#AAAAAA"\n', "colours.ink_soft: on paper its contrast is 2.1:1"),
        ('[colours_large]\nink_soft = "#5E574B"\n', "colours_large.ink_soft: on paper"),
        ("[type]\nbody = 0\n", "type.body: write a number from 1 to 400"),
        ("[type]\nlarge = 3\n", "type.large: write a number from 1 to 2"),
        ("[space]\ngap = true\n", "space.gap: write a number"),
        ("colours\n", "this is not TOML"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, text: str, said: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ThemeError) as error:
        load(file)
    assert str(error.value).startswith(str(file))
    assert said in str(error.value)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match="cannot be read"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize("pair", TEXT_PAIRS)
def test_text_stands_out_from_every_ground_and_more_where_it_was_asked_for(
    pair: tuple[str, str],
) -> None:
    look = shipped()
    for palette, least in ((look.day, 4.5), (look.large, 7), (look.contrast, 7)):
        assert contrast(getattr(palette, pair[0]), getattr(palette, pair[1])) >= least
