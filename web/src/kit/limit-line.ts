/** The dashed line of a limit, and its name. */
import type uPlot from 'uplot';

type Chart = Pick<uPlot, 'bbox' | 'valToPos'> & { ctx: CanvasRenderingContext2D };
type Style = { colour: string; ground: string; font: string };

export function drawLimit(chart: Chart, limit: { value: number; label: string }, style: Style): void {
  const { ctx, bbox } = chart;
  const y = chart.valToPos(limit.value, 'y', true);
  if (y < bbox.top) return;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = style.colour;
  ctx.lineWidth = 1.5 * ratio;
  ctx.setLineDash([6 * ratio, 4 * ratio]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = style.font.replace('12px', `${12 * ratio}px`);
  // At the old end: at the new one a place that is full, for which the name matters most, draws its line right through it.
  ctx.textAlign = 'left';
  ctx.textBaseline = 'top';
  const [left, top] = [bbox.left + 4 * ratio, y + 4 * ratio];
  // On a rim of the ground, so that it can be read where the line passes behind it all the same.
  ctx.setLineDash([]);
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * ratio;
  ctx.strokeStyle = style.ground;
  ctx.strokeText(limit.label, left, top);
  ctx.fillStyle = style.colour;
  ctx.fillText(limit.label, left, top);
  ctx.restore();
}
