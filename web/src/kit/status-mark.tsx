/** Status by shape, colour and (beside it or in its label) word: never by colour alone. */
import type { CameraStatus } from '../api/types.ts';

export type Mark = Exclude<CameraStatus, 'retired'> | 'stale' | 'waiting';

const SHAPES: Record<Mark, React.ReactNode> = {
  online: <circle cx="8" cy="8" r="5.5" fill="currentColor" />,
  offline: <circle cx="8" cy="8" r="4.75" fill="none" stroke="currentColor" strokeWidth="2" />,
  error: (
    <>
      <path d="M8 1.5 15 14H1z" fill="currentColor" />
      <path d="M8 6v4" stroke="var(--surface)" strokeWidth="1.6" />
      <circle cx="8" cy="12" r=".95" fill="var(--surface)" />
    </>
  ),
  new: <path d="M8 2v12M2 8h12" stroke="currentColor" strokeWidth="2.4" />,
  // Of another time: a tape, not a light.
  recording: <rect x="3" y="3" width="10" height="10" fill="none" stroke="currentColor" strokeWidth="2" />,
  stale: (
    <>
      <circle cx="8" cy="8" r="5.75" fill="none" stroke="currentColor" strokeWidth="1.8" />
      <path d="M8 4.500V8l2.500 1.800" fill="none" stroke="currentColor" strokeWidth="1.6" />
    </>
  ),
  waiting: (
    <circle cx="8" cy="8" r="5" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="3 2.24" />
  ),
};

const COLOURS: Record<Mark, string> = {
  online: 'var(--online)',
  offline: 'var(--offline)',
  error: 'var(--error)',
  new: 'var(--new)',
  recording: 'var(--muted)',
  stale: 'var(--stale)',
  waiting: 'var(--stale)',
};

export function StatusMark(props: { mark: Mark; size?: number }) {
  const size = props.size ?? 14;
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      aria-hidden="true"
      style={{ color: COLOURS[props.mark], flex: 'none' }}
    >
      {SHAPES[props.mark]}
    </svg>
  );
}
