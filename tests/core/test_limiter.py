"""The budget of calls: never over in any window, close to the limit, look-ups first, shared by processes."""

from __future__ import annotations

import heapq
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from bisect import bisect_right
from collections.abc import Callable
from pathlib import Path

import pytest

from nv_desktop.core.api import Kind
from nv_desktop.core.errors import SlowDown, Stopped
from nv_desktop.core.limiter import Key, Limiter
from nv_desktop.core.twin_file import TwinFile
from nv_desktop.core.window import OPEN_MOST, Window
from tests.core.conftest import ClientMaker
from tests.sandbox_process import PROJECT, Sandbox

KEY: Key = ("api.example.com", "7", "user/create")


def most_in(arrivals: list[float], per: float) -> int:
    """The most arrivals that any half-open window of this length holds."""
    ordered = sorted(arrivals)
    return max(
        (bisect_right(ordered, at + per - 1e-9) - index for index, at in enumerate(ordered)), default=0
    )


def drive(window: Window, latency: Callable[[], float], seconds: float, most_open: int = 64) -> list[float]:
    """Call as fast as the window allows, in virtual time; gives when the server saw each call."""
    draw = random.Random(1)
    answers: list[tuple[float, str]] = []
    arrivals: list[float] = []
    now = 0.0
    while now < seconds:
        while answers and answers[0][0] <= now:
            window.answered(*heapq.heappop(answers))
        wait = window.wait(now, "caller", False) if len(answers) < most_open else answers[0][0] - now
        if wait > 0:
            now += max(min(wait, answers[0][0] - now if answers else wait), 1e-6)
            continue
        token = str(len(arrivals))
        window.start(now, token)
        took = latency()
        arrivals.append(now + took * draw.random())  # somewhere on the way
        heapq.heappush(answers, (now + took, token))
    return arrivals


@pytest.mark.gate("H6", seconds=60)
@pytest.mark.parametrize("latency", [0.0, 0.2, 1.0, 3.0])
def test_the_limit_is_never_passed_and_nearly_reached(latency: float) -> None:
    draw = random.Random(int(latency * 10))
    arrivals = drive(Window(500, 60.0), lambda: latency * (0.999 + draw.random() / 500), 300.0)
    assert most_in(arrivals, 60.0) <= 500
    settled = [at for at in arrivals if 100.0 <= at < 100.0 + 3 * (60.0 + latency)]
    # Whole rounds of 60 s and a latency, so that it does not matter where in its round the window stands.
    assert len(settled) >= 3 * 500 - 2


@pytest.mark.gate("H6", seconds=60)
@pytest.mark.parametrize("chance", range(5))
def test_the_limit_holds_when_latency_jumps_and_calls_never_end(chance: int) -> None:
    draw = random.Random(chance)
    choices = (0.01, 0.5, 20.0, 59.0, 500.0)  # the last never end: their process has died
    weights = (50, 40, 5, 4, 1)
    arrivals = drive(Window(100, 60.0), lambda: min(draw.choices(choices, weights)[0], OPEN_MOST), 600.0, 200)
    assert most_in(arrivals, 60.0) <= 100
    assert len(arrivals) > 300


def test_a_short_list_goes_at_once_and_a_long_one_leaves_room_for_look_ups() -> None:
    arrivals = drive(Window(500, 60.0), lambda: 0.0, 180.0)
    assert [at for at in arrivals if at < 0.1][:100] == [0.0] * 100
    assert most_in([at for at in arrivals if at > 1.0], 1.0) <= 18  # the rest of the minute is even
    for at in range(0, 118):
        held = sum(at - 60.0 < each <= at for each in arrivals)
        assert held < 500, f"a look-up would wait at second {at}"
    assert len(arrivals) >= 3 * 500 - 20


def test_a_look_up_goes_before_bulk_calls_and_is_not_spaced() -> None:
    window = Window(10, 60.0)
    for number in range(5):
        assert window.wait(0.0, f"front{number}", True) == 0.0
        window.start(0.0, f"front{number}")
    window.start(0.0, "bulk")
    # The minute shared by the four places left and the first that comes back, less the second of catching up.
    assert window.wait(0.0, "bulk", False) == 11.0
    window.not_before = 11.0
    assert window.wait(10.5, "front", True) == 0.5
    window.not_before = 0.0
    assert window.wait(11.4, "bulk", False) > 0  # somebody waits in front
    window.leave("front")
    assert window.wait(11.4, "bulk", False) == 0.0
    window.wait(11.4, "front of a process that died", True)
    assert window.wait(13.0, "bulk", False) == 0.0


def test_too_many_calls_stops_everything_and_lowers_the_pace() -> None:
    window = Window(100, 60.0)
    window.learn(10.0, 30.0)
    for at in (10.0, 25.0, 39.999):
        assert window.wait(at, "f", True) > 0
        assert window.wait(at, "b", False) > 0
    assert window.wait(40.0, "f", True) == 0.0
    assert window.room(40.0) < 100
    assert window.room(400.0) == 100
    window.learn(500.0, 1e9)
    assert window.not_before == 500.0 + 600.0
    again = Window(100, 60.0)
    waits = []
    for number in range(4):
        again.learn(number * 50.0, None)
        waits.append(again.not_before - number * 50.0)
    assert waits == [5.0, 10.0, 20.0, 40.0]


def test_a_window_survives_being_written() -> None:
    window = Window(5, 60.0)
    window.start(1.0, "a")
    window.answered(2.0, "a")
    window.start(3.0, "b")
    window.wait(3.0, "c", True)
    window.learn(4.0, 2.0)
    assert Window.from_json(5, 60.0, json.loads(json.dumps(window.to_json()))) == window
    fresh = Window(5, 60.0)
    assert Window.from_json(5, 60.0, json.loads(json.dumps(fresh.to_json()))) == fresh


# --- the limiter over files ---


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def use(limiter: Limiter, times: int) -> None:
    for _ in range(times):
        with limiter.slot(KEY, front=True):
            pass


def test_two_limiters_share_a_budget_and_paths_do_not(tmp_path: Path) -> None:
    clock = Clock()
    one, two = Limiter(tmp_path, rate=10, clock=clock), Limiter(tmp_path, rate=10, clock=clock)
    use(one, 4)
    use(two, 3)
    assert one.budget(KEY) == two.budget(KEY) == (3, 10)
    assert one.budget((*KEY[:2], "user/userData")) == (10, 10)
    clock.now += 60.1
    assert two.budget(KEY) == (10, 10)


def test_a_share_and_a_lifted_limit(tmp_path: Path) -> None:
    assert Limiter(tmp_path, rate=500, share=0.5).budget(KEY) == (250, 250)
    lifted = Limiter(tmp_path / "none", rate=None)
    use(lifted, 20)
    assert lifted.budget(KEY) == (0, 0)
    assert lifted.countdown(KEY) == 0.0
    assert not (tmp_path / "none").exists()


def test_a_restarted_computer_is_treated_with_caution(tmp_path: Path) -> None:
    clock = Clock()
    use(Limiter(tmp_path, rate=10, clock=clock, boot=lambda: "one"), 10)
    clock.now = 5.0  # monotonic time begins anew
    after = Limiter(tmp_path, rate=10, clock=clock, boot=lambda: "two")
    assert after.budget(KEY) == (0, 10)
    clock.now += 60.1
    assert after.budget(KEY) == (10, 10)
    nameless = Limiter(tmp_path, rate=10, clock=clock, boot=lambda: "")
    use(nameless, 10)
    clock.now = 1.0
    assert Limiter(tmp_path, rate=10, clock=clock, boot=lambda: "").budget(KEY) == (0, 10)


def test_a_changed_clock_on_the_wall_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    use(Limiter(tmp_path, rate=10, clock=clock), 10)
    for jump in (-1e7, 1e7):
        monkeypatch.setattr(time, "time", lambda jump=jump: 1.8e9 + jump)
        assert Limiter(tmp_path, rate=10, clock=clock).budget(KEY) == (0, 10)


def test_a_damaged_file_costs_a_minute_not_the_limit(tmp_path: Path) -> None:
    clock = Clock()
    limiter = Limiter(tmp_path, rate=10, clock=clock)
    use(limiter, 1)
    file = next((tmp_path / "limiter").glob("*.state"))
    for damage in (b"\0" * 100, b"[]", b'{"window": {}}', b"x" * 2**20):
        file.write_bytes(damage)
        clock.now += 100
        fresh = Limiter(tmp_path, rate=10, clock=clock)
        assert fresh.countdown(KEY) == 60.0, damage


def test_a_write_that_was_cut_off_leaves_the_state_before(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with TwinFile(path) as file:
        assert file.read() == b""
        for state in (b"one", b"two", b"three" * 1000):
            file.write(state)
    whole = path.read_bytes()
    latest = whole.index(b"three")
    for cut in (latest - 1, latest - 17, latest + 1, latest + 2500):
        spoilt = bytearray(whole)
        spoilt[cut : latest + 5000] = b"\0" * (latest + 5000 - cut)
        path.write_bytes(spoilt)
        for _ in range(2):  # a second writer killed at the same point
            with TwinFile(path) as file:
                assert file.read() == b"two"
        with TwinFile(path) as file:
            file.read()
            file.write(b"four")
        with TwinFile(path) as file:
            assert file.read() == b"four"


def test_a_folder_that_cannot_be_written_leaves_a_budget_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "limiter").write_text("a file stands here")
    clock = Clock()
    limiter = Limiter(tmp_path, rate=10, clock=clock)
    use(limiter, 4)
    assert limiter.budget(KEY) == (6, 10)


def test_stop_and_cancel_end_the_waiting(tmp_path: Path) -> None:
    limiter = Limiter(tmp_path, rate=1)
    use(limiter, 1)
    stop = threading.Event()
    outcomes: list[str] = []

    def wait(event: threading.Event | None) -> None:
        try:
            with limiter.slot(KEY, stop=event):
                outcomes.append("called")
        except Stopped:
            outcomes.append("stopped")

    threads = [threading.Thread(target=wait, args=(event,)) for event in (stop, None)]
    for thread in threads:
        thread.start()
    stop.set()
    begun = time.monotonic()
    threads[0].join(2)
    assert time.monotonic() - begun < 0.5
    assert outcomes == ["stopped"]
    limiter.cancel()
    threads[1].join(2)
    assert outcomes == ["stopped", "stopped"]
    with pytest.raises(Stopped), limiter.slot(KEY):
        pass


def test_a_look_up_overtakes_waiting_bulk_calls(tmp_path: Path) -> None:
    """Decision 14, in one process and across two limiters."""
    one, two = Limiter(tmp_path, rate=20, per=1.0), Limiter(tmp_path, rate=20, per=1.0)
    use(one, 20)  # the window is full for a second
    order: list[str] = []
    waiting = threading.Barrier(7)

    def call(limiter: Limiter, name: str, front: bool) -> None:
        waiting.wait(5)
        if front:
            one_waits.wait(5)
        with limiter.slot(KEY, front=front):
            order.append(name)

    one_waits = threading.Event()
    calls = [(one, f"bulk{number}", False) for number in range(4)]
    calls += [(one, "front", True), (two, "front of another process", True)]
    threads = [threading.Thread(target=call, args=arguments) for arguments in calls]
    for thread in threads:
        thread.start()
    waiting.wait(5)
    while len(one._turns[KEY].waiting if KEY in one._turns else ()) < 4:
        os.sched_yield()
    one_waits.set()
    for thread in threads:
        thread.join(10)
    assert set(order[:2]) == {"front", "front of another process"}
    assert len(order) == 6


CALLER = """
import random, sys, threading, time
from pathlib import Path
from nv_desktop.core.limiter import Limiter

folder, log, calls, chance = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
limiter = Limiter(folder, rate=50, per=2.0)
draw = random.Random(chance)
left = threading.Semaphore(calls)

def work():
    while left.acquire(blocking=False):
        with limiter.slot(("host", "1", "path")):
            time.sleep(draw.random() * 0.02)
            with log.open("a") as file:
                file.write(f"{time.monotonic()}\\n")
            time.sleep(draw.random() * 0.02)

print("ready", flush=True)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


def caller(folder: Path, log: Path, calls: int, chance: int) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", CALLER, str(folder), str(log), str(calls), str(chance)],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.gate("H6", seconds=60)
def test_two_processes_and_a_killed_one_stay_within_the_limit(tmp_path: Path) -> None:
    log = tmp_path / "arrivals"
    first, killed = caller(tmp_path, log, 70, 1), caller(tmp_path, log, 1000, 2)
    try:
        while not log.exists() or len(log.read_text().splitlines()) < 40:
            assert first.poll() is None and killed.poll() is None
            os.sched_yield()
        os.kill(killed.pid, signal.SIGKILL)
        again = caller(tmp_path, log, 40, 3)
        assert first.wait(30) == 0 and again.wait(30) == 0
    finally:
        for process in (first, killed):
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
    assert again.stdout is not None
    again.stdout.close()
    arrivals = [float(line) for line in log.read_text().splitlines() if line.count(".") == 1]
    assert len(arrivals) >= 40 + 70
    assert 40 <= most_in(arrivals, 2.0) <= 50


# --- H5: against the sandbox ---

FORMS = {
    "seconds": 2.0, "date": 2.0, "past_date": 0.0, "negative": None, "huge": 600.0, "float": 3.0, "hex": 2.0,
    "garbage": None, "empty": None, "missing": None, "spaces": 2.0, "unicode_digits": 2.0, "twice": 3.0,
    "in_body": 2.0,
}  # fmt: skip


@pytest.mark.gate("H5", seconds=20)
def test_every_form_of_too_many_calls_is_obeyed(make_client: ClientMaker, tmp_path: Path) -> None:
    with Sandbox(people=3) as sandbox:
        for form, seconds in FORMS.items():
            sandbox.set_faults([{"fault": "429", "form": form, "seconds": 2}])
            clock = Clock()
            limiter = Limiter(tmp_path / form, clock=clock)
            client = make_client(sandbox.url, limiter=limiter)
            answer = client.send_batch([{"userID": "a", "user_attributes": {}}])
            assert answer.kind is Kind.SLOW_DOWN, form
            wait = limiter.countdown(client.limit_key("send"))
            expected = 5.0 if seconds is None else seconds
            assert expected - 1 <= wait <= expected, (form, wait)
            with pytest.raises(SlowDown):
                client.get_profile("a")
            assert client.held_for() == max(wait, limiter.countdown(client.limit_key("look up")))
            if wait:
                stop = threading.Event()
                stop.set()
                with pytest.raises(Stopped):
                    client.send_batch([{"userID": "a", "user_attributes": {}}], stop)
