"""The real kiosk program, touched at places on its panel, and a server that keeps the contract."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from tests.fakes_server import FakeHall, Mode, serving
from tests.system.kiosk_process import ENV, ROOT, Kiosk, running, stop, write_config
from tests.x_server import x_server

pytestmark = [pytest.mark.system, pytest.mark.screen, pytest.mark.timeout(180)]


@pytest.fixture
def hall() -> FakeHall:
    return FakeHall()


@pytest.fixture
def config(hall: FakeHall, tmp_path: Path) -> Iterator[Path]:
    with serving(hall) as url:
        yield write_config(tmp_path, url)


def to_confirm(kiosk: Kiosk) -> None:
    kiosk.until_ready()
    kiosk.tap("start")
    kiosk.on("sections")
    kiosk.tap("pick_section", "work")
    kiosk.on("confirm")


def test_four_touches_give_a_number_and_a_term_signal_ends_it_well(
    config: Path, hall: FakeHall, tmp_path: Path
) -> None:
    with running(config, "--screenshot-dir", str(tmp_path / "pictures")) as kiosk:
        to_confirm(kiosk)
        kiosk.tap("confirm")
        seen = kiosk.on("ticket")
        assert seen["ticket"]["number"] == "B001"
        assert "B001" in [text["text"] for text in seen["texts"]]
        kiosk.tap("language", "en")
        while kiosk.ask(do="look")["language"] != "en":
            pass
        file = Path(kiosk.ask(do="screenshot", name="ticket")["file"])
        with Image.open(file) as picture:
            assert picture.size == (1080, 1920)
        kiosk.tap("done")
        assert kiosk.on("home")["language"] == "zh_CN"
        assert stop(kiosk) == 0
    assert len(hall.asked) == 1


def test_impatient_fingers_never_get_two_numbers(config: Path, hall: FakeHall) -> None:
    with running(config) as kiosk:
        to_confirm(kiosk)
        kiosk.tap("confirm", times=6)
        assert kiosk.on("ticket")["ticket"]["number"] == "B001"
    assert len(hall.issued) == 1
    assert len(hall.asked) == 1


def test_a_killed_kiosk_offers_the_same_number_again(config: Path, hall: FakeHall) -> None:
    hall.mode = Mode.LOSE_ANSWER
    with running(config) as kiosk:
        to_confirm(kiosk)
        kiosk.tap("confirm")
        kiosk.on("unsure")
        kiosk.process.kill()
    hall.mode = Mode.WELL
    with running(config) as kiosk:
        kiosk.until_ready()
        kiosk.tap("resume")
        assert kiosk.on("ticket")["ticket"]["number"] == hall.issued[0].number
    assert len(hall.issued) == 1
    assert len({key for key, _body in hall.asked}) == 1


def test_the_control_channel_answers_nonsense_with_a_sentence(config: Path) -> None:
    with running(config) as kiosk:
        assert "do one of" in kiosk.ask(do="explode")["error"]
        assert "screen" in kiosk.ask(do="wait")["error"]
        assert "--screenshot-dir" in kiosk.ask(do="screenshot", name="x")["error"]
        assert kiosk.ask(do="look")["size"] == [1080, 1920]


@pytest.fixture
def display() -> Iterator[str]:
    with x_server(1280, 1024) as name:
        yield name


def test_real_double_clicks_on_a_real_screen_give_one_number(
    config: Path, hall: FakeHall, display: str
) -> None:
    assert shutil.which("xdotool")

    def click(kiosk: Kiosk, kind: str, value: str = "", times: int = 1) -> None:
        x, y = kiosk.place(kind, value)
        move = ["xdotool", "mousemove", "--sync", str(x), str(y)]
        press = ["click", "--repeat", str(times), "--delay", "90", "1"]
        subprocess.run([*move, *press], env={**ENV, "DISPLAY": display}, check=True)

    env = {"DISPLAY": display, "SDL_VIDEODRIVER": "x11"}
    with running(config, "--size", "1280x1024", env=env, offscreen=False) as kiosk:
        kiosk.until_ready()
        click(kiosk, "start", times=2)
        kiosk.on("sections")
        click(kiosk, "pick_section", "old-age", times=2)
        kiosk.on("items")
        click(kiosk, "pick_item", "B01")
        kiosk.on("confirm")
        click(kiosk, "confirm", times=3)
        assert kiosk.on("ticket")["ticket"]["service_id"] == "B01"
    assert len(hall.issued) == 1


def command(*args: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *args],
        cwd=ROOT,
        env=ENV,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def test_check_prints_a_line_a_thing_and_is_well(config: Path) -> None:
    done = command("check", "--config", str(config), "--offscreen")
    assert done.returncode == 0, done.stdout + done.stderr
    things = [line.split()[0] for line in done.stdout.splitlines()]
    assert things == [
        *("config", "server", "token", "printer", "id-reader", "scanner", "camera"),
        *("keypad", "speaker", "headphones", "searches", "fonts", "screen"),
    ]


def test_check_names_what_is_ill_and_exits_with_one(config: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("wrong")
    with config.open("a") as file:
        file.write(f'[printer]\nurl = "serial://{tmp_path}/none?baud=9600"\n')
    done = command("check", "--config", str(config), "--offscreen")
    assert done.returncode == 1
    ill = [line.split()[0] for line in done.stdout.splitlines() if " ILL " in line]
    assert ill == ["token", "printer"]
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("args", "text", "sentence"),
    [
        ((), "colour = 1\n", "colour: there is no such setting."),
        (("--size", "big"), "", "write it as 1080x1920"),
        (("--control", "99999"), "", "99999 is no port"),
        ((), '[printer]\nurl = "usb://04b8:printer"\n', "usb://04b8:0e15"),
        ((), '[printer]\nurl = "serial:///dev/x?baud=1"\n', "baud"),
    ],
)
def test_a_mistake_is_one_sentence_without_a_traceback(
    tmp_path: Path, args: tuple[str, ...], text: str, sentence: str
) -> None:
    config = write_config(tmp_path, "http://127.0.0.1:1")
    config.write_text(
        text + config.read_text() if text.startswith("colour") else config.read_text() + text
    )
    done = command("run", "--config", str(config), "--offscreen", *args)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_missing_token_is_one_sentence(tmp_path: Path) -> None:
    config = write_config(tmp_path, "http://127.0.0.1:1")
    (tmp_path / "token").unlink()
    done = command("run", "--config", str(config), "--offscreen")
    assert done.returncode == 1
    assert "server.token_file: this file cannot be read." in done.stderr
