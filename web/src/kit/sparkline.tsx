/** A small line without axes. The number beside it says the value; this only shows the direction. */
import classes from './sparkline.module.css';

const WIDTH = 100;
const HEIGHT = 30;

export function Sparkline(props: { values: readonly (number | null)[]; label: string }) {
  const top = Math.max(1, ...props.values.filter((value) => value !== null));
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={props.label}
      className={classes.line}
    >
      <path
        d={sparkPath(props.values, top)}
        fill="none"
        stroke="var(--line)"
        strokeWidth="1.75"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** Gaps break the line. One point alone is no direction and is not drawn. */
export function sparkPath(values: readonly (number | null)[], top: number): string {
  const step = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  let path = '';
  let drawing = false;
  values.forEach((value, index) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const x = (index * step).toFixed(1);
    const y = (HEIGHT - 2 - (value / top) * (HEIGHT - 4)).toFixed(1);
    path += `${drawing ? 'L' : 'M'}${x} ${y}`;
    drawing = true;
  });
  return path;
}
