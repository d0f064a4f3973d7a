/** The button of the own account. What its menu holds is loaded when it is opened: few do, and everybody has to load the button. */
import { useLingui } from '@lingui/react/macro';
import { ActionIcon, Popover } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { UserRound } from 'lucide-react';
import { useState } from 'react';
import { sessionQuery } from '../api/queries.ts';
import classes from './account-menu.module.css';
import type { AccountMenuContent } from './account-menu-content.tsx';

export function AccountMenu() {
  const session = useQuery(sessionQuery).data;
  const { t } = useLingui();
  const [opened, setOpened] = useState(false);
  const [Content, setContent] = useState<typeof AccountMenuContent | null>(null);
  if (!session) return null;
  const { name } = session.user;
  // Opened with its content and not before: the focus goes to the first thing in it.
  const open = () =>
    import('./account-menu-content.tsx').then(
      (module) => {
        setContent(() => module.AccountMenuContent);
        setOpened(true);
      },
      (error: unknown) =>
        setOpened(() => {
          // Told as for a page that cannot be loaded.
          throw error;
        }),
    );
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" shadow="none" withinPortal trapFocus>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="var(--text)"
          size={36}
          aria-label={t`Account of ${name}`}
          onClick={() => (opened ? setOpened(false) : void open())}
        >
          <UserRound size={18} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu} aria-label={t`Account of ${name}`}>
        {Content ? <Content session={session} onLeave={() => setOpened(false)} /> : null}
      </Popover.Dropdown>
    </Popover>
  );
}
