/**
 * Every camera as a mark, zone by zone. A hundred marks are one stop of the Tab key: arrows move inside, Enter opens.
 */
import { useLingui } from '@lingui/react/macro';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Place } from '../../api/types.ts';
import { StatusMark } from '../../kit/status-mark.tsx';
import type { CameraFacts } from './camera-facts.ts';
import classes from './camera-marks.module.css';
import { useStatusWords } from './use-status-words.ts';

type Props = {
  places: readonly Place[];
  cameras: readonly CameraFacts[];
  /** Where the states are not those of now. */
  asOf: string | null;
  onOpen: (camera: CameraFacts) => void;
};

export function CameraMarks(props: Props) {
  const { t, i18n } = useLingui();
  const { asOf } = props;
  const words = useStatusWords();
  const state = ({ status }: CameraFacts) => {
    const word = words[status];
    return asOf === null ? word : t`${word} as of ${asOf}`;
  };
  const region = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const zones = byZone(props.places, props.cameras, i18n.locale);
  const order = zones.flatMap((zone) => zone.cameras.map((camera) => camera.id));
  const stop = current !== null && order.includes(current) ? current : order[0];

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = order[Math.max(0, Math.min(order.length - 1, order.indexOf(stop ?? '') + step))];
    if (next === undefined) return;
    setCurrent(next);
    region.current?.querySelector<HTMLElement>(`[data-camera="${CSS.escape(next)}"]`)?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys belong to the buttons inside
    <div ref={region} className={classes.marks} onKeyDown={onKeyDown}>
      {zones.map((zone) => (
        <div key={zone.id} className={classes.zone}>
          <div className={classes.zoneName}>
            <span title={zone.name}>{zone.name}</span>
          </div>
          <ul className={classes.row} aria-label={t`Cameras of ${zone.name}`}>
            {zone.cameras.map((camera) => (
              <li key={camera.id}>
                <button
                  type="button"
                  className={classes.mark}
                  data-camera={camera.id}
                  tabIndex={camera.id === stop ? 0 : -1}
                  aria-label={`${camera.name}: ${state(camera)}`}
                  title={`${camera.name}: ${state(camera)}`}
                  onClick={() => props.onOpen(camera)}
                  onFocus={() => setCurrent(camera.id)}
                >
                  <StatusMark mark={camera.status} />
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </div>
  );
}

function byZone(places: readonly Place[], cameras: readonly CameraFacts[], language: string) {
  const names = new Map(places.map((place) => [place.id, place.name]));
  const order = new Intl.Collator(language, { numeric: true });
  return [...Map.groupBy(cameras, (camera) => camera.zoneId ?? '')]
    .map(([id, inside]) => ({
      id,
      name: names.get(id) ?? id,
      cameras: inside.toSorted((a, b) => order.compare(a.name, b.name)),
    }))
    .sort((a, b) => order.compare(a.name, b.name));
}
