"""The example files can be used as they are, and what is missing is said in one sentence."""

from pathlib import Path

import pytest

from kiosk.config import ConfigError, load_config
from kiosk.display_main import run_hall, run_window

CONFIG = Path(__file__).parents[3] / "config"


@pytest.mark.parametrize("name", ["display.example.toml", "window.example.toml"])
def test_the_example_is_a_valid_configuration(name: str) -> None:
    config = load_config(CONFIG / name)
    assert config.mqtt is not None
    assert config.mqtt.username == config.device_id
    assert (config.display.window_id == "3") == name.startswith("window")


def test_a_display_without_a_broker_is_refused_with_the_name_of_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "display.toml"
    file.write_text('device_id = "d"\ndata_dir = "d"\n[server]\nurl = "http://127.0.0.1:1"\n')
    with pytest.raises(ConfigError) as refused:
        run_hall(load_config(file))
    assert refused.value.key == "mqtt"
    with pytest.raises(ConfigError) as refused:
        run_window(load_config(file))
    assert refused.value.key == "display.window_id"
