import { i18n } from '@lingui/core';
import { createMemoryHistory, RouterProvider } from '@tanstack/react-router';
import { screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeQueryClient } from './api/queries.ts';
import { messages } from './locales/vi/messages.po';
import { makeRouter } from './router.tsx';
import { show } from './test/show.tsx';

const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status });
const ended = { code: 'link_ended', detail: 'the link is unknown, expired or was used before' };

/** Opens a sign-in link that was used before, in a browser where somebody is signed in, or nobody. */
function openUsedLink(who: 'somebody' | 'nobody') {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (address: string, request: RequestInit) => {
    asked.push(`${request.method} ${address}`);
    if (address === '/api/v1/session/link') return answer(401, ended);
    if (address === '/api/v1/session' && who === 'somebody') return answer(200, { user: { name: 'lan' } });
    return answer(401, { code: 'sign_in_required', detail: 'nobody is signed in' });
  });
  const history = createMemoryHistory({
    initialEntries: ['/sign-in?token=used&next=%2Flive%3Fplace%3Dtower'],
  });
  return { router: makeRouter(makeQueryClient(), history), asked };
}

afterEach(() => vi.unstubAllGlobals());

describe('a sign-in link that is opened twice', () => {
  it('leads on where it led the first time, while that sign-in lasts', async () => {
    const { router } = openUsedLink('somebody');
    await router.load();
    expect(router.state.location.href).toBe('/live?place=tower');
  });

  it('says elsewhere that it worked once, and what to do now', async () => {
    const { router, asked } = openUsedLink('nobody');
    await router.load();
    show(<RouterProvider router={router} />);
    const words = (await screen.findByRole('alert')).parentElement?.textContent;
    expect(words).toContain('The link is unknown, expired or was used before.');
    expect(words).toContain(
      'A sign-in link works once. Sign in with your name and password, or ask for a new link.',
    );
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual(['POST /api/v1/session/link']);
  });

  it('says it in Vietnamese, too', async () => {
    i18n.loadAndActivate({ locale: 'vi', messages });
    const { router } = openUsedLink('nobody');
    await router.load();
    show(<RouterProvider router={router} />);
    const words = (await screen.findByRole('alert')).parentElement?.textContent;
    expect(words).toContain('Liên kết đăng nhập chỉ dùng được một lần.');
  });
});
