/** The table of contents: every address of the dashboard, what it needs before it is shown, and what its URL holds. */
import type { QueryClient } from '@tanstack/react-query';
import {
  createBrowserHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
  redirect,
} from '@tanstack/react-router';
import { api } from './api/client.ts';
import { asProblem, type Problem } from './api/problem.ts';
import { sessionQuery } from './api/queries.ts';
import { Frame } from './frame/frame.tsx';
import { CrashPage } from './pages/crash-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { innerPath, liveSearch, plainText } from './url-state.ts';

type Context = { queries: QueryClient };

const root = createRootRouteWithContext<Context>()({
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
});

/** Everything under it needs a person who is signed in; who is not, comes back to the same address afterwards. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  component: Frame,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(sessionQuery);
    } catch (error) {
      const { status, code } = asProblem(error);
      if (status !== 401) throw error;
      const ended = code === 'session_ended' ? { ended: true as const } : {};
      throw redirect({ to: '/sign-in', search: { next: location.href, ...ended } });
    }
  },
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/live', replace: true });
  },
});

const live = createRoute({
  getParentRoute: () => signedIn,
  path: '/live',
  validateSearch: liveSearch,
  component: lazyRouteComponent(() => import('./pages/live/live-page.tsx'), 'LivePage'),
});

/** Of the own account; the place is what the header goes on to name. */
const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  validateSearch: (search: Record<string, unknown>): { place?: string | undefined } => ({
    place: plainText(search.place),
  }),
  component: lazyRouteComponent(() => import('./pages/account/account-page.tsx'), 'AccountPage'),
});

async function isSignedIn(queries: QueryClient): Promise<boolean> {
  return queries.ensureQueryData(sessionQuery).then(
    () => true,
    () => false,
  );
}

/** `ended`: not a first visit, but a session that is over. */
export type SignInSearch = { next?: string; token?: string; ended?: true };

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({
    ...(innerPath(search.next) ? { next: innerPath(search.next) as string } : {}),
    ...(plainText(search.token) ? { token: plainText(search.token) as string } : {}),
    ...(search.ended === true ? { ended: true as const } : {}),
  }),
  // A one-time link is spent here and not in the component, which may render twice. Opened once more, from a mail or a bookmark,
  // it leads on as long as somebody is signed in.
  beforeLoad: async ({ context, search }): Promise<{ linkProblem: Problem | null; setupNeeded: boolean }> => {
    if (search.token !== undefined) {
      const { token, next } = search;
      const spent = await api.signInByLink(token).then(
        (session) => ({ session }),
        (error: unknown) => ({ session: null, problem: asProblem(error) }),
      );
      if (spent.session !== null) {
        context.queries.setQueryData(sessionQuery.queryKey, spent.session);
      } else if (spent.problem.status !== 401 || !(await isSignedIn(context.queries))) {
        return { linkProblem: spent.problem, setupNeeded: false };
      }
      throw redirect({ href: next ?? '/live', replace: true });
    }
    const setupNeeded = await api.setupNeeded().then(
      (answer) => answer.needed,
      () => false,
    );
    return { linkProblem: null, setupNeeded };
  },
  component: lazyRouteComponent(() => import('./pages/sign-in-page.tsx'), 'SignInPage'),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: (search: Record<string, unknown>): { token?: string } =>
    plainText(search.token) ? { token: plainText(search.token) as string } : {},
  component: lazyRouteComponent(() => import('./pages/welcome-page.tsx'), 'WelcomePage'),
});

const routes = root.addChildren([home, signedIn.addChildren([live, account]), signIn, welcome]);

export function makeRouter(queries: QueryClient, history: RouterHistory = createBrowserHistory()) {
  return createRouter({ routeTree: routes, context: { queries }, scrollRestoration: true, history });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
