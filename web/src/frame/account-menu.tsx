import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Popover } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LogOut, UserRound } from 'lucide-react';
import { api } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import type { Role } from '../api/types.ts';
import { Failure } from '../kit/card.tsx';
import classes from './account-menu.module.css';

export function AccountMenu() {
  const session = useQuery(sessionQuery).data;
  const queries = useQueryClient();
  const navigate = useNavigate();
  const roles = useRoleNames();
  const { t } = useLingui();

  // The session ends on the server, for every tab: when that cannot be told to end it, saying "signed out" would be untrue.
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      queries.clear();
    },
  });

  if (!session) return null;
  const { name, role } = session.user;
  return (
    <Popover position="bottom-end" shadow="none" withinPortal trapFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="var(--text)" size={36} aria-label={t`Account of ${name}`}>
          <UserRound size={18} aria-hidden="true" />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={classes.menu} aria-label={t`Account of ${name}`}>
        <p className={classes.who}>
          <strong>{name}</strong>
          <span className="muted small">{roles[role]}</span>
        </p>
        {signOut.error ? <Failure problem={asProblem(signOut.error)} /> : null}
        <Button
          variant="default"
          size="xs"
          leftSection={<LogOut size={16} aria-hidden="true" />}
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
        >
          <Trans>Sign out</Trans>
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

function useRoleNames(): Record<Role, string> {
  const { t } = useLingui();
  return { user: t`User`, analyst: t`Analyst`, admin: t`Administrator` };
}
