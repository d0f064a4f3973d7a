/** The own account: who is signed in, and another password. */
import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { sessionQuery } from '../../api/queries.ts';
import { useRoleNames } from '../../frame/use-role-names.ts';
import classes from './account-page.module.css';
import { PasswordForm } from './password-form.tsx';

export function AccountPage() {
  const session = useQuery(sessionQuery).data;
  const roles = useRoleNames();
  const { t } = useLingui();
  const title = t`Account`;
  useEffect(() => {
    document.title = `${title} – Throng`;
  }, [title]);
  if (!session) return null;
  const { name, role } = session.user;
  return (
    <>
      <div className="page-title">
        <h1>{title}</h1>
      </div>
      <section className={classes.box} aria-labelledby="password">
        <p className={classes.who}>
          <strong>{name}</strong>
          <span className="muted small">{roles[role]}</span>
        </p>
        <h2 id="password">
          <Trans>Change password</Trans>
        </h2>
        <PasswordForm name={name} />
      </section>
    </>
  );
}
