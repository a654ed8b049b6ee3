"""Templates to HTML, in the reader's language.

Sentences stand in the templates as `_("…")`; those the scripts need are handed over as one JSON
block, so that no script is ever written inline.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from queue_server.web.pages_language import html_code, html_dir, native_name

Translate = Callable[[str, str], str]
"""(language, English sentence) -> sentence."""


class PageFrame:
    """Renders the pages' templates.

    Args:
        translate: Gives a sentence in a language.
        root: The folder of the templates.
    """

    def __init__(self, translate: Translate, root: Path) -> None:
        self._translate = translate
        self._root = root
        self._environments: dict[str, Environment] = {}

    def render(
        self,
        template: str,
        language: str,
        *,
        words: Mapping[str, str],
        languages: Sequence[str],
        data: Mapping[str, object],
        context: Mapping[str, object],
        side_by_side: bool = False,
    ) -> str:
        """One page as HTML.

        Args:
            template: The file's name in the template folder.
            language: What `_` translates to.
            words: The scripts' sentences by their name, in English.
            languages: All languages of the hall, the default first.
            data: What the scripts read besides their words; must be JSON.
            context: What the template itself reads.
            side_by_side: The scripts show all languages at once and need the words of each.
        """
        script_data: dict[str, object] = {
            **data,
            "language": html_code(language),
            "languages": list(languages),
            "words": self._words(language, words),
        }
        if side_by_side:
            script_data["wordsByLanguage"] = {each: self._words(each, words) for each in languages}
        return (
            self._environment(language)
            .get_template(template)
            .render(
                **context,
                language=language,
                html_lang=html_code(language),
                html_dir=html_dir(language),
                language_links=[(each, html_code(each), native_name(each)) for each in languages],
                script_data=script_data,
                in_all=lambda text: _distinct(self._translate(each, text) for each in languages),
            )
        )

    def _words(self, language: str, words: Mapping[str, str]) -> dict[str, str]:
        return {name: self._translate(language, text) for name, text in words.items()}

    def _environment(self, language: str) -> Environment:
        environment = self._environments.get(language)
        if environment is None:
            environment = Environment(
                loader=FileSystemLoader(self._root),
                autoescape=True,
                undefined=StrictUndefined,
                trim_blocks=True,
                lstrip_blocks=True,
            )
            environment.globals["_"] = lambda text: self._translate(language, text)
            self._environments[language] = environment
        return environment


def _distinct(texts: Iterable[str]) -> list[str]:
    """The texts in order, each once: languages that share a word show it once."""
    return list(dict.fromkeys(texts))
