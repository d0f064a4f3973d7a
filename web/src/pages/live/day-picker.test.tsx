import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { show } from '../../test/show.tsx';
import { DayPicker } from './day-picker.tsx';

function open(day: string, today = '2026-11-14') {
  const onDay = vi.fn();
  show(<DayPicker day={day} today={today} onDay={onDay} />);
  return { onDay, field: screen.getByLabelText<HTMLInputElement>('Day') };
}

const fill = (field: HTMLInputElement, value: string) => fireEvent.change(field, { target: { value } });

/** As by the keyboard: the field says a date after every digit. */
function type(field: HTMLInputElement, ...values: string[]) {
  for (const value of values) {
    fireEvent.keyDown(field, { key: '1' });
    fill(field, value);
  }
}

describe('the field for a day', () => {
  it('holds the day that is shown, and knows the first and the last there can be', () => {
    const { field } = open('2026-11-13');
    expect([field.type, field.value, field.min, field.max]).toEqual([
      'date',
      '2026-11-13',
      '1970-01-01',
      '2026-11-14',
    ]);
  });

  it('opens a day picked in its calendar at once', () => {
    const { onDay, field } = open('2026-11-13');
    fill(field, '2026-11-02');
    expect(onDay.mock.calls).toEqual([['2026-11-02']]);
  });

  it('opens no day that a typed date only passes through', () => {
    const { onDay, field } = open('2026-10-31');
    type(field, '2026-10-01', '2026-10-14');
    expect(onDay).not.toHaveBeenCalled();
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(onDay.mock.calls).toEqual([['2026-10-14']]);
  });

  it('opens what was typed when it is left', () => {
    const { onDay, field } = open('2026-10-31');
    type(field, '2026-10-09');
    fireEvent.blur(field);
    expect(onDay.mock.calls).toEqual([['2026-10-09']]);
  });

  it.each(['2026-11-15', '1969-12-31'])('refuses %s, and says which can be chosen', (wanted) => {
    const { onDay, field } = open('2026-11-13');
    type(field, wanted);
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(onDay).not.toHaveBeenCalled();
    expect(screen.getByRole('alert').textContent).toBe('Choose a day from 1970 to today, 14 Nov 2026.');
    expect(field.getAttribute('aria-describedby')).toBe(screen.getByRole('alert').id);
    type(field, '2026-11-14');
    fireEvent.keyDown(field, { key: 'Enter' });
    expect(onDay.mock.calls).toEqual([['2026-11-14']]);
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('goes back to the day that is shown when it is left empty', () => {
    const { onDay, field } = open('2026-11-13');
    type(field, '');
    fireEvent.blur(field);
    expect(field.value).toBe('2026-11-13');
    expect(onDay).not.toHaveBeenCalled();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

it('goes no further than today, and keeps the focus there', () => {
  const { onDay } = open('2026-11-14');
  for (const name of ['The day after', 'Today']) {
    const button = screen.getByRole('button', { name });
    button.focus();
    fireEvent.click(button);
    expect(button.getAttribute('aria-disabled')).toBe('true');
    expect(document.activeElement).toBe(button);
  }
  expect(onDay).not.toHaveBeenCalled();
});
