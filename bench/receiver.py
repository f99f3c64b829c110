"""How many events a second the receiver takes, and how long each waits, beside a bare fsync."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

TOKEN = "token-of-the-benchmark"
CONNECTIONS = 32
PACE = 1_200
SECONDS = 10.0
FSYNC_SECONDS = 2.0


def main() -> None:
    """Print the figures as JSON; with a port, send to it and print what came of that."""
    if len(sys.argv) == 4:
        port, rate, seconds = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
        print(json.dumps(asyncio.run(load(port, rate, seconds))))
    else:
        print(json.dumps(measure(), indent=2))


def measure(seconds: float = SECONDS) -> dict[str, object]:
    """Send at a steady pace, then as fast as the receiver answers; each from its own process."""
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        fsyncs = fsync_rate(Path(folder))
        process, port = start(Path(folder))
        try:
            # The first second of a process is about Python, not about the receiver.
            sent(port, PACE, 1.0)
            steady = sent(port, PACE, seconds)
            fastest = sent(port, 0, seconds)
        finally:
            process.terminate()
            process.wait(30)
    return {
        "fsyncs_per_second": round(fsyncs),
        "steady": steady,
        "fastest": fastest,
        "events_per_fsync": round(fastest["events_per_second"] / fsyncs, 2),
    }


def fsync_rate(folder: Path) -> float:
    """Return how often a second a line can be added to a file and synced, one by one."""
    line, count = b"x" * 500 + b"\n", 0
    with (folder / "fsync").open("ab", buffering=0) as opened:
        begun = time.perf_counter()
        while (taken := time.perf_counter() - begun) < FSYNC_SECONDS:
            opened.write(line)
            os.fsync(opened.fileno())
            count += 1
    return count / taken


def start(folder: Path) -> "tuple[subprocess.Popen[str], int]":
    """Start a receiver on a free port."""
    sender = {"name": "bench", "token": "${BENCH_TOKEN}", "rate": 1e6}
    config = folder / "drumbeat.yaml"
    config.write_text(yaml.safe_dump({"sources": [{"kind": "events", "tokens": [sender]}]}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = ["receive", "--port", str(port), "--config", str(config)]
    process = subprocess.Popen(
        [sys.executable, "-m", "pipelines", *words, "--data-dir", str(folder / "data")],
        env={**os.environ, "BENCH_TOKEN": TOKEN},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr
    if "Listening" not in process.stderr.readline():
        raise SystemExit("drumbeat receive did not start")
    return process, port


def sent(port: int, rate: float, seconds: float) -> dict[str, float]:
    """Have another process send, and return its figures."""
    words = [sys.executable, "-m", "bench.receiver", str(port), str(rate), str(seconds)]
    told = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60 + seconds)
    found: dict[str, float] = json.loads(told.stdout)
    return found


async def load(port: int, rate: float, seconds: float) -> dict[str, float]:
    """Send over several connections, ``rate`` events a second in all; 0 is as fast as it goes."""
    begun = time.perf_counter()
    found = await asyncio.gather(
        *(sender(port, number, rate, begun, seconds) for number in range(CONNECTIONS))
    )
    taken = time.perf_counter() - begun
    waits = sorted(wait for waits in found for wait in waits)
    return {
        "seconds": round(taken, 1),
        "events_per_second": round(len(waits) / taken),
        "p50_ms": round(1000 * waits[len(waits) // 2], 1),
        "p99_ms": round(1000 * waits[len(waits) * 99 // 100], 1),
        "slowest_ms": round(1000 * waits[-1], 1),
    }


async def sender(port: int, number: int, rate: float, begun: float, seconds: float) -> list[float]:
    """Send one event after the other; a wait counts from when the event was due to go."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    waits, turn = [], 0
    while True:
        due = begun + (number + turn * CONNECTIONS) / rate if rate else time.perf_counter()
        if due - begun >= seconds:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.write(request(f"{number}-{rate}-{turn}"))
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 202"):
            raise SystemExit(head.decode())
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        waits.append(time.perf_counter() - due)
        turn += 1
    writer.close()
    return waits


def request(name: str) -> bytes:
    """Return a request that tells of one deployment."""
    event = {
        "service": "checkout",
        "id": name,
        "environment": "production",
        "sha": "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
        "started_at": "2026-11-23T10:35:00Z",
        "finished_at": "2026-11-23T10:40:00Z",
        "url": "https://ci.example.org/jobs/1234",
    }
    body = json.dumps(event).encode()
    head = (
        "POST /events/deployment HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {TOKEN}\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {name}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    main()
