"""The only place that rewrites sound: a browser's recording becomes a WhatsApp voice note.

A voice note is mono Opus in an Ogg file (Meta, "Audio messages"). Browsers record Opus in
WebM (Chromium), Opus in Ogg (Firefox) or AAC in MP4 (Safari): mono Opus is put into the new
container as it is, everything else is encoded again.
"""

import io
from dataclasses import dataclass
from itertools import chain
from typing import IO, Any

import av

RATE = 48_000
BIT_RATE = 32_000
LONGEST = 15 * 60
# Nothing else is read: playlists and the like would open further files and addresses.
READ = {"format_whitelist": "matroska,webm,ogg,mov,mp4,m4a,aac,mp3,wav", "protocol_whitelist": ""}


class UnreadableSound(Exception):
    """The file holds no sound that can be read, or one that is longer than 15 minutes."""


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """An Ogg file and its length in seconds."""

    content: bytes
    duration: float


def make_voice_note(recording: IO[bytes]) -> VoiceNote:
    """Ogg with mono Opus from any recording. Raises UnreadableSound."""
    output = io.BytesIO()
    try:
        with av.open(recording, metadata_errors="ignore", options=READ) as source:
            duration = _write(source, output)
    except (av.FFmpegError, ValueError, EOFError, IndexError) as error:
        raise UnreadableSound(str(error)) from error
    if not 0 < duration <= LONGEST:
        raise UnreadableSound(f"{duration:.0f} s long")
    return VoiceNote(output.getvalue(), round(duration, 2))


def _write(source: Any, output: IO[bytes]) -> float:
    sound = source.streams.audio[0]
    with av.open(output, "w", format="ogg") as target:
        if sound.codec_context.name == "opus" and sound.codec_context.channels == 1:
            return _copy(source, sound, target)
        return _encode(source, sound, target)


def _copy(source: Any, sound: Any, target: Any) -> float:
    stream = target.add_stream_from_template(sound)
    end = 0.0
    for packet in source.demux(sound):
        if packet.dts is None:
            continue
        end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if end > LONGEST:
            raise UnreadableSound("too long")
        packet.stream = stream
        target.mux(packet)
    return end


def _encode(source: Any, sound: Any, target: Any) -> float:
    stream = target.add_stream("libopus", rate=RATE, layout="mono", bit_rate=BIT_RATE)
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    samples = 0
    for frame in chain(source.decode(sound), [None]):
        for piece in resampler.resample(frame):
            samples += piece.samples
            if samples > LONGEST * RATE:
                raise UnreadableSound("too long")
            target.mux(stream.encode(piece))
    target.mux(stream.encode(None))
    return samples / RATE
