/**
 * One time chart drawn by uPlot. This module and uPlot are loaded when the first chart is shown.
 *
 * Where nobody was watching there is hatching and no line: a gap is not a zero and not a straight line between two
 * points. Canvas cannot read CSS variables, so colours are read here and the chart is made anew when the theme changes.
 */
import 'uplot/dist/uPlot.min.css';
import uPlot from 'uplot';
import { drawLimit } from './limit-line.ts';
import type { Point } from './series.ts';
import { alone, columns, gaps, scaleTop } from './series.ts';

export type PlotOptions = {
  target: HTMLElement;
  points: readonly Point[];
  limit: { value: number; label: string } | null;
  timeZone: string;
  formatTime: (ms: number) => string;
  formatValue: (value: number) => string;
  onCursor: (index: number | null) => void;
};

export type Plot = {
  update: (points: readonly Point[]) => void;
  cursor: (index: number | null) => void;
  destroy: () => void;
};

export function plot(options: PlotOptions): Plot {
  const { target, limit } = options;
  const token = (name: string) => getComputedStyle(target).getPropertyValue(`--${name}`).trim();
  const font = `12px ${getComputedStyle(target).fontFamily}`;
  const axis = {
    stroke: token('muted'),
    font,
    grid: { stroke: token('border'), width: 1 },
    ticks: { show: false },
  };
  const hatch = hatching(token('hatch'));
  let points = options.points;

  const chart = new uPlot(
    {
      width: Math.max(80, target.clientWidth),
      height: Math.max(80, target.clientHeight),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1_000), options.timeZone),
      legend: { show: false },
      // Room on the right for half of a label that stands at the very end of the axis.
      padding: [12, 20, 0, 0],
      cursor: { drag: { x: false, y: false, setScale: false }, y: false, points: { size: 9 } },
      scales: { x: { time: true }, y: { range: () => [0, scaleTop(points, limit?.value ?? null)] } },
      axes: [
        {
          ...axis,
          space: 72,
          values: (_, splits) => splits.map((second) => options.formatTime(second * 1_000)),
        },
        {
          ...axis,
          size: 48,
          space: 40,
          incrs: steps(),
          values: (_, splits) => splits.map(options.formatValue),
        },
      ],
      series: [
        {},
        {
          stroke: token('line'),
          width: 2,
          fill: token('line-fill'),
          spanGaps: false,
          // A minute that stands alone is no line.
          points: { show: true, size: 9, fill: token('line'), filter: () => alone(points) },
        },
      ],
      hooks: {
        drawClear: [(self) => drawGaps(self, points, hatch)],
        draw: [
          (self) =>
            limit && drawLimit(self, limit, { colour: token('capacity'), ground: token('surface'), font }),
        ],
        setCursor: [(self) => options.onCursor(self.cursor.idx ?? null)],
      },
    },
    columns(points),
    target,
  );

  const resize = new ResizeObserver(() => {
    chart.setSize({ width: Math.max(80, target.clientWidth), height: Math.max(80, target.clientHeight) });
  });
  resize.observe(target);

  return {
    update(next) {
      points = next;
      chart.setData(columns(points));
    },
    cursor(index) {
      const point = index === null ? undefined : points[index];
      const left = point ? chart.valToPos(point.at / 1_000, 'x') : -10;
      const top = point && point.value !== null ? chart.valToPos(point.value, 'y') : 0;
      chart.setCursor({ left, top: point ? top : -10 }, false);
    },
    destroy() {
      resize.disconnect();
      chart.destroy();
    },
  };
}

function hatching(colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = 8;
  tile.height = 8;
  const pen = tile.getContext('2d');
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.25;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return pen.createPattern(tile, 'repeat') ?? colour;
}

function drawGaps(chart: uPlot, points: readonly Point[], hatch: CanvasPattern | string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.fillStyle = hatch;
  for (const [from, to] of gaps(points)) {
    const left = Math.max(bbox.left, chart.valToPos(from / 1_000, 'x', true));
    const right = Math.min(bbox.left + bbox.width, chart.valToPos(to / 1_000, 'x', true));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/** Whole steps for people on the axis: 1, 2, 5, 10 and so on to a thousand million. */
function steps(): number[] {
  return Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((one) => one * 10 ** power)).flat();
}
