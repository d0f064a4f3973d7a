/** What stands around every page: header, navigation, and the one live connection they all share. */

import { Trans } from '@lingui/react/macro';
import { Outlet } from '@tanstack/react-router';
import { LiveProvider } from '../live/live.tsx';
import { AccountMenu } from './account-menu.tsx';
import { ConnectionPill } from './connection-pill.tsx';
import classes from './frame.module.css';
import { LanguageSwitch } from './language-switch.tsx';
import { ListsFollowFeed } from './lists-follow-feed.tsx';
import { Navigation } from './navigation.tsx';
import { PlacePicker } from './place-picker.tsx';
import { SchemeSwitch } from './scheme-switch.tsx';
import { SignedOutGuard } from './signed-out-guard.tsx';

export function Frame() {
  return (
    <LiveProvider>
      <SignedOutGuard />
      <ListsFollowFeed />
      <div className="frame">
        <header className="frame-header">
          <a className={classes.skip} href="#main">
            <Trans>Skip to the page</Trans>
          </a>
          <span className={classes.brand}>
            <img src="/favicon.svg" alt="" width={28} height={28} />
            <span>Throng</span>
          </span>
          <PlacePicker />
          <span className={classes.space} />
          <ConnectionPill />
          <div className={classes.controls}>
            <LanguageSwitch />
            <SchemeSwitch />
            <AccountMenu />
          </div>
        </header>
        <nav className={`frame-nav ${classes.nav}`}>
          <Navigation />
          <div className={classes.bottomControls}>
            <LanguageSwitch />
            <SchemeSwitch />
            <AccountMenu />
          </div>
        </nav>
        <main className="frame-main" id="main" tabIndex={-1}>
          <Outlet />
        </main>
      </div>
    </LiveProvider>
  );
}
