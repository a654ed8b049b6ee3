"""What emupos, an independent printer, made of our tickets: recorded once, held to ever since."""

import json
from pathlib import Path
from typing import Any

import pytest

from hardware.roles import QrBlock
from hardware.wire.escpos_status import (
    AnswerDecoder,
    AutoStatus,
    RealTime,
    decode_auto_status,
    decode_status,
)
from tests.emupos_paper import (
    FAULTS,
    GOLDEN,
    HOW_TO_RECORD,
    cases,
    encoded,
    expected_words,
    from_record,
    squeezed,
    to_record,
)

TICKETS = sorted(cases())
MODELS = sorted(path.stem.removeprefix("status-") for path in GOLDEN.glob("status-*.json"))


def recorded(name: str) -> Any:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def test_every_case_has_been_recorded() -> None:
    there = {path.stem for path in Path(GOLDEN).glob("*.json")}
    assert there == set(TICKETS) | {f"status-{model}" for model in MODELS}
    assert len(MODELS) == 2


@pytest.mark.parametrize("name", TICKETS)
def test_the_encoder_makes_the_bytes_that_emupos_has_read(name: str) -> None:
    record = recorded(name)
    job = from_record(record["job"])
    assert to_record(job) == record["job"]
    assert encoded(record["profile"], job).hex() == record["sent"], HOW_TO_RECORD


@pytest.mark.parametrize("name", TICKETS)
def test_emupos_read_the_words_and_the_code_of_the_ticket(name: str) -> None:
    record = recorded(name)
    job, read = from_record(record["job"]), record["emupos"]
    if record["profile"].startswith("raster"):
        assert squeezed(read["words"]).isascii()  # the number, which any printer can print
        assert read["qr"] == []
        assert len(read["images"]) > 10
        return
    drawn = "吴䶮朵" if name == "sizes" else ""
    assert squeezed(read["words"]) == expected_words(job).replace(drawn, "")
    assert read["qr"] == [line.text for line in job.lines if isinstance(line, QrBlock)]
    assert len(read["images"]) == bool(drawn)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_what_emupos_says_when_ill_is_our_named_fault(model: str, fault: str) -> None:
    said = recorded(f"status-{model}")["faults"][fault]
    expected = (FAULTS[fault],) if fault else ()
    answers = [AnswerDecoder().feed(bytes.fromhex(one)) for one in said["real_time"]]
    values = [answer.value for (answer,) in answers if isinstance(answer, RealTime)]
    assert decode_status(*values).faults == expected
    (automatic,) = AnswerDecoder().feed(bytes.fromhex(said["auto"]))
    assert isinstance(automatic, AutoStatus)
    assert decode_auto_status(automatic.value).faults == expected
