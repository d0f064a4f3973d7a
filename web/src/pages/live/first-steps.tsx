/** An empty installation: two steps from nothing to the first number, both while the server runs. */
import { Trans } from '@lingui/react/macro';
import classes from './first-steps.module.css';

export function FirstSteps() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <section className={classes.steps}>
      <h2>
        <Trans>No cameras yet</Trans>
      </h2>
      <ol>
        <li>
          <Trans>
            Register a camera, with the places around it. The key that is printed is shown only once:
          </Trans>{' '}
          <code>throng camera add north-door --zone lobby --time-zone {zone}</code>
        </li>
        <li>
          <Trans>Give the key to the camera and let it send its events to:</Trans>{' '}
          <code>{location.origin}/api/v1/events</code>
        </li>
      </ol>
      <p className="muted">
        <Trans>The first number appears here as soon as the first event arrives.</Trans>
      </p>
    </section>
  );
}
