import { i18n } from '@lingui/core';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { sessionQuery } from '../../api/queries.ts';
import { messages } from '../../locales/vi/messages.po';
import { show } from '../../test/show.tsx';
import { PasswordForm } from './password-form.tsx';

const asked: unknown[] = [];

/** Shows the form before a server that answers so, and whose password it is. */
function open(status: number, answer: unknown) {
  vi.stubGlobal('fetch', async (address: string, request: RequestInit) => {
    asked.push([request.method, address, JSON.parse(String(request.body))]);
    return new Response(JSON.stringify(answer), { status });
  });
  return show(<PasswordForm name="lan" />);
}

const field = (name: string) =>
  (document.querySelector('form') as HTMLFormElement).elements.namedItem(name) as HTMLInputElement;

/** What stands under a field, and is read out with it. */
const said = (name: string) =>
  (field(name).getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
    .join(' ')
    .trim();

async function send(old: string, wanted: string, again = wanted) {
  for (const [name, value] of Object.entries({ old, new: wanted, again }))
    fireEvent.change(field(name), { target: { value } });
  await act(async () => fireEvent.submit(document.querySelector('form') as HTMLFormElement));
}

const flaw = (pointer: string, reason: string, detail: string) => ({
  code: 'invalid_request',
  detail,
  errors: [{ pointer, reason, detail }],
});

afterEach(() => {
  asked.length = 0;
  vi.unstubAllGlobals();
});

describe('a change of the password', () => {
  it('is sent, told, and leaves no password on the screen', async () => {
    const session = {
      expiresAt: '2026-11-14T23:30:00Z',
      user: { name: 'lan', role: 'admin', language: 'en' },
    };
    const { queries } = open(200, session);
    await send('the old password', 'a quite new password');
    expect(await screen.findByText(/^Your password was changed/)).toBeTruthy();
    expect(asked).toEqual([
      ['PUT', '/api/v1/session/password', { old: 'the old password', new: 'a quite new password' }],
    ]);
    expect(['old', 'new', 'again'].map((name) => field(name).value)).toEqual(['', '', '']);
    expect(queries.getQueryData(sessionQuery.queryKey)).toEqual(session);
  });

  it('is refused here where the new one is too short, or not the same twice', async () => {
    open(200, {});
    await send('the old password', 'short');
    expect(said('new')).toContain('shorter than 12 characters');
    expect(document.activeElement).toBe(field('new'));
    await send('the old password', 'a quite new password', 'a quite new passwort');
    expect(said('again')).toBe('The two new passwords differ.');
    expect(said('new')).not.toContain('shorter');
    expect(document.activeElement).toBe(field('again'));
    expect(asked).toEqual([]);
  });

  it.each([
    ['old', 'other', 'the old password is wrong', 'The old password is wrong.'],
    [
      'new',
      'too_long',
      'password must have at most 256 characters',
      'Password must have at most 256 characters.',
    ],
  ])(
    'is refused at the field "%s" where the server finds the fault there',
    async (name, reason, detail, words) => {
      open(400, flaw(`/${name}`, reason, detail));
      await send('some old password', 'a quite new password');
      await waitFor(() => expect(said(name)).toContain(words));
      expect(document.activeElement).toBe(field(name));
      expect(field('new').value).toBe('a quite new password');
      expect(screen.queryByRole('alert')).toBeNull();
      expect(screen.getByRole('status').textContent).toBe('');
    },
  );

  it('says in Vietnamese what may be wrong with the old one', async () => {
    i18n.loadAndActivate({ locale: 'vi', messages });
    open(400, flaw('/old', 'other', 'the old password is wrong'));
    await send('some old password', 'a quite new password');
    await waitFor(() => expect(said('old')).toContain('Mật khẩu không đúng'));
  });

  it('says above the fields what is about none of them', async () => {
    open(429, { code: 'rate_limited', detail: 'too many attempts; wait 30 seconds', retryAfterSeconds: 30 });
    await send('some old password', 'a quite new password');
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('Too many attempts; wait 30 seconds.');
  });
});

it('tells password managers whose it is, and which is the old and which the new', () => {
  open(200, {});
  expect(field('username').value).toBe('lan');
  expect(['username', 'old', 'new', 'again'].map((name) => field(name).autocomplete)).toEqual([
    'username',
    'current-password',
    'new-password',
    'new-password',
  ]);
});
