/**
 * What went wrong, for the person in front of the screen. The server's own sentence is exact and English; in another
 * language the code of the fault decides the words. The English sentence stays beside them only where they say less:
 * for a code unknown here, and for input that was refused for a reason no code tells.
 */
import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import type { Problem } from '../api/problem.ts';

export type Reason = { sentence: string; exactly: string | null };

/** What was tried: one code, `sign_in_required`, refuses a password, a link and a session that has ended. */
export type Attempt = 'password' | 'link';

export function useReason(problem: Problem | null, attempt: Attempt | null = null): Reason {
  const { t, i18n } = useLingui();
  if (!problem || problem.unreachable) return { sentence: t`The server cannot be reached.`, exactly: null };
  const exactly = sentenceOf(problem.message);
  if (i18n.locale === 'en') return { sentence: exactly, exactly: null };
  const refused = {
    password: t`The name or the password is wrong.`,
    link: t`This link is unknown, has expired or was used before.`,
  };
  const seconds = waitSeconds(problem.message);
  const kinds: Record<string, string> = {
    sign_in_required: attempt === null ? t`Your session has ended. Sign in again.` : refused[attempt],
    forbidden: t`This is not allowed for your account.`,
    not_found: t`It was not found.`,
    invalid_request: t`The server could not accept this input.`,
    rate_limited:
      seconds === null
        ? t`Too many attempts. Wait a little and try again.`
        : t`${plural(seconds, {
            one: 'Too many failed sign-ins. Wait # second and try again.',
            other: 'Too many failed sign-ins. Wait # seconds and try again.',
          })}`,
    unavailable: t`The server is not ready yet.`,
  };
  const sentence = kinds[problem.code ?? ''];
  if (sentence === undefined) return { sentence: t`The server reported a fault.`, exactly };
  return { sentence, exactly: problem.code === 'invalid_request' ? exactly : null };
}

/** How long a lock-out lasts stands nowhere but in the server's sentence. */
export function waitSeconds(detail: string): number | null {
  const found = /\bwait (\d+) s\b/.exec(detail);
  return found ? Number(found[1]) : null;
}

/** The server writes details as it writes log lines, small and without a full stop; people get a sentence. */
export function sentenceOf(detail: string): string {
  const whole = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}
