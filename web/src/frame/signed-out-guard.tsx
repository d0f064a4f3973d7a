import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { sessionQuery } from '../api/queries.ts';
import { useLive } from '../live/live.tsx';

/** The server said the session is over (or another tab signed out): ask again, and come back to what was open. */
export function SignedOutGuard() {
  const { phase } = useLive(1_000);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    if (phase !== 'signed-out') return;
    queries.removeQueries({ queryKey: sessionQuery.queryKey });
    // Read here and not followed: the address changes at once, and this page stays until the next one is there.
    void navigate({ to: '/sign-in', search: { next: router.latestLocation.href, ended: true } });
  }, [phase, navigate, queries, router]);
  return null;
}
