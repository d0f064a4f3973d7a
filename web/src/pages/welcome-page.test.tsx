import { i18n } from '@lingui/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { act, fireEvent, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { messages } from '../locales/vi/messages.po';
import { show } from '../test/show.tsx';
import { WelcomePage } from './welcome-page.tsx';

const refusal = {
  code: 'invalid_request',
  detail: 'name must have 1 to 64 visible characters; password must have at least 12 characters',
  errors: [
    { pointer: '/name', reason: 'malformed', detail: 'name must have 1 to 64 visible characters' },
    { pointer: '/password', reason: 'too_short', detail: 'password must have at least 12 characters' },
  ],
};

/** Opens the link; `needed`: whether there is no administrator yet. */
async function open(needed: boolean, answer: unknown) {
  vi.stubGlobal('fetch', async (_: string, request: RequestInit) =>
    request.method === 'GET'
      ? new Response(JSON.stringify({ needed }))
      : new Response(JSON.stringify(answer), { status: 400 }),
  );
  const root = createRootRoute();
  const welcome = createRoute({
    getParentRoute: () => root,
    path: '/welcome',
    validateSearch: () => ({ token: 't' }),
    component: WelcomePage,
  });
  const history = createMemoryHistory({ initialEntries: ['/welcome'] });
  const router = createRouter({ routeTree: root.addChildren([welcome]), history });
  await act(() => router.load());
  show(
    <QueryClientProvider client={new QueryClient()}>
      {/* The type of the router is that of the whole dashboard; this one has the page alone. */}
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
}

async function refused(body: unknown) {
  await open(true, body);
  await vi.waitFor(() => expect(document.querySelector('form')).toBeTruthy());
  const type = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });
  const form = document.querySelector('form') as HTMLFormElement;
  type(form.elements.namedItem('username') as HTMLElement, ' lan');
  type(form.elements.namedItem('password') as HTMLElement, 'long enough to be sent');
  await act(async () => fireEvent.submit(form));
}

afterEach(() => vi.unstubAllGlobals());

describe('a first start that is refused', () => {
  it('says at each field what is wrong with it, and nothing twice', async () => {
    await refused(refusal);
    expect(await screen.findByText('Name must have 1 to 64 visible characters.')).toBeTruthy();
    expect(screen.getByText('Password must have at least 12 characters.')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says it in Vietnamese by the reason', async () => {
    i18n.loadAndActivate({ locale: 'vi', messages });
    await refused(refusal);
    expect(await screen.findByText('Không đúng dạng yêu cầu.')).toBeTruthy();
    expect(screen.getByText('Quá ngắn.')).toBeTruthy();
  });

  it('says above the form what is about none of its fields', async () => {
    await refused({ code: 'link_replaced', detail: 'a newer link took the place of this one' });
    expect((await screen.findByRole('alert')).textContent).toBe('A newer link took the place of this one.');
    expect(document.querySelector('form')).toBeTruthy();
  });

  it('shows no form for a link that has ended, but where a new one comes from', async () => {
    await refused({ code: 'link_ended', detail: 'the link is unknown' });
    expect((await screen.findByRole('alert')).textContent).toBe('The link is unknown.');
    expect(document.querySelector('form')).toBeNull();
    expect(screen.getByText(/every start of the program prints a new one/)).toBeTruthy();
  });
});

describe('a first-start link that was used', () => {
  it('says so before anybody chooses a password, and where to go', async () => {
    await open(false, {});
    expect((await screen.findByRole('status')).textContent).toBe(
      'This link was used: there is an administrator already.',
    );
    expect(document.querySelector('form')).toBeNull();
    expect(screen.getByText('throng user password NAME')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Sign in' }).getAttribute('href')).toBe('/sign-in');
  });
});
