"""Workload W5 in Bytewax: five windows a camera in one flow, one worker.

`w5.py <events.csv>` prints `<seconds> <rows>`. Reading the file is not timed; rows are counted and thrown away.
"""

import sys
import time
from datetime import datetime, timedelta, timezone

import bytewax.operators as op
import bytewax.operators.windowing as windowing
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import TestingSource, run_main

DAY = datetime(2026, 11, 20, tzinfo=timezone.utc)
# Seconds of the window and of its slide.
WINDOWS = [(60, 60), (300, 300), (3_600, 3_600), (60, 10), (300, 60)]
BATCH = 1_000


class Counter(StatelessSinkPartition, DynamicSink):
    rows = 0

    def build(self, step_id, worker_index, worker_count):
        return self

    def write_batch(self, items):
        for _, (_, (count, _, total, squares, _, _)) in items:
            mean = total / count
            # What the deviation costs is part of the row.
            _ = max(squares / count - mean * mean, 0.0) ** 0.5
        self.rows += len(items)


def read(file):
    with open(file, encoding="ascii") as lines:
        for line in lines:
            ts, cam, _, n, conf = line.split(",")
            yield cam, (datetime.fromisoformat(ts).replace(tzinfo=timezone.utc), int(n), float(conf))


def fold(sums, event):
    count, people, total, squares, least, most = sums
    _, n, conf = event
    return (count + 1, people + n, total + conf, squares + conf * conf, min(least, conf), max(most, conf))


def merge(one, other):
    added = tuple(a + b for a, b in zip(one[:4], other[:4]))
    return (*added, min(one[4], other[4]), max(one[5], other[5]))


def main(file):
    counter = Counter()
    flow = Dataflow("w5")
    events = op.input("events", flow, TestingSource(list(read(file)), batch_size=BATCH))
    clock = windowing.EventClock(lambda event: event[0], wait_for_system_duration=timedelta(seconds=10))
    for number, (length, slide) in enumerate(WINDOWS):
        length, slide = timedelta(seconds=length), timedelta(seconds=slide)
        windower = windowing.SlidingWindower(length, slide, DAY)
        start = (0, 0, 0.0, 0.0, float("inf"), float("-inf"))
        out = windowing.fold_window(f"w{number}", events, clock, windower, lambda: start, fold, merge)
        op.output(f"rows{number}", out.down, counter)
    started = time.perf_counter()
    run_main(flow)
    print(f"{time.perf_counter() - started:.3f} {counter.rows}")


main(sys.argv[1])
