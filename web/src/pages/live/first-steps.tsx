/** An empty installation: three steps from nothing to the first number. */
import { Trans } from '@lingui/react/macro';
import classes from './first-steps.module.css';

export function FirstSteps() {
  return (
    <section className={classes.steps}>
      <h2>
        <Trans>No cameras yet</Trans>
      </h2>
      <ol>
        <li>
          <Trans>Say where it hangs: add the building, the area and the zone.</Trans>
        </li>
        <li>
          <Trans>Register the camera in its zone. Its key is shown once; give it to the camera.</Trans>
        </li>
        <li>
          <Trans>Let the camera send its events to this address:</Trans>{' '}
          <code>{location.origin}/api/v1/events</code>
        </li>
      </ol>
      <p className="muted">
        <Trans>The first number appears here as soon as the first event arrives.</Trans>
      </p>
    </section>
  );
}
