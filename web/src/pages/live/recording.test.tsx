import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import type { CameraNow, CameraStatus } from '../../api/types.ts';
import { AT, camera, cameraNow, place, placeNow } from '../../test/samples.ts';
import { heard, show } from '../../test/show.tsx';
import { CamerasCard } from './cameras-card.tsx';
import { HealthCard } from './health-card.tsx';
import { RecordingNotice } from './recording-notice.tsx';

const cameras = [camera({ id: 'a' }), camera({ id: 'b' })];

/** Two cameras of a place whose newest data are of a moment. */
const told = (statuses: CameraStatus[], asOf = '2005-11-12T12:00:00.000Z') => {
  const now: CameraNow[] = statuses.map((status, index) =>
    cameraNow({ cameraId: index === 0 ? 'a' : 'b', status }),
  );
  return heard({ at: AT, places: [placeNow({ asOf, coverage: 0 })], cameras: now });
};

describe('a recording', () => {
  const notice = (statuses: CameraStatus[], asOf?: string, day?: string) => {
    const onDay = vi.fn();
    show(
      <RecordingNotice place={place()} cameras={cameras} day={day} onDay={onDay}>
        data to now
      </RecordingNotice>,
      told(statuses, asOf),
    );
    return onDay;
  };

  it('is called one, and opens its last day with one click', () => {
    const onDay = notice(['recording', 'recording']);
    expect(screen.getByRole('status').textContent).toContain(
      'This is a recording that ended on 12 Nov 2005: nobody is counted here now.',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Open its last day' }));
    expect(onDay).toHaveBeenCalledWith('2005-11-12');
  });

  it('ended on the day by the clock of the place', () => {
    const onDay = notice(['recording', 'recording'], '2005-11-12T17:00:00.000Z');
    fireEvent.click(screen.getByRole('button'));
    expect(onDay).toHaveBeenCalledWith('2005-11-13');
  });

  it('offers no day that is shown already', () => {
    notice(['recording', 'recording'], undefined, '2005-11-12');
    expect(screen.getByRole('status')).toBeTruthy();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('is not all there is while a camera is there', () => {
    notice(['recording', 'offline']);
    expect(screen.queryByRole('status')).toBeNull();
    expect(screen.getByText('data to now')).toBeTruthy();
  });

  it('is not well and needs nobody', () => {
    const store = told(['recording', 'recording']);
    show(<HealthCard place={place()} cameras={cameras} />, store);
    const health = screen.getByRole('region', { name: 'Health' }).textContent;
    expect(health).toContain('A recording: nobody is counted here now');
    expect(health).toContain('0 of 2');
    show(<CamerasCard place={place()} places={[place()]} cameras={cameras} />, store);
    const list = screen.getByRole('region', { name: 'Cameras' }).textContent;
    expect(list).toContain('2 recording');
    expect(list).toContain('No camera needs attention.');
  });

  it('beside cameras that are there is not missed', () => {
    show(<HealthCard place={place()} cameras={cameras} />, told(['recording', 'online'], AT));
    expect(screen.getByRole('region', { name: 'Health' }).textContent).toContain('Everything is well');
  });
});
