import { i18n } from '@lingui/core';
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Problem } from '../api/problem.ts';
import { messages } from '../locales/vi/messages.po';
import { show } from '../test/show.tsx';
import { Failure } from './card.tsx';

function said(problem: Problem): string {
  show(<Failure problem={problem} />);
  return screen.getByRole('alert').textContent ?? '';
}

const vietnamese = () => i18n.loadAndActivate({ locale: 'vi', messages });
const refused = (code: string) => new Problem(401, 'the words of the server', { code });

describe('a refused sign-in', () => {
  it('is said in the words of the server in English', () => {
    expect(said(refused('wrong_credentials'))).toBe('The words of the server.');
  });

  it.each([
    ['wrong_credentials', 'Sai tên hoặc mật khẩu.'],
    ['link_ended', 'Liên kết này không tồn tại, đã hết hạn hoặc đã được dùng.'],
    [
      'link_replaced',
      'Một liên kết mới hơn đã thay thế liên kết này. Hãy mở liên kết cuối cùng mà chương trình đã in ra.',
    ],
    ['session_ended', 'Phiên làm việc đã kết thúc. Hãy đăng nhập lại.'],
    ['sign_in_required', 'Hãy đăng nhập trước.'],
  ])('is said in Vietnamese alone, by its code: %s', (code, words) => {
    vietnamese();
    expect(said(refused(code))).toBe(words);
  });

  it('says how long a lock-out lasts, by the number and not by the sentence', () => {
    vietnamese();
    const locked = new Problem(429, 'wait a while', { code: 'rate_limited', retryAfter: 30 });
    expect(said(locked)).toBe('Quá nhiều lần thử. Hãy đợi 30 giây rồi thử lại.');
  });
});

describe('the exact English sentence', () => {
  it('stays where the code is unknown', () => {
    vietnamese();
    const text = said(new Problem(507, 'the disk of the event log is full', { code: 'log_full' }));
    expect(text).toContain('The disk of the event log is full.');
  });

  it('stays where input was refused for a reason the code does not tell', () => {
    vietnamese();
    const text = said(
      new Problem(400, 'name must have 1 to 64 visible characters', { code: 'invalid_request' }),
    );
    expect(text).toContain('Name must have 1 to 64 visible characters.');
  });
});
