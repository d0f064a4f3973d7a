/** Chooses the place every card speaks of. The choice is in the URL, so a link shows the same thing to everyone. */
import { useLingui } from '@lingui/react/macro';
import { Select } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Building2, Landmark, MapPin, SquareDashed } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { flushSync } from 'react-dom';
import type { PlaceKind } from '../api/types.ts';
import { useZoneWords } from '../format/use-zone-words.ts';
import { treeRows } from '../places.ts';
import classes from './place-picker.module.css';
import { useChosenPlace } from './use-chosen-place.ts';

const ICONS: Record<PlaceKind, typeof MapPin> = {
  organisation: Landmark,
  building: Building2,
  area: SquareDashed,
  zone: MapPin,
};

export function PlacePicker() {
  const { places, chosen } = useChosenPlace();
  const navigate = useNavigate();
  const { t, i18n } = useLingui();
  const [opened, setOpened] = useState(false);

  const rows = new Map(treeRows(places, i18n.locale).map((row) => [row.place.id, row]));
  if (!chosen) return null;

  // The open list scrolls, so Tab would step into it, and the focus would be lost when it closes: close it first.
  const closeBeforeTab = (event: KeyboardEvent) => {
    if (event.key === 'Tab') flushSync(() => setOpened(false));
  };

  return (
    <>
      <Select
        className={classes.picker}
        aria-label={t`Place`}
        searchable
        selectFirstOptionOnChange
        onFocus={(event) => event.currentTarget.select()}
        onClick={(event) => {
          // The click sets the cursor after the focus came, and typing would go on behind the present name.
          if (event.currentTarget.value === chosen.name) event.currentTarget.select();
        }}
        openOnFocus={false}
        dropdownOpened={opened}
        onDropdownOpen={() => setOpened(true)}
        onDropdownClose={() => setOpened(false)}
        onKeyDown={closeBeforeTab}
        allowDeselect={false}
        nothingFoundMessage={t`No such place`}
        withScrollArea={false}
        comboboxProps={{
          shadow: 'none',
          position: 'bottom-start',
          width: 'max-content',
          withinPortal: false,
          transitionProps: { duration: 0 },
        }}
        classNames={{
          dropdown: classes.dropdown ?? '',
          option: classes.option ?? '',
          options: classes.options ?? '',
        }}
        data={[...rows.values()].map(({ place }) => ({ value: place.id, label: place.name }))}
        value={chosen.id}
        onChange={(id) => {
          if (id !== null) void navigate({ to: '/live', search: { place: id } });
        }}
        renderOption={({ option }) => {
          const row = rows.get(option.value);
          if (!row) return option.label;
          const Icon = ICONS[row.place.kind];
          return (
            <span className={classes.row} style={{ paddingLeft: row.depth * 16 }}>
              <Icon size={14} aria-hidden="true" />
              {option.label}
            </span>
          );
        }}
      />
      <Zone timeZone={chosen.timeZone} />
    </>
  );
}

function Zone(props: { timeZone: string }) {
  const { day } = useSearch({ strict: false });
  const words = useZoneWords(props.timeZone, day);
  return (
    <span className={`muted small ${classes.zone}`} title={props.timeZone}>
      {words}
    </span>
  );
}
