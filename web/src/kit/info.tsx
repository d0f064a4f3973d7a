/** The small (i): what a number means, in words. Opens on click and by keyboard; nothing depends on hovering. */

import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Popover } from '@mantine/core';
import { Info as InfoIcon } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import classes from './info.module.css';
import { outside, type Side, UNDER_BUTTON } from './info-side.ts';

export function Info(props: { about: string; children: ReactNode }) {
  const { t } = useLingui();
  const { about } = props;
  const button = useRef<HTMLButtonElement>(null);
  const [opened, setOpened] = useState(false);
  const [side, setSide] = useState<Side>(UNDER_BUTTON);

  const toggle = () => {
    const card = button.current?.closest('.card')?.getBoundingClientRect();
    const rect = button.current?.getBoundingClientRect();
    setSide(rect && card ? outside(rect, card, window.innerHeight) : UNDER_BUTTON);
    setOpened(!opened);
  };

  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position={side.position}
      offset={side.offset}
      middlewares={{ flip: false, shift: { padding: 8 } }}
      width={320}
      withinPortal
      shadow="none"
      trapFocus
    >
      <Popover.Target>
        <ActionIcon
          ref={button}
          size={24}
          variant="transparent"
          className={classes.button}
          aria-label={t`What is “${about}”?`}
          onClick={toggle}
        >
          <InfoIcon size={14} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.text} aria-label={about} tabIndex={-1} data-autofocus>
        {props.children}
      </Popover.Dropdown>
    </Popover>
  );
}
