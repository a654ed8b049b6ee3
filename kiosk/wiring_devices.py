"""Picks the drivers of a program's devices; with `kiosk.wiring` the only place that knows them."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import cast

from hardware.registry import Settings, type_for, type_of
from hardware.roles import Camera, CodeScanner, Device, DeviceKind, TicketPrinter
from hardware.roles_cards import IdReader
from hardware.roles_voice import Announcer, Keypad
from hardware.roles_window import CallDisplay, CallPad, Rater
from hardware.shared_line import SharedLines
from hardware.speech.espeak import EDITION, EspeakVoice
from hardware.speech.library import SpeechLibrary
from hardware.transport import parse_url
from hardware.volume import volume_of, write_volume
from kiosk.call_words import SpokenWords
from kiosk.config import ConfigError, KioskConfig
from kiosk.config_sound import SpeakerSection
from kiosk.fittings import Fitting
from kiosk.guidance_desk import Ears, GuidanceDesk
from kiosk.guidance_texts import spoken_texts
from kiosk.guidance_words import GuidanceWords
from kiosk.lang import Languages
from kiosk.presenter import Devices
from kiosk.speaker import CallSpeaker
from kiosk.speech_texts import SpeechPreparation
from kiosk.visit import Voice
from kiosk.window_devices import WindowDevices
from queue_server.contract.ids import WindowId
from queue_server.contract.messages import Catalogue


def build_device(
    device_id: str, kind: DeviceKind, url: str, lines: SharedLines | None = None, **options: str
) -> Device:
    """The driver of a device; opens nothing. Devices on one RS-485 line are given the same lines.

    Raises:
        BadDeviceUrl: The address cannot be used.
    """
    address = parse_url(url)
    settings = Settings(device_id, address, options, lines or SharedLines())
    return type_for(kind, address).build(settings)


def fittings_of(devices: Iterable[Device | None]) -> list[Fitting]:
    """What a program tells the hall of its devices; those that are not fitted are left out."""
    found = []
    for device in devices:
        if device is not None:
            entry = type_of(device)
            found.append(Fitting(device, entry.type_id, entry.title) if entry else Fitting(device))
    return found


def build_devices(config: KioskConfig) -> Devices:
    """The drivers of everything that is configured.

    Raises:
        BadDeviceUrl: An address cannot be used.
    """
    printer = config.printer and build_device(
        "printer", DeviceKind.PRINTER, config.printer.url, width_mm=str(config.printer.width_mm)
    )
    reader = config.id_reader and build_device(
        "id-reader", DeviceKind.ID_READER, config.id_reader.url
    )
    scanner = config.scanner and build_device("scanner", DeviceKind.SCANNER, config.scanner.url)
    camera = config.camera and build_device("camera", DeviceKind.CAMERA, config.camera.url)
    return Devices(
        cast("TicketPrinter | None", printer),
        cast("IdReader | None", reader),
        cast("CodeScanner | None", scanner),
        cast("Camera | None", camera),
    )


def build_window_devices(config: KioskConfig) -> WindowDevices:
    """The drivers of everything that stands at a window; pad and rater may share a line.

    Raises:
        BadDeviceUrl: An address cannot be used.
    """
    lines = SharedLines()
    panel = config.panel and build_device("panel", DeviceKind.CALL_DISPLAY, config.panel.url, lines)
    pad = config.pad and build_device("pad", DeviceKind.CALL_PAD, config.pad.url, lines)
    rater = config.rater and build_device("rater", DeviceKind.RATER, config.rater.url, lines)
    return WindowDevices(
        cast("CallDisplay | None", panel),
        cast("CallPad | None", pad),
        cast("Rater | None", rater),
        _call_speaker(config, config.display.window_id),
        beep=config.pad is not None and config.pad.beep,
    )


def build_hall_devices(config: KioskConfig) -> WindowDevices:
    """The loudspeaker of a hall screen, where it is its zone's announcer.

    Raises:
        BadDeviceUrl: Its address cannot be used.
        ConfigError: It shall announce and has no loudspeaker.
    """
    if not config.display.announcer:
        return WindowDevices()
    if config.speaker is None:
        raise ConfigError(
            Path("the configuration"), "speaker", "an announcer needs a loudspeaker: say which."
        )
    return WindowDevices(speaker=_call_speaker(config, None))


def build_guidance(config: KioskConfig, languages: Languages) -> GuidanceDesk:
    """Keypad, headphones and loudspeaker of a kiosk.

    Raises:
        BadDeviceUrl: An address cannot be used.
    """
    speaker, headphones = config.speaker, config.headphones
    keypad = config.keypad and build_device("keypad", DeviceKind.KEYPAD, config.keypad.url)
    ears = Ears(
        cast("Keypad | None", keypad),
        _announcer(config, "headphones", headphones) if headphones else None,
        _announcer(config, "speaker", speaker) if speaker else None,
        {
            voice: partial(_usual_percent, config, section)
            for voice, section in ((Voice.PRIVATE, headphones), (Voice.ALOUD, speaker))
            if section is not None
        },
    )
    section = headphones or speaker
    spoken = _words(section) if section else SpokenWords()
    return GuidanceDesk(ears, lambda session: GuidanceWords(languages, spoken, session))


def _usual_percent(config: KioskConfig, section: SpeakerSection) -> int:
    """How loud a device is by its settings now."""
    return volume_of(section.volume).percent(datetime.now(config.zone).time())


def speech_preparation(
    config: KioskConfig,
    catalogue: Callable[[], Catalogue | None],
    languages: Languages | None = None,
    busy: Callable[[], bool] = bool,
) -> SpeechPreparation:
    """Speaks ahead what the catalogue and the screens show, where the announcers look for it."""
    sections = (config.speaker, config.headphones)
    own = {section.sounds for section in sections if section and section.sounds}
    kept = SpeechLibrary(EspeakVoice(), EDITION, _prepared(config), *sorted(own))
    shown = languages or Languages(config.languages, demo=config.demo)
    return SpeechPreparation(kept, catalogue, more=lambda: spoken_texts(shown), busy=busy)


def _prepared(config: KioskConfig) -> Path:
    return config.data_dir / "speech"


def _call_speaker(config: KioskConfig, window_id: str | None) -> CallSpeaker | None:
    if config.speaker is None:
        return None
    return CallSpeaker(
        _announcer(config, "speaker", config.speaker),
        _words(config.speaker),
        time.monotonic,
        WindowId(window_id) if window_id else None,
    )


def _announcer(config: KioskConfig, device_id: str, section: SpeakerSection) -> Announcer:
    device = build_device(
        device_id,
        DeviceKind.ANNOUNCER,
        section.url,
        volume=write_volume(volume_of(section.volume)),
        speech="on" if section.speech else "off",
        sounds=str(section.sounds or ""),
        prepared=str(_prepared(config)),
        time_zone=config.time_zone or "",
    )
    return cast("Announcer", device)


def _words(section: SpeakerSection) -> SpokenWords:
    return SpokenWords(section.languages, section.reading, section.sounds)
