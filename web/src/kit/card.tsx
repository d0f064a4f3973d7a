/** The box every figure lives in: title, explanation, one of seven states, and how fresh it is. */

// Asked for in main.tsx already. Here, too, so that they count as shared and stand in one file with the styles of what is shared, before
// them: of two rules that weigh the same the later one holds.
import '../theme/mantine.css';
import '../theme/global.css';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { type ReactNode, useEffect, useId, useState } from 'react';
import type { Problem } from '../api/problem.ts';
import classes from './card.module.css';
import type { CardState } from './card-state.ts';
import { Info } from './info.tsx';
import { StatusMark } from './status-mark.tsx';
import { useReason } from './use-reason.ts';

export type CardProps = {
  cell: string;
  title: string;
  /** What the number means: formula, window, source. */
  explanation: ReactNode;
  state: CardState;
  /** The moment everything in it was so, where that cannot be told of now; see `useAsOf`. */
  asOf?: string | null;
  problem?: Problem | null | undefined;
  onRetry?: (() => void) | undefined;
  empty?: ReactNode;
  actions?: ReactNode;
  /** So many actions that they take a line of their own where there is no room for them beside the title. */
  broad?: boolean;
  footer?: ReactNode;
  children: ReactNode;
};

export function Card(props: CardProps) {
  const heading = useId();
  const { asOf = null } = props;
  const state = asOf !== null && shows(props.state) ? 'stale' : props.state;
  return (
    <section
      className={`card ${props.cell} ${classes.card}`}
      aria-labelledby={heading}
      aria-busy={state === 'loading'}
      data-state={state}
      data-home={props.cell}
    >
      <header className={classes.head} data-broad={props.broad || undefined}>
        <h2 id={heading}>
          {props.title}
          {asOf === null ? null : (
            <>
              {' '}
              <span className={classes.asOf}>
                <Trans>· as of {asOf}</Trans>
              </span>
            </>
          )}
        </h2>
        <Info about={props.title}>{props.explanation}</Info>
        <div className={classes.actions}>{props.actions}</div>
      </header>
      <Body {...props} />
      {props.footer && shows(props.state) ? <footer className={classes.footer}>{props.footer}</footer> : null}
    </section>
  );
}

const shows = (state: CardState) => state === 'ready' || state === 'partial' || state === 'stale';

function Body(props: CardProps) {
  switch (props.state) {
    case 'loading':
      return <Loading />;
    case 'error':
      return <Failure problem={props.problem ?? null} onRetry={props.onRetry} />;
    case 'denied':
      return (
        <div className={classes.message}>
          <Trans>Your account may not see this. An administrator of the site can allow it.</Trans>
        </div>
      );
    case 'empty':
      return <div className={classes.message}>{props.empty}</div>;
    default:
      return <div className={classes.body}>{props.children}</div>;
  }
}

/** Grey boxes, no spinner; after 8 s a word, so that nobody wonders whether it hangs. */
function Loading() {
  const { t } = useLingui();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), 8_000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.body}>
      <div className={classes.skeleton} aria-hidden="true" />
      <span className={long ? 'muted small' : 'visually-hidden'}>
        {long ? t`This is taking longer than usual.` : t`Loading`}
      </span>
    </div>
  );
}

type FailureProps = {
  problem: Problem | null;
  onRetry?: (() => void) | undefined;
};

export function Failure(props: FailureProps) {
  const { problem } = props;
  const { sentence, exactly } = useReason(problem);
  return (
    <div className={classes.message} role="alert">
      <p className={classes.reason}>
        <StatusMark mark="error" />
        {sentence}
      </p>
      {exactly ? (
        <p className="muted small" lang="en">
          {exactly}
        </p>
      ) : null}
      {problem?.requestId ? (
        <p className="muted small">
          <Trans>Request number {problem.requestId}</Trans>
        </p>
      ) : null}
      {props.onRetry ? (
        <Button size="xs" variant="default" onClick={props.onRetry}>
          <Trans>Try again</Trans>
        </Button>
      ) : null}
    </div>
  );
}
