"""Workload W5 in DuckDB: five grouped queries on a table in memory, one thread.

`w5.py <events.csv>` prints a line a run: `<seconds without a percentile> <seconds with one> <rows>`. Reading the file
is not timed. DuckDB sees all data at once; a sliding window is each event counted in every window that holds it.
"""

import sys
import time

import duckdb

MEASURES = "count(*), sum(n), avg(conf), min(conf), max(conf), stddev_pop(conf)"
PERCENTILE = ", approx_quantile(conf, 0.95)"
# Milliseconds of the slide, and how many slides make the window.
WINDOWS = [(60_000, 1), (300_000, 1), (3_600_000, 1), (10_000, 6), (60_000, 5)]


def run(database, measures):
    started = time.perf_counter()
    for number, (slide, slides) in enumerate(WINDOWS):
        bucket, source = f"ts // {slide}", "ev"
        if slides > 1:
            bucket, source = f"{bucket} - o", f"ev, range({slides}) t(o)"
        database.execute(
            f"create or replace table w{number} as select {bucket} b, cam, {measures} from {source} group by 1, 2"
        )
    seconds = time.perf_counter() - started
    counts = (database.execute(f"select count(*) from w{number}").fetchone() for number in range(len(WINDOWS)))
    return seconds, sum(count for (count,) in counts)


def main(file):
    database = duckdb.connect()
    database.execute("set threads = 1")
    database.execute(
        "create table ev as select epoch_ms(ts) ts, cam, dir, n, conf from read_csv(?, header = false, columns = "
        "{'ts': 'timestamp', 'cam': 'integer', 'dir': 'tinyint', 'n': 'integer', 'conf': 'double'})",
        [file],
    )
    plain, rows = run(database, MEASURES)
    percentile, _ = run(database, MEASURES + PERCENTILE)
    print(f"{plain:.3f} {percentile:.3f} {rows}")


main(sys.argv[1])
