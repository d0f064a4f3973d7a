/** Who is signed in, the way to another password, and out. */
import { Trans } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { KeyRound, LogOut } from 'lucide-react';
import { api } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import type { Session } from '../api/types.ts';
import { Failure } from '../kit/card.tsx';
import classes from './account-menu.module.css';
import { useRoleNames } from './use-role-names.ts';

type Props = {
  session: Session;
  /** Closes the menu. */
  onLeave: () => void;
};

export function AccountMenuContent({ session, onLeave }: Props) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const roles = useRoleNames();
  const { place } = useSearch({ strict: false });
  // The session ends on the server, for every tab: when that cannot be told to end it, saying "signed out" would be untrue.
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: async () => {
      await navigate({ to: '/sign-in' });
      queries.clear();
    },
  });
  const { name, role } = session.user;
  return (
    <>
      <p className={classes.who}>
        <strong>{name}</strong>
        <span className="muted small">{roles[role]}</span>
      </p>
      <div className={classes.actions}>
        <Button
          variant="default"
          size="xs"
          leftSection={<KeyRound size={16} aria-hidden="true" />}
          onClick={() => {
            onLeave();
            void navigate({ to: '/account', search: { place } });
          }}
        >
          <Trans>Change password</Trans>
        </Button>
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
      </div>
    </>
  );
}
