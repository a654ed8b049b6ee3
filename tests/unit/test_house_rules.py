"""Rules of the house that no linter knows."""

import ast
import tomllib
import unicodedata
from pathlib import Path

import pytest

from kiosk.config import load_config as load_kiosk_config
from queue_server.config import load as load_server_config
from queue_server.contract import messages as msg
from queue_server.contract.problems import PROBLEMS, Code
from queue_server.core import model
from queue_server.core.errors import REFUSALS
from queue_server.packs import shipped_pack_ids
from queue_server.store.schema import RETENTION, metadata

ROOT = Path(__file__).resolve().parents[2]
CORE = sorted((ROOT / "queue_server" / "core").glob("*.py"))
PURE = [
    *CORE,
    ROOT / "queue_server" / "views.py",
    ROOT / "kiosk" / "session.py",
    *sorted((ROOT / "queue_server" / "contract").glob("*.py")),
    *sorted((ROOT / "queue_server" / "paper").glob("*.py")),
    *sorted((ROOT / "hardware" / "wire").glob("*.py")),
]
CLOCKS = {
    *("now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "uuid4", "uuid7"),
}


def _is_han(character: str) -> bool:
    return unicodedata.name(character, "").startswith("CJK")


@pytest.mark.parametrize("path", CORE, ids=lambda p: p.name)
def test_the_core_holds_no_chinese_character_and_no_name_of_a_pack(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [c for c in text if _is_han(c)] == []
    assert [pack for pack in shipped_pack_ids() if pack in text and pack != "plain"] == []
    assert '"plain"' not in text


@pytest.mark.parametrize("path", PURE, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_pure_code_reads_no_clock_and_draws_nothing_at_random(path: Path) -> None:
    calls = [
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "time", "uuid", "uuid_utils", "random"}
    ]
    assert CLOCKS.intersection(calls) == set()


def test_every_refusal_of_the_core_has_a_problem_with_a_sentence() -> None:
    assert {refusal.code for refusal in REFUSALS} <= {str(code) for code in Code}
    assert set(PROBLEMS) == set(Code)


def test_the_contract_knows_every_state_of_a_ticket() -> None:
    assert {str(state) for state in model.TicketState} <= {str(s) for s in msg.TicketState}


def test_every_table_has_a_retention() -> None:
    assert set(RETENTION) == set(metadata.tables)


def test_the_server_example_configuration_loads() -> None:
    config = load_server_config(ROOT / "config" / "server.example.toml")
    assert config.http.port == 8080
    assert config.hall.pack == "cn-township"


@pytest.mark.parametrize("path", sorted((ROOT / "config").glob("*.toml")), ids=lambda p: p.name)
def test_every_example_configuration_is_toml_without_a_secret(path: Path) -> None:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for section in table.values():
        if isinstance(section, dict):
            assert {"password", "token", "secret"}.isdisjoint(section)


@pytest.mark.parametrize("name", ["kiosk", "display", "window"])
def test_the_example_configurations_of_kiosk_and_displays_load(name: str) -> None:
    config = load_kiosk_config(ROOT / "config" / f"{name}.example.toml")
    assert config.device_id
    assert config.server.url.startswith("https://")


def test_the_lock_file_names_no_index() -> None:
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if "://" in line or line.startswith("--index")]
