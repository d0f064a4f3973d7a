import { screen } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { show } from '../test/show.tsx';
import { useZoneWords } from './use-zone-words.ts';

function Words(props: { timeZone: string; day?: string }) {
  return <p>{useZoneWords(props.timeZone, props.day)}</p>;
}

/** Somebody whose own clock is that of the zone. */
function lives(timeZone: string) {
  const options = new Intl.DateTimeFormat().resolvedOptions();
  vi.spyOn(Intl.DateTimeFormat.prototype, 'resolvedOptions').mockReturnValue({ ...options, timeZone });
}

it('names the zone alone where the clock of whoever looks shows the same', () => {
  lives('Asia/Bangkok');
  show(<Words timeZone="Asia/Ho_Chi_Minh" />);
  expect(screen.getByText('UTC+7')).toBeTruthy();
});

it('says that it is that of all times where it shows others', () => {
  lives('America/New_York');
  show(<Words timeZone="Asia/Ho_Chi_Minh" />);
  expect(screen.getByText('times in UTC+7')).toBeTruthy();
});

it('is that of the day which is shown, in winter or in summer', () => {
  lives('Europe/Berlin');
  show(<Words timeZone="Europe/Berlin" day="2026-01-20" />);
  expect(screen.getByText('UTC+1')).toBeTruthy();
  show(<Words timeZone="Europe/Berlin" day="2026-07-20" />);
  expect(screen.getByText('UTC+2')).toBeTruthy();
});
