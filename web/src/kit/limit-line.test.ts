import { expect, it, vi } from 'vitest';
import { drawLimit } from './limit-line.ts';

/** A canvas that only remembers what was written on it, in which colour and whether dashed. */
function sheet() {
  const written: unknown[] = [];
  let dashed = false;
  const ctx = {
    save: vi.fn(),
    restore: vi.fn(),
    beginPath: vi.fn(),
    moveTo: vi.fn(),
    lineTo: vi.fn(),
    stroke: vi.fn(),
    strokeStyle: '',
    fillStyle: '',
    setLineDash: (dashes: number[]) => {
      dashed = dashes.length > 0;
    },
    strokeText: (...at: unknown[]) => written.push(['rim', ctx.strokeStyle, dashed, ...at]),
    fillText: (...at: unknown[]) => written.push(['name', ctx.fillStyle, ...at]),
  };
  return { ctx, written };
}

const style = { colour: 'orange', ground: 'white', font: '12px Inter' };
const bbox = { left: 50, top: 10, width: 400, height: 200 };

function draw(y: number) {
  const { ctx, written } = sheet();
  const chart = { ctx: ctx as unknown as CanvasRenderingContext2D, bbox, valToPos: () => y };
  drawLimit(chart, { value: 220, label: 'Capacity 220' }, style);
  return { ctx, written };
}

it('names the limit on a rim of the ground, at the old end, so that the line can be behind it', () => {
  const { written } = draw(30);
  expect(written).toEqual([
    ['rim', 'white', false, 'Capacity 220', 54, 34],
    ['name', 'orange', 'Capacity 220', 54, 34],
  ]);
});

it('draws nothing above the chart: the count is nowhere near the limit', () => {
  const { ctx, written } = draw(9);
  expect(written).toEqual([]);
  expect(ctx.stroke).not.toHaveBeenCalled();
});
