import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router';
import { act, screen, waitFor } from '@testing-library/react';
import { expect, it } from 'vitest';
import { heard, show } from '../test/show.tsx';
import { SignedOutGuard } from './signed-out-guard.tsx';

it('leads to signing in once, and back to what was open', async () => {
  const gate = Promise.withResolvers<void>();
  const root = createRootRoute({ component: Outlet });
  const live = createRoute({
    getParentRoute: () => root,
    path: '/live',
    component: () => (
      <>
        <SignedOutGuard />
        The numbers
      </>
    ),
  });
  // As long as its page is on the way, the one before stays, and the address is that of signing in already.
  const signIn = createRoute({
    getParentRoute: () => root,
    path: '/sign-in',
    beforeLoad: () => gate.promise,
    component: () => 'Sign in',
  });
  const history = createMemoryHistory({ initialEntries: ['/live?place=tower'] });
  const addresses: string[] = [];
  history.subscribe(({ location }) => addresses.push(location.href));
  const router = createRouter({ routeTree: root.addChildren([live, signIn]), history });
  const store = heard({});
  // The types of the router are those of the whole page's.
  show(<RouterProvider router={router as never} />, store);
  await screen.findByText('The numbers');
  await act(async () => store.update((state) => ({ ...state, phase: 'signed-out' })));
  await waitFor(() => expect(addresses).toHaveLength(1));
  // What it would do again it does in the renders that these changes make.
  await act(async () => store.update((state) => ({ ...state })));
  await act(async () => gate.resolve());
  await screen.findByText('Sign in');
  const asked = new URLSearchParams(history.location.search);
  expect([history.location.pathname, asked.get('next')]).toEqual(['/sign-in', '/live?place=tower']);
  expect(addresses).toHaveLength(1);
});
