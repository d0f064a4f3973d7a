/** The pages that exist. A page joins this list in the commit that makes it work. */
import { useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { Radio } from 'lucide-react';
import classes from './navigation.module.css';

export function Navigation() {
  const { t } = useLingui();
  return (
    <ul className={classes.list} aria-label={t`Pages`}>
      <li>
        <Link
          to="/live"
          search={(search: { place?: string }) => (search.place ? { place: search.place } : {})}
          className={classes.link}
        >
          <Radio size={20} aria-hidden="true" />
          <span>{t`Live`}</span>
        </Link>
      </li>
    </ul>
  );
}
