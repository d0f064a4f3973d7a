/** When a page cannot be shown at all: the server does not answer, or we made a mistake. */
import { Trans, useLingui } from '@lingui/react/macro';
import { asProblem } from '../api/problem.ts';
import { Failure } from '../kit/card.tsx';
import { PlainPage } from './plain-page.tsx';

export function CrashPage(props: { error: unknown }) {
  const { t } = useLingui();
  const problem = asProblem(props.error);
  // Old tab after an upgrade: its files are gone, and only a reload brings the new ones.
  const outdated = /dynamically imported module|Importing a module script/i.test(problem.message);
  return (
    <PlainPage title={outdated ? t`A new version is ready` : t`This page cannot be shown`}>
      {outdated ? (
        <button type="button" onClick={() => location.reload()}>
          <Trans>Load it</Trans>
        </button>
      ) : (
        <Failure problem={problem} onRetry={() => location.reload()} />
      )}
    </PlainPage>
  );
}
