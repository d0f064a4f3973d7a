/** Renders a component with everything around it that the page would give, and a live store the test can write to. */
import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { LiveStoreProvider } from '../live/live.tsx';
import { applyMessage, type LiveState } from '../live/state.ts';
import { LiveStore } from '../live/store.ts';
import { snapshotOf } from './samples.ts';

export function show(children: ReactNode, store: LiveStore = new LiveStore()) {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const view = render(
    <MantineProvider env="test">
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={queries}>
          <LiveStoreProvider store={store}>{children}</LiveStoreProvider>
        </QueryClientProvider>
      </I18nProvider>
    </MantineProvider>,
  );
  return { ...view, store, queries };
}

/** A store that has just heard a snapshot, so many ms ago. */
export function heard(
  snapshot: Parameters<typeof snapshotOf>[0],
  agoMs = 0,
  change: Partial<LiveState> = {},
) {
  const store = new LiveStore();
  store.update((state) => ({
    ...applyMessage(state, snapshotOf(snapshot), Date.now() - agoMs),
    phase: 'live',
    ...change,
  }));
  return store;
}
