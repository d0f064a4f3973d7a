import { Trans, useLingui } from '@lingui/react/macro';
import { PlainPage } from './plain-page.tsx';

export function NotFoundPage() {
  const { t } = useLingui();
  return (
    <PlainPage title={t`There is no such page`}>
      <p>
        <Trans>The address may be mistyped, or the page has moved.</Trans>
      </p>
      <p>
        <a href="/live">
          <Trans>Go to the live numbers</Trans>
        </a>
      </p>
    </PlainPage>
  );
}
