import { useLingui } from '@lingui/react/macro';
import type { StatusInUse } from './camera-facts.ts';

export function useStatusWords(): Record<StatusInUse, string> {
  const { t } = useLingui();
  return {
    online: t`online`,
    offline: t`offline`,
    error: t`error`,
    new: t`new`,
    recording: t`recording`,
  };
}
