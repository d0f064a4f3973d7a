/** Sign-in. Pasting is allowed and password managers find their fields; the server says how long a lock-out lasts. */
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { api } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { Failure } from '../kit/card.tsx';
import classes from './form.module.css';
import { PlainPage } from './plain-page.tsx';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  const { next, ended } = route.useSearch();
  const { linkProblem, setupNeeded } = route.useRouteContext();
  const queries = useQueryClient();
  const router = useRouter();
  const { t } = useLingui();

  const signIn = useMutation({
    mutationFn: (form: FormData) => api.signIn(String(form.get('username')), String(form.get('password'))),
    onSuccess: (session) => {
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.push(next ?? '/live');
    },
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    signIn.mutate(new FormData(event.currentTarget));
  };

  const problem = signIn.error ? asProblem(signIn.error) : linkProblem;
  return (
    <PlainPage title={t`Sign in`}>
      {setupNeeded ? (
        <p>
          <Trans>
            There is no administrator yet. Open the first-start link that the program printed in its window.
          </Trans>
        </p>
      ) : null}
      {problem && !signIn.isPending ? <Failure problem={problem} /> : null}
      {problem?.code === 'link_ended' && !signIn.isPending ? (
        <p>
          <Trans>
            A sign-in link works once. Sign in with your name and password, or ask for a new link.
          </Trans>
        </p>
      ) : null}
      {ended && !problem && !signIn.isPending ? (
        <p role="status">
          <Trans>Your session has ended. Sign in again.</Trans>
        </p>
      ) : null}
      <form className={classes.form} onSubmit={submit}>
        <TextInput name="username" label={t`Name`} autoComplete="username" required withAsterisk={false} />
        <PasswordInput
          name="password"
          label={t`Password`}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
        />
        <Button type="submit" loading={signIn.isPending}>
          <Trans>Sign in</Trans>
        </Button>
      </form>
    </PlainPage>
  );
}
