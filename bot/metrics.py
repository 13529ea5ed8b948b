"""What is counted and timed while the bot works, as Prometheus reads it.

Counters are raised where the thing happens; gauges of what stands in the store are set by `stand` before each reading.
No label holds an address, an id or anybody's words: their values are few and known.
"""

from __future__ import annotations

from collections.abc import Mapping

import psutil
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LAG = (0.3, 1.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 7200.0)

POLLS = Counter("sitrep_polls", "Feeds asked, by how that went.", ["result"], registry=REGISTRY)
"""`result`: "changed", "unchanged", or the key of the health state that the feed was put in."""
TICKS_SKIPPED = Counter(
    "sitrep_ticks_skipped",
    "Times that a job came round while still under way.",
    ["job"],
    registry=REGISTRY,
)
"""No work is left out by it; that it happens says that the job has much to do."""
WRITING = Counter(
    "sitrep_writing_seconds", "Seconds of waiting for the turn to write, and of writing.", ["part"], registry=REGISTRY
)
"""`part`: "waited" or "wrote". On PostgreSQL all nodes together have one second of writing in a second."""
REPORTS = Counter("sitrep_reports", "Reports filed, by outcome.", ["outcome"], registry=REGISTRY)
EXTRACTION = Histogram("sitrep_extraction_seconds", "Time to understand one report.", buckets=_SLOW, registry=REGISTRY)
EXTRACTIONS_FAILED = Counter("sitrep_extractions_failed", "Reports given up by time or memory.", registry=REGISTRY)
DELIVERIES = Counter(
    "sitrep_deliveries", "Attempts to post, by platform and result.", ["platform", "result"], registry=REGISTRY
)
"""`result`: "sent", "retried", "dead" or "dropped"."""
RATE_LIMIT_WAIT = Counter(
    "sitrep_rate_limit_wait_seconds", "Seconds that platforms asked us to wait.", ["platform"], registry=REGISTRY
)
POST_LAG = Histogram(
    "sitrep_post_lag_seconds", "From a card being owed to its being posted.", buckets=_LAG, registry=REGISTRY
)
ANSWERS = Histogram(
    "sitrep_answer_seconds", "Time to answer a question.", ["platform", "root"], buckets=_QUICK, registry=REGISTRY
)
QUESTIONS_FAILED = Counter(
    "sitrep_questions_failed", "Questions that a fault kept from an answer.", ["platform"], registry=REGISTRY
)

QUEUE = Gauge("sitrep_deliveries_held", "Deliveries in the store, by state.", ["state"], registry=REGISTRY)
FEEDS = Gauge("sitrep_feeds", "Feeds, by health.", ["health"], registry=REGISTRY)
OLDEST_DUE = Gauge("sitrep_longest_due_seconds", "How long the first delivery has been due.", registry=REGISTRY)
LAST_FETCH = Gauge("sitrep_last_report_age_seconds", "Since the last report was fetched.", registry=REGISTRY)
FEED_LATE = Gauge("sitrep_feed_late_seconds", "How long the first feed has been due.", registry=REGISTRY)
WAITING = Gauge("sitrep_reports_waiting", "Reports that wait to be understood and filed.", registry=REGISTRY)
JOBS = Gauge("sitrep_jobs", "Jobs of the queue that nodes share, by state.", ["state"], registry=REGISTRY)
NODES = Gauge("sitrep_nodes", "Nodes that share the database, by this one's last beat.", registry=REGISTRY)
KEEPER = Gauge("sitrep_keeper", "Whether this node does what is done once for all.", registry=REGISTRY)
HELD = Gauge("sitrep_node_holds", "What this node holds: feeds that it reads, deliveries.", ["what"], registry=REGISTRY)
MEMORY = Gauge("sitrep_resident_bytes", "Memory of this process and its workers.", registry=REGISTRY)


def stand(
    *,
    deliveries: Mapping[str, int],
    feeds: Mapping[str, int],
    jobs: Mapping[str, int],
    waiting: int,
    longest_due: float,
    last_fetch: float,
    feed_late: float,
) -> None:
    """Set the gauges of what stands in the store; times in seconds, `waiting` in reports."""
    WAITING.set(waiting)
    for gauge, counts in ((QUEUE, deliveries), (FEEDS, feeds), (JOBS, jobs)):
        gauge.clear()
        for label, count in counts.items():
            gauge.labels(label).set(count)
    OLDEST_DUE.set(longest_due)
    LAST_FETCH.set(last_fetch)
    FEED_LATE.set(feed_late)


def node_stands(*, nodes: int, keeper: bool, holds: Mapping[str, int]) -> None:
    """Set the gauges of this node among the others."""
    NODES.set(nodes)
    KEEPER.set(keeper)
    for what, count in holds.items():
        HELD.labels(what).set(count)


def exposed() -> bytes:
    """Everything in Prometheus' text form."""
    MEMORY.set(_resident())
    return generate_latest(REGISTRY)


def _resident() -> int:
    """Bytes of this process and its children; pages that they share are counted for each."""
    here = psutil.Process()
    total = 0
    for process in (here, *here.children(recursive=True)):
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
