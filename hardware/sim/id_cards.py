"""The memory of simulated identity documents: 256 bytes of UTF-16LE, written field by field.

Laid out from the published tables (docs/devices/sam-id-reader.md), apart from hardware.wire on
purpose. The people are fictional; their numbers have valid check digits.
"""

from collections.abc import Mapping
from typing import Any, Final

TEXT_BYTES: Final = 256
PHOTO_BYTES: Final = 1024

_COMMON: Final = (("valid_from", 188, 16), ("valid_to", 204, 16))
_TABLES: Final[Mapping[str, tuple[tuple[str, int, int], ...]]] = {
    " ": (
        ("name", 0, 30), ("sex", 30, 2), ("ethnicity", 32, 4), ("birth", 36, 16),
        ("address", 52, 70), ("number", 122, 36), ("authority", 158, 30), *_COMMON,
    ),
    "J": (
        ("name", 0, 30), ("sex", 30, 2), ("birth", 36, 16), ("address", 52, 70),
        ("number", 122, 36), ("authority", 158, 30), *_COMMON,
        ("pass_number", 220, 18), ("issue_count", 238, 4),
    ),
    "I": (
        ("latin_name", 0, 120), ("sex", 120, 2), ("number", 122, 30), ("nationality", 152, 6),
        ("name", 158, 30), *_COMMON, ("birth", 220, 16), ("version", 236, 4),
        ("authority", 240, 8),
    ),
    "Y": (
        ("name", 0, 30), ("sex", 30, 2), ("issue_count", 32, 4), ("birth", 36, 16),
        ("latin_name", 52, 70), ("number", 122, 36), *_COMMON,
        ("latin_name_more", 220, 22), ("nationality", 242, 6), ("previous_number", 250, 6),
    ),
}  # fmt: skip

SAMPLE_CARDS: Final[Mapping[str, Mapping[str, str]]] = {
    "resident": {
        "type": " ", "name": "吴阿朵", "sex": "1", "ethnicity": "06", "birth": "19900101",
        "address": "示例州示例县示例镇一组1号", "number": "522601199001010010",
        "authority": "示例县公安局", "valid_from": "20200101", "valid_to": "20400101",
    },
    "rare-name": {
        "type": " ", "name": "䶮𬭎", "sex": "2", "ethnicity": "01", "birth": "19400315",
        "address": "示例州示例县示例乡二组2号", "number": "522625194003150023",
        "authority": "示例县公安局", "valid_from": "20060101", "valid_to": "长期",
    },
    "permit": {
        "type": "J", "name": "陈示例", "sex": "2", "birth": "19651231",
        "address": "示例州示例市示例路3号", "number": "522631196512310044",
        "authority": "示例市公安局", "valid_from": "20210601", "valid_to": "20260601",
        "pass_number": "H12345678", "issue_count": "01",
    },
    "foreigner-2017": {
        "type": "I", "latin_name": "EXAMPLE, PERSON", "sex": "1", "number": "PAK310080010103",
        "nationality": "PAK", "name": "示例", "valid_from": "20180101", "valid_to": "20280101",
        "birth": "19800101", "version": "01", "authority": "1500",
    },
    "foreigner-2023": {
        "type": "Y", "name": "示例人", "sex": "1", "issue_count": "01", "birth": "19850101",
        "latin_name": "EXAMPLE, ANOTHER FICTIONAL AND BIG ", "number": "932682198501010017",
        "valid_from": "20240101", "valid_to": "20340101", "nationality": "SAU",
        "latin_name_more": "PERSON", "previous_number": "001",
    },
}  # fmt: skip


def card_text(card: Mapping[str, Any]) -> bytes:
    """The text of a document from its fields; unknown and overlong fields are refused.

    Raises:
        ValueError: A field that this kind has not, or that does not fit.
    """
    kind = card.get("type", " ")
    if kind not in _TABLES:
        raise ValueError(f"type {kind!r}")
    table = {name: (start, size) for name, start, size in _TABLES[kind]}
    unknown = set(card) - set(table) - {"type"}
    if unknown:
        raise ValueError(f"fields {sorted(unknown)}")
    text = bytearray(" ".encode("utf-16-le") * (TEXT_BYTES // 2))
    text[248:250] = kind.encode("utf-16-le")
    for name, (start, size) in table.items():
        value = str(card.get(name, "")).encode("utf-16-le")
        if len(value) > size:
            raise ValueError(f"{name} is too long")
        text[start : start + len(value)] = value
    return bytes(text)
