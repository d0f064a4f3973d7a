/** The small (i): what a number means, in words. Opens on click and by keyboard; nothing depends on hovering. */

import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Popover } from '@mantine/core';
import { Info as InfoIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import classes from './info.module.css';

export function Info(props: { about: string; children: ReactNode }) {
  const { t } = useLingui();
  const { about } = props;
  return (
    <Popover position="bottom-start" width={280} withinPortal shadow="none" trapFocus>
      <Popover.Target>
        <ActionIcon
          size={24}
          variant="transparent"
          className={classes.button}
          aria-label={t`What is “${about}”?`}
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
