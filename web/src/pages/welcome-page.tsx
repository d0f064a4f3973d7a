/** First start: whoever holds the link printed by the program becomes the first administrator. */
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from '../api/client.ts';
import { asProblem } from '../api/problem.ts';
import { sessionQuery } from '../api/queries.ts';
import { Failure } from '../kit/card.tsx';
import { useFieldReason } from '../kit/use-reason.ts';
import classes from './form.module.css';
import { isTooShort, PASSWORD_LENGTH } from './password-rule.ts';
import { PlainPage } from './plain-page.tsx';

const route = getRouteApi('/welcome');

export function WelcomePage() {
  const { token } = route.useSearch();
  const { t } = useLingui();
  return (
    <PlainPage title={t`Welcome to Throng`}>
      {token === undefined ? (
        <p>
          <Trans>
            This address is incomplete. Copy the whole link that the program printed in its window.
          </Trans>
        </p>
      ) : (
        <Opened token={token} />
      )}
    </PlainPage>
  );
}

/** Whether the link can still do anything is asked first: a form that must be refused is no place to choose a password. */
function Opened(props: { token: string }) {
  const setup = useQuery({
    queryKey: ['setup'],
    queryFn: () => api.setupNeeded(),
    staleTime: 0,
    retry: false,
  });
  if (setup.isPending) return <p aria-busy="true" />;
  return setup.data?.needed === false ? <Used /> : <SetupForm token={props.token} />;
}

function Used() {
  return (
    <>
      <p role="status">
        <Trans>This link was used: there is an administrator already.</Trans>
      </p>
      <p>
        <Trans>
          Sign in with the name and password that were chosen. Who has lost the password gets a new one on the
          server, with <code>throng user password NAME</code>.
        </Trans>
      </p>
      <Button component="a" href="/sign-in">
        <Trans>Sign in</Trans>
      </Button>
    </>
  );
}

function SetupForm(props: { token: string }) {
  const queries = useQueryClient();
  const router = useRouter();
  const { t } = useLingui();
  const [short, setShort] = useState(false);

  const setUp = useMutation({
    mutationFn: (form: { name: string; password: string }) =>
      api.setUp(props.token, form.name, form.password),
    onSuccess: (session) => {
      queries.setQueryData(sessionQuery.queryKey, session);
      router.history.replace('/live');
    },
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = String(form.get('password'));
    const tooShort = isTooShort(password);
    setShort(tooShort);
    if (!tooShort) setUp.mutate({ name: String(form.get('username')), password });
  };

  const problem = setUp.error ? asProblem(setUp.error) : null;
  const wrong = useFieldReason(problem);
  const [wrongName, wrongPassword] = [wrong('/name'), wrong('/password')];
  if (problem?.code === 'link_ended') {
    return (
      <>
        <Failure problem={problem} />
        <p>
          <Trans>
            A first-start link works once, and for a day. While there is no administrator, every start of the
            program prints a new one.
          </Trans>
        </p>
        <Button component="a" href="/sign-in" variant="default">
          <Trans>Sign in</Trans>
        </Button>
      </>
    );
  }
  return (
    <>
      <p>
        <Trans>Choose the name and password of the first administrator.</Trans>
      </p>
      {problem && !wrongName && !wrongPassword ? <Failure problem={problem} /> : null}
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          name="username"
          label={t`Name`}
          error={wrongName}
          autoComplete="username"
          required
          withAsterisk={false}
        />
        <PasswordInput
          name="password"
          label={t`Password`}
          description={t`At least ${PASSWORD_LENGTH} characters.`}
          error={short ? t`This password is shorter than ${PASSWORD_LENGTH} characters.` : wrongPassword}
          autoComplete="new-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
        />
        <Button type="submit" loading={setUp.isPending}>
          <Trans>Start</Trans>
        </Button>
      </form>
    </>
  );
}
