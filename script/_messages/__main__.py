"""The one catalogue of sentences: collect, check, merge and compile translations.

English is the source language: a msgid is the English sentence itself. Sentences are found in

* Python files of queue_server, kiosk and hardware: ``_("…")``, ``gettext``, ``ngettext``,
  ``pgettext(context, …)``, ``npgettext``, and the no-op ``N_("…")`` or ``N_("one", "many")``
  that marks a sentence kept in a table;
* Kivy files (``.kv``): the same calls inside a rule;
* Jinja templates: ``{{ _("…") }}`` and ``{% trans %}``.

Usage::

    script/messages extract [--out FILE.pot]   list every sentence (default: var/bianmin.pot)
    script/messages check                      exit 1 when 简体中文 is not complete and clean
    script/messages add [--replace] FILE.po…   merge translations, safe to call at the same time
    script/messages missing [LANGUAGE]         what is still to be translated, as a .po on stdout
    script/messages missing --spoken LANGUAGE  phrases that nobody recorded, one a line
    script/messages prune                      drop entries whose sentence is in no source any more
    script/messages compile                    write the .mo files the programs read

See docs/translating.md.
"""

import argparse
import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import write_po
from catalogue import (
    DOMAIN,
    MAIN_LANGUAGE,
    is_empty,
    languages,
    load,
    locked,
    merge,
    message_key,
    po_path,
    reviewer,
    save,
)
from checking import check
from finding import ROOT, Found, MessagesError, find_all

from kiosk.guidance_texts import missing_phrases
from kiosk.lang import Languages
from queue_server.translations import gaps


def _plain(found: list[Found]) -> Catalog:
    catalog = Catalog(domain=DOMAIN)
    for entry in found:
        ids: str | tuple[str, str] = (entry.text, entry.plural) if entry.plural else entry.text
        path, line_no = entry.place.rsplit(":", 1)
        catalog.add(ids, locations=[(path, int(line_no))], context=entry.context)
    return catalog


def run_extract(args: argparse.Namespace) -> int:
    """Writes the template of all sentences."""
    found = find_all()
    args.out.parent.mkdir(parents=True, exist_ok=True)
    with args.out.open("wb") as stream:
        write_po(stream, _plain(found), width=96, omit_header=True, sort_output=True)
    print(f"{len({entry.key for entry in found})} sentences -> {args.out}")
    return 0


def run_check(_args: argparse.Namespace) -> int:
    """Complains about every sentence without a clean translation into 简体中文."""
    found = find_all()
    po = po_path(MAIN_LANGUAGE)
    faults = check(found, load(po), po)
    for fault in faults:
        print(fault, file=sys.stderr)
    total = len({entry.key for entry in found})
    for language in languages():
        if language != MAIN_LANGUAGE:
            path = po_path(language)
            missing = len(check(found, load(path, language), path))
            print(f"{language}: {missing} of {total} to do, reviewer: {reviewer(path) or 'none'}")
    print(f"{MAIN_LANGUAGE}: {total} sentences, {len(faults)} faults")
    return 1 if faults else 0


def run_add(args: argparse.Namespace) -> int:
    """Merges translations; exit 1 when an entry says something else than an earlier one."""
    po = po_path(args.language)
    count, conflicts = merge(args.files, po, args.language, replace=args.replace)
    for conflict in conflicts:
        print(conflict, file=sys.stderr)
    print(f"{count} entries read, {len(conflicts)} conflicts -> {po.relative_to(ROOT)}")
    return 1 if conflicts else 0


def run_missing(args: argparse.Namespace) -> int:
    """Prints what is still to be translated, ready to be filled in and given to ``add``."""
    if args.spoken:
        own = missing_phrases(args.language, Languages((args.language,)))
        print("\n".join([*gaps(args.language).phrases, *(phrase.text for phrase in own)]))
        return 0
    known = {
        message_key(message)
        for message in load(po_path(args.language), args.language)
        if not is_empty(message)
    }
    todo = _plain([entry for entry in find_all() if entry.key not in known])
    body = io.BytesIO()
    write_po(body, todo, width=96, omit_header=True, sort_output=True)
    print(body.getvalue().decode("utf-8"), end="")
    return 0


def run_prune(_args: argparse.Namespace) -> int:
    """Drops entries whose sentence no source has any more (a deliberate act, never automatic)."""
    wanted = {entry.key for entry in find_all()}
    with locked():
        for language in languages():
            po = po_path(language)
            catalog = load(po, language)
            gone = [message_key(m) for m in catalog if m.id and message_key(m) not in wanted]
            for context, text in gone:
                catalog.delete(text, context)
            catalog.obsolete.clear()
            save(catalog, po, language, reviewer(po))
            print(f"{language}: {len(gone)} dropped")
    return 0


def run_compile(_args: argparse.Namespace) -> int:
    """Writes the .mo file beside each .po, only when something changed."""
    for language in languages():
        po = po_path(language)
        mo = po.with_suffix(".mo")
        out = io.BytesIO()
        write_mo(out, load(po, language))
        if not mo.exists() or mo.read_bytes() != out.getvalue():
            fresh = mo.with_suffix(".mo.new")
            fresh.write_bytes(out.getvalue())
            fresh.replace(mo)
        print(f"{language}: {mo.relative_to(ROOT)}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/messages", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    extract = verbs.add_parser("extract", help="list every sentence of the product")
    extract.add_argument("--out", type=Path, default=ROOT / "var" / f"{DOMAIN}.pot")
    extract.set_defaults(run=run_extract)
    verbs.add_parser("check", help="is 简体中文 complete and clean?").set_defaults(run=run_check)
    add = verbs.add_parser("add", help="merge translations into the catalogue")
    add.add_argument("files", type=Path, nargs="+", metavar="FILE.po")
    add.add_argument("--language", default=MAIN_LANGUAGE)
    add.add_argument("--replace", action="store_true", help="let these win over earlier texts")
    add.set_defaults(run=run_add)
    missing = verbs.add_parser("missing", help="what is still to be translated")
    missing.add_argument("language", nargs="?", default=MAIN_LANGUAGE)
    missing.add_argument("--spoken", action="store_true", help="the phrases nobody recorded")
    missing.set_defaults(run=run_missing)
    verbs.add_parser("prune", help="drop sentences no source has").set_defaults(run=run_prune)
    verbs.add_parser("compile", help="write the .mo files").set_defaults(run=run_compile)
    return parser


def main() -> int:
    """Runs one verb."""
    args = _parser().parse_args()
    try:
        return int(args.run(args))
    except MessagesError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
