import { i18n } from '@lingui/core';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem.ts';
import { messages } from '../locales/vi/messages.po';
import { show } from '../test/show.tsx';
import { Failure } from './card.tsx';
import type { Attempt } from './use-reason.ts';

function said(problem: Problem, attempt?: Attempt): string {
  show(<Failure problem={problem} attempt={attempt} />);
  return screen.getByRole('alert').textContent ?? '';
}

const vietnamese = () => i18n.loadAndActivate({ locale: 'vi', messages });
const refused = new Problem(401, 'name or password is wrong', 'sign_in_required');

describe('a refused sign-in', () => {
  it('is said in the words of the server in English', () => {
    expect(said(refused, 'password')).toBe('Name or password is wrong.');
  });

  it('is said in Vietnamese alone, by what was tried', () => {
    vietnamese();
    expect(said(refused, 'password')).toBe('Sai tên hoặc mật khẩu.');
  });

  it('tells a link that does not work any more from a wrong password', () => {
    vietnamese();
    const link = new Problem(401, 'the link is unknown, expired or was used before', 'sign_in_required');
    expect(said(link, 'link')).toBe('Liên kết này không tồn tại, đã hết hạn hoặc đã được dùng.');
  });

  it('says how long a lock-out lasts', () => {
    vietnamese();
    const locked = new Problem(429, 'too many failed sign-ins, wait 30 s', 'rate_limited');
    expect(said(locked, 'password')).toBe('Đăng nhập sai quá nhiều lần. Hãy đợi 30 giây rồi thử lại.');
  });
});

describe('the exact English sentence', () => {
  it('stays where the code is unknown', () => {
    vietnamese();
    const text = said(new Problem(507, 'the disk of the event log is full', 'log_full'));
    expect(text).toContain('The disk of the event log is full.');
  });

  it('stays where input was refused for a reason the code does not tell', () => {
    vietnamese();
    const text = said(new Problem(400, 'name must have 1 to 64 visible characters', 'invalid_request'));
    expect(text).toContain('Name must have 1 to 64 visible characters.');
  });
});
