import { useLingui } from '@lingui/react/macro';
import type { Role } from '../api/types.ts';

export function useRoleNames(): Record<Role, string> {
  const { t } = useLingui();
  return { user: t`User`, analyst: t`Analyst`, admin: t`Administrator` };
}
