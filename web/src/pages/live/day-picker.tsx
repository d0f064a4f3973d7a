/**
 * Chooses the day: the one before, the one after, today, or any by its date. Days are those of the place's clock, so that "today"
 * may be another date than the browser's.
 */
import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Button } from '@mantine/core';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { dayAfter, EARLIEST_DAY, isDay } from '../../format/local-day.ts';
import { useFormat } from '../../format/use-format.ts';
import classes from './day-picker.module.css';

type Props = {
  day: string;
  /** At the place. */
  today: string;
  onDay: (day: string) => void;
};

/** Whatever changes one part of the date; the other keys move between the parts, or open the calendar. */
const TYPING = /^(\d|Arrow(Up|Down)|Page(Up|Down)|Home|End|Backspace|Delete)$/;

export function DayPicker(props: Props) {
  const { day, today, onDay } = props;
  const { t } = useLingui();
  const format = useFormat();
  const refusal = useId();
  const [typed, setTyped] = useState(day);
  const [refused, setRefused] = useState(false);
  // A date that is typed passes through days that nobody meant, 1 on the way to 14: it counts with Enter, or when the field is left.
  // One that is picked in the calendar counts at once.
  const typing = useRef(false);
  useEffect(() => {
    setTyped(day);
    setRefused(false);
  }, [day]);

  const choose = (wanted: string) => {
    typing.current = false;
    const right = isDay(wanted) && wanted <= today;
    setRefused(!right && wanted !== '');
    if (wanted === '') setTyped(day);
    else if (right && wanted !== day) onDay(wanted);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') choose(typed);
    else if (TYPING.test(event.key) && !event.altKey) typing.current = true;
  };
  const isLast = day >= today;
  const last = format.day(`${today}T12:00:00Z`, 'UTC');

  return (
    <div className={classes.picker}>
      <ActionIcon
        size={24}
        variant="default"
        aria-label={t`The day before`}
        onClick={() => onDay(dayAfter(day, -1))}
      >
        <ChevronLeft size={14} aria-hidden="true" />
      </ActionIcon>
      <input
        type="date"
        className={classes.date}
        aria-label={t`Day`}
        aria-invalid={refused}
        aria-describedby={refused ? refusal : undefined}
        min={EARLIEST_DAY}
        max={today}
        value={typed}
        onKeyDown={onKeyDown}
        onPointerDown={() => {
          typing.current = false;
        }}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          if (!typing.current && event.currentTarget.value !== '') choose(event.currentTarget.value);
        }}
        onBlur={() => choose(typed)}
      />
      <DayButton last={isLast} label={t`The day after`} onClick={() => onDay(dayAfter(day, 1))} />
      <Button
        size="compact-xs"
        variant="default"
        className={classes.button}
        aria-disabled={day === today}
        data-disabled={day === today || undefined}
        onClick={() => {
          if (day !== today) onDay(today);
        }}
      >
        {t`Today`}
      </Button>
      {refused ? (
        <span id={refusal} role="alert" className={classes.refusal}>
          {t`Choose a day from 1970 to today, ${last}.`}
        </span>
      ) : null}
    </div>
  );
}

/** Not `disabled` at the last day, but said to be: a button that is disabled under somebody's finger loses the focus. */
function DayButton(props: { last: boolean; label: string; onClick: () => void }) {
  return (
    <ActionIcon
      size={24}
      variant="default"
      aria-label={props.label}
      aria-disabled={props.last}
      data-disabled={props.last || undefined}
      onClick={() => {
        if (!props.last) props.onClick();
      }}
    >
      <ChevronRight size={14} aria-hidden="true" />
    </ActionIcon>
  );
}
