import { useLingui } from '@lingui/react/macro';
import type { CameraStatus } from '../../api/types.ts';

export function useStatusWords(): Record<CameraStatus, string> {
  const { t } = useLingui();
  return {
    online: t`online`,
    offline: t`offline`,
    error: t`error`,
    new: t`new`,
  };
}
