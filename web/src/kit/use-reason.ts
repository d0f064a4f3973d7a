/**
 * What went wrong, for the person in front of the screen. The server's own sentence is exact and English; in another
 * language the kind of fault is said in that language, and the exact sentence stays beside it.
 */
import { useLingui } from '@lingui/react/macro';
import type { Problem } from '../api/problem.ts';

export type Reason = { sentence: string; exactly: string | null };

export function useReason(problem: Problem | null): Reason {
  const { t, i18n } = useLingui();
  if (!problem || problem.unreachable) return { sentence: t`The server cannot be reached.`, exactly: null };
  const exactly = sentenceOf(problem.message);
  if (i18n.locale === 'en') return { sentence: exactly, exactly: null };
  const kinds: Record<string, string> = {
    sign_in_required: t`Signing in did not work.`,
    forbidden: t`This is not allowed for your account.`,
    not_found: t`It was not found.`,
    invalid_request: t`The server could not accept this input.`,
    rate_limited: t`Too many attempts. Wait a little and try again.`,
    unavailable: t`The server is not ready yet.`,
  };
  return { sentence: kinds[problem.code ?? ''] ?? t`The server reported a fault.`, exactly };
}

/** The server writes details as it writes log lines, small and without a full stop; people get a sentence. */
export function sentenceOf(detail: string): string {
  const whole = detail.charAt(0).toUpperCase() + detail.slice(1);
  return /[.!?…]$/.test(whole) ? whole : `${whole}.`;
}
