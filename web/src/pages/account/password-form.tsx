/**
 * Another password for the own account. What can be known here is refused here; what only the server knows, that the old one is
 * wrong, stands at its field. The server ends every session with it and gives this browser a new one.
 */
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, PasswordInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { api } from '../../api/client.ts';
import { asProblem } from '../../api/problem.ts';
import { sessionQuery } from '../../api/queries.ts';
import { Failure } from '../../kit/card.tsx';
import { StatusMark } from '../../kit/status-mark.tsx';
import { useFieldReason } from '../../kit/use-reason.ts';
import formClasses from '../form.module.css';
import { isTooShort, PASSWORD_LENGTH } from '../password-rule.ts';
import classes from './account-page.module.css';

type Asked = { old: string; new: string };
type Refused = 'short' | 'differ' | null;

/** `name`: whose password it is, for password managers. */
export function PasswordForm(props: { name: string }) {
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const { t } = useLingui();
  const [refused, setRefused] = useState<Refused>(null);

  const goTo = (field: string) => {
    const found = form.current?.elements.namedItem(field);
    if (found instanceof HTMLElement) found.focus();
  };
  const change = useMutation({
    mutationFn: (asked: Asked) => api.changePassword(asked.old, asked.new),
    onSuccess: (session) => {
      queries.setQueryData(sessionQuery.queryKey, session);
      form.current?.reset();
    },
    onError: (error) => {
      const wrong = asProblem(error).flaws.map(({ pointer }) => pointer);
      const first = ['old', 'new'].find((field) => wrong.includes(`/${field}`));
      if (first !== undefined) goTo(first);
    },
  });

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    const [old, wanted, again] = ['old', 'new', 'again'].map((field) => String(typed.get(field)));
    change.reset();
    if (isTooShort(wanted ?? '')) {
      setRefused('short');
      goTo('new');
    } else if (wanted !== again) {
      setRefused('differ');
      goTo('again');
    } else {
      setRefused(null);
      change.mutate({ old: old ?? '', new: wanted ?? '' });
    }
  };

  const problem = change.error ? asProblem(change.error) : null;
  const wrong = useFieldReason(problem, {
    '/old': t`The password is wrong, or there is none yet: “throng user password” sets the first one.`,
  });
  const [wrongOld, wrongNew] = [wrong('/old'), wrong('/new')];
  const toggle = { visibilityToggleButtonProps: { 'aria-label': t`Show the password` } };
  return (
    <form ref={form} className={formClasses.form} onSubmit={submit}>
      {problem && !wrongOld && !wrongNew ? <Failure problem={problem} /> : null}
      {/* For password managers, which have to know whose password it is. */}
      <input type="text" name="username" autoComplete="username" value={props.name} readOnly hidden />
      <PasswordInput
        name="old"
        label={t`Password until now`}
        error={wrongOld}
        autoComplete="current-password"
        required
        withAsterisk={false}
        {...toggle}
      />
      <PasswordInput
        name="new"
        label={t`New password`}
        description={t`At least ${PASSWORD_LENGTH} characters.`}
        error={
          refused === 'short' ? t`This password is shorter than ${PASSWORD_LENGTH} characters.` : wrongNew
        }
        autoComplete="new-password"
        required
        withAsterisk={false}
        {...toggle}
      />
      <PasswordInput
        name="again"
        label={t`New password once more`}
        error={refused === 'differ' ? t`The two new passwords differ.` : null}
        autoComplete="new-password"
        required
        withAsterisk={false}
        {...toggle}
      />
      <Button type="submit" loading={change.isPending}>
        <Trans>Change password</Trans>
      </Button>
      <div role="status">
        {change.isSuccess ? (
          <p className={classes.done}>
            <StatusMark mark="online" />
            <Trans>Your password was changed. Wherever else you were signed in, you are no longer.</Trans>
          </p>
        ) : null}
      </div>
    </form>
  );
}
