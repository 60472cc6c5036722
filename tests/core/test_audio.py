"""Recordings become voice notes; what is no sound is refused and opens nothing."""

from __future__ import annotations

import array
import io
import math

import av
import pytest

from core import audio
from core.audio import UnreadableSound, make_voice_note


def recording(form, codec, layout, seconds=2.0, rate=48000):
    """A tone, as a browser would record it."""
    output = io.BytesIO()
    channels = 1 if layout == "mono" else 2
    with av.open(output, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        resampler = av.AudioResampler(format=stream.codec_context.format, layout=layout, rate=rate)
        for start in range(0, int(seconds * rate), 960):
            frame = av.AudioFrame(format="s16", layout=layout, samples=960)
            frame.sample_rate, frame.pts = rate, start
            tone = (
                int(8000 * math.sin((start + i // channels) / 20)) for i in range(960 * channels)
            )
            frame.planes[0].update(array.array("h", tone).tobytes())
            for piece in resampler.resample(frame):
                container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    output.seek(0)
    return output


@pytest.mark.parametrize(
    ("form", "codec", "layout"),
    [
        ("webm", "libopus", "mono"),  # Chromium
        ("webm", "libopus", "stereo"),
        ("ogg", "libopus", "mono"),  # Firefox
        ("adts", "aac", "mono"),  # Safari's codec
    ],
)
def test_every_browsers_recording_becomes_mono_opus_in_ogg(form, codec, layout):
    note = make_voice_note(recording(form, codec, layout))
    assert note.content.startswith(b"OggS")
    assert note.duration == pytest.approx(2.0, abs=0.1)
    with av.open(io.BytesIO(note.content)) as made:
        sound = made.streams.audio[0]
        assert (sound.codec_context.name, sound.codec_context.channels) == ("opus", 1)
        assert sum(frame.samples for frame in made.decode(sound)) > 90_000


def test_a_cut_recording_gives_what_there_is():
    whole = recording("webm", "libopus", "mono", seconds=4).getvalue()
    note = make_voice_note(io.BytesIO(whole[: len(whole) // 2]))
    assert 0.5 < note.duration < 3.5


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello" * 100,
        b"\x1aE\xdf\xa3" + b"\0" * 100,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
    ],
)
def test_what_is_no_sound_is_refused(content):
    with pytest.raises(UnreadableSound):
        make_voice_note(io.BytesIO(content))


def test_a_note_has_an_end(monkeypatch):
    monkeypatch.setattr(audio, "LONGEST", 1)
    for form, codec in (("webm", "libopus"), ("adts", "aac")):
        with pytest.raises(UnreadableSound):
            make_voice_note(recording(form, codec, "mono"))
