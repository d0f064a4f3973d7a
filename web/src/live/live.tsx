/** The live store for components: `LiveProvider` runs the connection, `useLive` reads at a cadence. */
import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import { browserEdge } from './browser-edge.ts';
import { type Edge, LiveConnection } from './connection.ts';
import { isLost, type LiveState, serverNow } from './state.ts';
import { LiveStore } from './store.ts';

const LiveContext = createContext<LiveStore | null>(null);

export function LiveProvider(props: { edge?: Edge; children: ReactNode }) {
  const edge = props.edge ?? browserEdge;
  const [store] = useState(() => new LiveStore());

  useEffect(() => {
    const connection = new LiveConnection(edge, store);
    const seen = () => {
      const visible = document.visibilityState === 'visible';
      store.setVisible(visible);
      if (visible) connection.wake();
    };
    const online = () => connection.wake();
    document.addEventListener('visibilitychange', seen);
    window.addEventListener('online', online);
    connection.start();
    return () => {
      document.removeEventListener('visibilitychange', seen);
      window.removeEventListener('online', online);
      connection.stop();
    };
  }, [edge, store]);

  return <LiveContext value={store}>{props.children}</LiveContext>;
}

/** For tests and the component that must be shown in a given state. */
export function LiveStoreProvider(props: { store: LiveStore; children: ReactNode }) {
  return <LiveContext value={props.store}>{props.children}</LiveContext>;
}

/** `everyMs` is how often the component wants to hear of new numbers; changes of connection come at once. */
export function useLive(everyMs: number): LiveState {
  const channel = useStore().channel(everyMs);
  return useSyncExternalStore(channel.subscribe, channel.read, channel.read);
}

function useStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error('useLive needs a LiveProvider');
  return store;
}

/**
 * The server's time of the last word while the feed is lost, else null. Noticed within a second by every card, however seldom it
 * looks at its numbers, and told only when it changes.
 */
export function useLostAt(): number | null {
  const store = useStore();
  const subscribe = useCallback(
    (tell: () => void) => {
      const unsubscribe = store.channel(1_000).subscribe(tell);
      const timer = setInterval(tell, 1_000);
      return () => {
        unsubscribe();
        clearInterval(timer);
      };
    },
    [store],
  );
  // Not the sample of a channel: in a tab that comes back it is as old as the tab was hidden.
  return useSyncExternalStore(subscribe, () => (isLost(store.state, Date.now()) ? store.state.at : null));
}

/** The server's clock when it is asked, for what need not be drawn again because time passes. */
export function useServerClock(): () => number {
  const store = useStore();
  return () => serverNow(store.state, Date.now());
}

/**
 * The browser's clock, at the cadence of the card: ages must grow on the screen also when no message comes, but a list
 * that is drawn every 10 s must not be drawn every second for the sake of its ages.
 */
export function useNow(everyMs: number, live: LiveState): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') setNow(Date.now());
    }, everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return Math.max(now, live.receivedAt ?? 0);
}
