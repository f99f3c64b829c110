"""A proxy that goes wrong between a client and any of our servers, as networks and hosts do.

    with FaultProxy(github.url, [Fault.PASS, Fault.BAD_GATEWAY], clock=github.clock) as proxy:
        ...                              # a client of proxy.url instead of github.url
        proxy.stop_faults()              # everything passes from now on
        assert proxy.counts[Fault.BAD_GATEWAY] == 1

    FaultProxy(github.url, RandomFaults(seed=7, share=0.3, most=3))

A list is used up once, then everything passes; a fault that does not fit a request (a GraphQL
error for REST, an empty page of what is no page) lets it pass. Git's own requests are spared.
"""

import http.client
import random
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from tests.hosts.fault_answers import ANSWERS, FITTING, PAGED, Fault, cut_short, dated, page_key
from tests.hosts.serving import Answer, Handler, Request, Server

GIT = re.compile(r"/(info/refs|git-upload-pack)$")
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class RandomFaults:
    """Faults by chance: the same for one seed, in whatever order threads ask.

    ``share`` of requests go wrong, and at most ``most`` times one after the other for the same
    request, so that a client that is patient enough gets through.
    """

    seed: int
    share: float = 0.3
    most: int = 3
    faults: tuple[Fault, ...] = tuple(fault for fault in Fault if fault.is_quick)
    wrong: Counter[str] = field(default_factory=Counter)

    def choose(self, request: Request, time: int) -> Fault:
        """Return what befalls a request when it comes for the ``time``-th time."""
        told = fingerprint(request)
        dice = random.Random(f"{self.seed}:{told}:{time}")
        if self.wrong[told] >= self.most or dice.random() >= self.share:
            self.wrong[told] = 0
            return Fault.PASS
        self.wrong[told] += 1
        return dice.choice(self.faults)


def fingerprint(request: Request) -> str:
    """Return what makes two requests the same."""
    return f"{request.method} {request.target} {request.body!r}"


class FaultProxy:
    """Passes requests on to ``target``, or lets them go wrong as the schedule says.

    ``clock`` is the time that made-up answers tell; ``skew`` is how wrong a Date can be.
    ``seen`` lists (fault, request) in order, ``counts`` counts the faults.
    """

    def __init__(
        self,
        target: str,
        schedule: Iterable[Fault] | RandomFaults = (),
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        skew: timedelta = timedelta(hours=5),
        spared: re.Pattern[str] = GIT,
    ):
        self.target, self.clock, self.skew, self.spared = target, clock, skew, spared
        self.random = schedule if isinstance(schedule, RandomFaults) else None
        self.listed: Iterator[Fault] = iter(() if self.random else schedule)  # type: ignore[arg-type]
        self.is_calm = False
        self.released = threading.Event()
        self.lock = threading.Lock()
        self.times: Counter[str] = Counter()
        self.counts: Counter[Fault] = Counter()
        self.seen: list[tuple[Fault, Request]] = []
        self.pages: dict[str, Answer] = {}
        self.server = Server(self.serve)
        self.url = self.server.url

    def __enter__(self) -> "FaultProxy":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let hanging requests go and stop."""
        self.stop_faults()
        self.server.close()

    def stop_faults(self) -> None:
        """Pass everything from now on, and let hanging requests go."""
        self.is_calm = True
        self.released.set()

    def serve(self, request: Request) -> Answer:
        """Answer a request, rightly or wrongly."""
        with self.lock:
            fault = self.chosen(request)
            self.counts[fault] += 1
            self.seen.append((fault, request))
        if fault in (Fault.HANG, Fault.CLOSE, Fault.RESET):
            return Answer(send=lambda handler: self.leave(handler, fault))
        if fault in ANSWERS:
            return dated(ANSWERS[fault](self.clock()), self.clock())
        answer = self.passed(request)
        if fault is Fault.TWICE:
            answer = self.passed(request)
        if fault is Fault.SKEWED:
            return dated(answer, self.clock() + self.skew)
        return self.spoilt(fault, request, answer)

    def chosen(self, request: Request) -> Fault:
        """Return what befalls a request."""
        if self.is_calm or self.spared.search(request.path):
            return Fault.PASS
        told = fingerprint(request)
        self.times[told] += 1
        if self.random:
            fault = self.random.choose(request, self.times[told])
        else:
            fault = next(self.listed, Fault.PASS)
        return fault if FITTING.get(fault, lambda _: True)(request) else Fault.PASS

    def spoilt(self, fault: Fault, request: Request, answer: Answer) -> Answer:
        """Return the answer as it is, another page's, without its rows or without its end."""
        key = page_key(request)
        before = self.pages.get(key)
        if answer.status == 200:
            self.pages[key] = answer
        if fault is Fault.REPEATED_PAGE and before:
            return Answer(200, before.body, dict(before.headers))
        if fault in PAGED:
            return PAGED[fault](request, answer)
        if fault in (Fault.HALF, Fault.CUT_CHUNKS):
            return cut_short(answer, is_chunked=fault is Fault.CUT_CHUNKS)
        return answer

    def leave(self, handler: Handler, fault: Fault) -> None:
        """Go without an answer: at once, by a reset, or when the faults stop."""
        if fault is Fault.HANG:
            self.released.wait(60)
        if fault is Fault.RESET:
            handler.reset()
        handler.close_connection = True

    def passed(self, request: Request) -> Answer:
        """Return what the target answers."""
        to = urlsplit(self.target)
        connection = http.client.HTTPConnection(to.hostname or "", to.port, timeout=60)
        headers = {name: value for name, value in request.headers.items() if name not in HOP}
        headers |= {"x-forwarded-host": urlsplit(self.url).netloc}
        try:
            connection.request(request.method, request.target, request.body or None, headers)
            found = connection.getresponse()
            body = found.read()
        finally:
            connection.close()
        told = {name: value for name, value in found.getheaders() if name.lower() not in HOP}
        for name in ("Link", "Location"):
            if name in told:
                told[name] = told[name].replace(self.target, self.url)
        return Answer(found.status, body, told)
