"""F7, F8: Meta answers in every wrong way, and tells everything twice and in no order."""

from __future__ import annotations

import asyncio
import random
import time
from functools import partial

from faults import bodies, ledger
from faults.machine import in_thread
from faults.proxy import Mode
from faults.scene import Scene
from faults.waiting import until
from faults.webhooks import Post

ENDLESS = {"count": 0}
SPOILT: tuple[dict[str, object], ...] = (
    {"kind": "error", "code": 131000, "http": 500, "percent": 15},
    {"kind": "error", "code": 131016, "http": 503, "percent": 15},
    {"kind": "error", "code": 130429, "http": 429, "percent": 30},
    {"kind": "error", "code": 131056, "percent": 5},
    {"kind": "error", "code": 131009, "percent": 5},
    {"kind": "slow", "delay_ms": 5000, "percent": 30},
    {"kind": "drop", "percent": 10},
    {"kind": "malformed", "percent": 10},
    {"kind": "no_id", "percent": 10},
)
HANGS = 5
LINE_DOWN = 15.0
FEW_ATTEMPTS = 5.0  # a second, once the circuit is open
OPEN_WITHIN, CLOSED_WITHIN = 10.0, 30.0
NEW_ATTEMPTS = """
SELECT count(*) FROM inbox_attempt WHERE started_at > now() - make_interval(secs => %s)
"""
TAKEN_OF_OTHERS = """
SELECT count(*) FROM inbox_attempt a JOIN inbox_message m ON m.id = a.message_id
JOIN accounts_channel c ON c.id = m.channel_id JOIN accounts_phonenumber n ON n.id = c.number_id
WHERE a.outcome = 'accepted' AND n.phone_number_id <> %s AND a.finished_at > to_timestamp(%s)
"""
IS_PAUSED = "SELECT is_paused FROM accounts_phonenumber WHERE phone_number_id = %s"
RESUME = "UPDATE accounts_phonenumber SET is_paused = false RETURNING id"
LEFT_UNKNOWN = "SELECT count(*) FROM inbox_message WHERE status = 'unknown'"
FAILED = "SELECT count(*) FROM inbox_message WHERE status = 'failed'"


async def spoil_answers(scene: Scene) -> None:
    """One kind of wrong answer after the other, then a token that expires, then no line."""
    each = scene.load.seconds / 12
    for fault in SPOILT:
        await in_thread(scene.platform.spoil, **fault, **ENDLESS)
        await asyncio.sleep(each)
        await in_thread(scene.platform.mend)
    if not scene.is_short:  # a call hangs until the sender gives it up
        await in_thread(scene.platform.spoil, kind="hang", count=HANGS)
    await expire_token(scene)
    for mode in (Mode.GARBAGE, Mode.REFUSE):
        await break_line(scene, mode)
    unknown = await in_thread(ledger.ask, scene.database, LEFT_UNKNOWN)
    failed = await in_thread(ledger.ask, scene.database, FAILED)
    scene.report.remarks.append(f"{unknown} unknown, {failed} failed when the line came back")


async def expire_token(scene: Scene) -> None:
    """Code 190 pauses one number alone; the others go on."""
    number = scene.meta.teams[0].number
    began = time.time()
    await in_thread(scene.platform.spoil, code=190, http=401, number=number, **ENDLESS)
    person = next(p for p in scene.people if p.team == scene.people[0].team)
    scene.replies.send(person, scene.replies.talks[person.team][0])
    paused = partial(ledger.ask, scene.database, IS_PAUSED, number)
    await until(lambda: bool(paused()), 60)
    other = next(p for p in scene.people if p.team != person.team)
    scene.replies.send(other, scene.replies.talks[other.team][0])
    taken = partial(ledger.ask, scene.database, TAKEN_OF_OTHERS, number, began)
    await until(lambda: bool(taken()), 30)
    await in_thread(scene.platform.mend)
    await in_thread(ledger.ask, scene.database, RESUME)


async def break_line(scene: Scene, mode: Mode) -> None:
    """No call gets through: few are tried, and soon after it is mended they leave again."""
    await scene.line.set_mode(mode)
    await asyncio.sleep(scene.lasting(OPEN_WITHIN))
    look = scene.lasting(LINE_DOWN - OPEN_WITHIN)
    await asyncio.sleep(look)
    tried = await in_thread(ledger.ask, scene.database, NEW_ATTEMPTS, look)
    calls = await in_thread(scene.calls)
    await scene.line.set_mode(Mode.OPEN)
    seconds = await until(partial(scene.has_called, calls), CLOSED_WITHIN * 4)
    report, name = scene.report, mode.name.lower()
    report.recovery = max(report.recovery or 0, seconds)
    few = tried / look <= FEW_ATTEMPTS
    words = f"{name}: few calls are tried 10 s later ({tried / look:.1f} a second)"
    report.expect(words, few, is_speed=True)
    report.within(CLOSED_WITHIN, seconds, f"{name}: messages leave again")


async def shuffle_webhooks(scene: Scene) -> None:
    """Everything twice, late, early, in batches of one to a thousand, and about strangers."""
    scene.platform.change(duplicate_percent=30, shuffle=True, batch_max=50, batch_ms=50)
    posts = [*batches(scene), *stories(scene), *strangers()]
    posts += random.sample(posts, len(posts) * 3 // 10)
    random.shuffle(posts)
    lasting = scene.load.seconds / 2
    for post in posts:
        scene.meta.send(post)
        await asyncio.sleep(lasting / len(posts))
    scene.platform.change(duplicate_percent=0, shuffle=False, batch_max=1, batch_ms=0)
    scene.report.remarks.append(f"{len(posts)} shuffled posts")


def batches(scene: Scene) -> list[Post]:
    """One POST with one, ten, a hundred or a thousand messages."""
    found = []
    for size in (1, 10, 10, 50) if scene.is_short else (1, 1, 10, 10, 100, 1000):
        team = random.choice(scene.meta.teams)
        ids = [scene.meta.next_wamid() for _ in range(size)]
        senders = random.choices(team.customers, k=size)
        items = [
            bodies.text(wamid, who, "One of many") for wamid, who in zip(ids, senders, strict=True)
        ]
        body = bodies.envelope(bodies.incoming(team.number, *items))
        found.append(Post(body, [(team.number, wamid) for wamid in ids]))
    return found


def stories(scene: Scene, count: int = 30) -> list[Post]:
    """Answers in the phone app and what became of them, each told alone; some leave a step out."""
    found = []
    for _ in range(count):
        team = random.choice(scene.meta.teams)
        wamid, who = scene.meta.next_wamid(), random.choice(team.customers)
        echo = bodies.envelope(bodies.echo(team.number, who, wamid, "From the phone"))
        found.append(Post(echo, [(team.number, wamid)]))
        names = random.choice((("sent", "read"), ("read",), ("sent", "delivered", "read")))
        for name in names:
            item = bodies.status(wamid, name, who)
            body = bodies.envelope(bodies.change(team.number, statuses=[item]))
            found.append(Post(body, statuses=[(wamid, name)]))
    return found


def strangers(count: int = 20) -> list[Post]:
    """Statuses of messages that Sash never had."""
    names = ("sent", "delivered", "read", "failed")
    items = [bodies.status(f"wamid.STRANGER{n}", names[n % 4], "491700000") for n in range(count)]
    return [
        Post(bodies.envelope(bodies.change("200000000000000", statuses=[item]))) for item in items
    ]
