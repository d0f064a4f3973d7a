/**
 * A chart of one measure over time that can be read without seeing it: a sentence that says what it shows, a cursor
 * for the arrow keys whose position is spoken, and the same numbers as a table.
 */

import { Trans, useLingui } from '@lingui/react/macro';
import { Button, useComputedColorScheme } from '@mantine/core';
import { Table2 } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { NO_NUMBER } from '../format/format.ts';
import { useFormat } from '../format/use-format.ts';
import { usePointTime, useReading, useSentence } from './chart-words.ts';
import type { Plot } from './plot.ts';
import type { Placed, Point } from './series.ts';
import classes from './time-chart.module.css';

export type TimeChartProps = {
  label: string;
  points: readonly Point[];
  limit: { value: number; label: string } | null;
  timeZone: string;
  /** What kind of number the points are, said after the highest and the lowest. */
  note?: string;
  /** The points are means, and of which times; without it people are counted. */
  mean?: string;
  placed?: Placed;
};

export function TimeChart(props: TimeChartProps) {
  const [asTable, setAsTable] = useState(false);
  // Set by the key `v`: what it was pressed on goes away, and the focus with it, unless it moves on.
  const [takesFocus, setTakesFocus] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  const summary = useId();
  const { points, timeZone, note, mean, placed = 'start' } = props;
  const sentence = useSentence({ points, timeZone, note, mean, placed });
  const swap = (byKey: boolean) => {
    setTakesFocus(byKey);
    setAsTable(!asTable);
  };
  return (
    <figure className={classes.figure} aria-label={props.label} aria-describedby={summary}>
      <div className={classes.bar}>
        <p id={summary} className={classes.summary}>
          {sentence}
        </p>
        <Button
          size="compact-xs"
          variant="default"
          className={classes.switch}
          leftSection={<Table2 size={14} aria-hidden="true" />}
          aria-pressed={asTable}
          onClick={() => swap(false)}
        >
          {asTable ? <Trans>Show as chart</Trans> : <Trans>Show as table</Trans>}
        </Button>
      </div>
      {asTable ? (
        <Numbers {...props} takesFocus={takesFocus} onSwap={() => swap(true)} />
      ) : (
        <Canvas
          {...props}
          takesFocus={takesFocus}
          cursor={cursor}
          setCursor={setCursor}
          onSwap={() => swap(true)}
        />
      )}
    </figure>
  );
}

type ViewProps = TimeChartProps & { takesFocus: boolean; onSwap: () => void };

function useFocus(target: RefObject<HTMLElement | null>, wanted: boolean) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it appears; later the focus is the person's
  useEffect(() => {
    if (wanted) target.current?.focus();
  }, []);
}

type CanvasProps = ViewProps & { cursor: number | null; setCursor: (index: number | null) => void };

function Canvas(props: CanvasProps) {
  const { points, limit, timeZone, cursor, setCursor } = props;
  const target = useRef<HTMLDivElement>(null);
  const made = useRef<Plot | null>(null);
  const latest = useRef(points);
  const scheme = useComputedColorScheme('light');
  const format = useFormat();
  const { t } = useLingui();
  const limitValue = limit?.value ?? null;
  const limitLabel = limit?.label ?? '';
  useFocus(target, props.takesFocus);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of theme must make the chart anew, see plot.ts
  useEffect(() => {
    const element = target.current;
    if (!element) return;
    let gone = false;
    void import('./plot.ts').then(({ plot }) => {
      if (gone) return;
      made.current = plot({
        target: element,
        points: latest.current,
        limit: limitValue === null ? null : { value: limitValue, label: limitLabel },
        timeZone,
        formatTime: (ms) => format.hourMinute(ms, timeZone),
        formatValue: format.compact,
        onCursor: setCursor,
      });
    });
    return () => {
      gone = true;
      made.current?.destroy();
      made.current = null;
    };
  }, [scheme, timeZone, limitValue, limitLabel, format, setCursor]);

  useEffect(() => {
    latest.current = points;
    made.current?.update(points);
  }, [points]);

  const last = points.length - 1;
  const index = cursor === null ? last : Math.min(cursor, last);
  const words = useReading(points[index], timeZone, props.mean !== undefined);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, index, last);
    if (next !== null) {
      event.preventDefault();
      setCursor(next);
      made.current?.cursor(next);
    } else if (event.key === 'v') {
      props.onSwap();
    } else if (event.key === 'Escape') {
      setCursor(null);
      made.current?.cursor(null);
    }
  };

  return (
    <div className={classes.plot}>
      <div
        ref={target}
        className={classes.canvas}
        role="slider"
        tabIndex={0}
        aria-label={t`Moment in the chart`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.max(0, index)}
        aria-valuetext={words}
        aria-orientation="horizontal"
        onKeyDown={onKeyDown}
      />
      <p className={classes.reading} data-shown={cursor !== null} aria-hidden="true">
        {words}
      </p>
    </div>
  );
}

/** Where the cursor goes for a key; null when the key is none of the chart's. */
export function moved(key: string, index: number, last: number): number | null {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -6, PageDown: 6 };
  if (key === 'Home') return 0;
  if (key === 'End') return Math.max(0, last);
  const step = steps[key];
  return step === undefined ? null : Math.max(0, Math.min(last, index + step));
}

function Numbers(props: ViewProps) {
  const format = useFormat();
  const time = usePointTime(props.timeZone);
  const region = useRef<HTMLElement>(null);
  useFocus(region, props.takesFocus);
  return (
    <section
      ref={region}
      className={classes.table}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
      tabIndex={0}
      aria-label={props.label}
      onKeyDown={(event) => {
        if (event.key === 'v') props.onSwap();
      }}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">
              <Trans>Time</Trans>
            </th>
            <th scope="col">{props.mean ?? <Trans>People</Trans>}</th>
            <th scope="col">
              <Trans>Coverage</Trans>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.points.toReversed().map((point) => (
            <tr key={point.at}>
              <th scope="row">{point.span ? time(point) : format.clock(point.at, props.timeZone)}</th>
              <td>
                <Value point={point} isMean={props.mean !== undefined} />
              </td>
              <td>{point.coverage === null ? NO_NUMBER : format.percent(point.coverage)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Value(props: { point: Point; isMean: boolean }) {
  const { value, absent } = props.point;
  const format = useFormat();
  if (absent) return <Trans>no camera</Trans>;
  if (value === null) return <Trans>no data</Trans>;
  return props.isMean ? format.mean(value) : format.count(value);
}
