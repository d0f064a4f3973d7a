/**
 * What went wrong, for the person in front of the screen. The server's own sentence is exact and English; in another
 * language the code of the fault decides the words. The English sentence stays beside them only where they say less:
 * for a code unknown here, and for input that was refused for a reason no code tells.
 */
import { plural } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import type { Problem } from '../api/problem.ts';

export type Reason = { sentence: string; exactly: string | null };

export function useReason(problem: Problem | null): Reason {
  const { t, i18n } = useLingui();
  if (!problem || problem.unreachable) return { sentence: t`The server cannot be reached.`, exactly: null };
  const exactly = sentenceOf(problem.message);
  if (i18n.locale === 'en') return { sentence: exactly, exactly: null };
  const kinds: Record<string, string> = {
    sign_in_required: t`Sign in first.`,
    session_ended: t`Your session has ended. Sign in again.`,
    wrong_credentials: t`The name or the password is wrong.`,
    link_ended: t`This link is unknown, has expired or was used before.`,
    link_replaced: t`A newer link took the place of this one. Open the last link that the program printed.`,
    forbidden: t`This is not allowed for your account.`,
    not_found: t`It was not found.`,
    invalid_request: t`The server could not accept this input.`,
    rate_limited:
      problem.retryAfter === null
        ? t`Too many attempts. Wait a little and try again.`
        : t`${plural(problem.retryAfter, {
            one: 'Too many attempts. Wait # second and try again.',
            other: 'Too many attempts. Wait # seconds and try again.',
          })}`,
    unavailable: t`The server is not ready yet.`,
  };
  const sentence = kinds[problem.code ?? ''];
  if (sentence === undefined) return { sentence: t`The server reported a fault.`, exactly };
  return { sentence, exactly: problem.code === 'invalid_request' ? exactly : null };
}

/**
 * What the server said about one field of a form; null where it said nothing. In another language than English its reason
 * decides the words, as the code does for the whole; `elsewise`: the words of a form for what no reason tells, by field.
 */
export function useFieldReason(
  problem: Problem | null,
  elsewise: Record<string, string> = {},
): (pointer: string) => string | null {
  const { t, i18n } = useLingui();
  const reasons: Record<string, string> = {
    missing: t`This is needed.`,
    too_short: t`This is too short.`,
    too_long: t`This is too long.`,
    malformed: t`This is not in the form it must have.`,
    out_of_range: t`This is less or more than what is allowed.`,
  };
  return (pointer) => {
    const flaw = problem?.flaws.find((one) => one.pointer === pointer);
    if (!flaw) return null;
    if (i18n.locale === 'en') return sentenceOf(flaw.detail);
    return reasons[flaw.reason] ?? elsewise[pointer] ?? t`The server could not accept this input.`;
  };
}

/** The server writes details as it writes log lines, small and without a full stop; people get a sentence. */
export function sentenceOf(detail: string): string {
  const whole = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}
