/**
 * Every browser test also watches three things: the console stays clean, nothing is asked of another origin, and the
 * content policy is strict. A test that breaks the line on purpose says so with `allowNetworkErrors`.
 */
import { test as base, expect, type Page } from '@playwright/test';

export const test = base.extend<{ allowNetworkErrors: boolean; watched: undefined }>({
  allowNetworkErrors: [false, { option: true }],
  watched: [
    async ({ page, baseURL, allowNetworkErrors }, use) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (!['error', 'warning'].includes(message.type())) return;
        if (allowNetworkErrors && /Failed to load resource|WebSocket/.test(message.text())) return;
        complaints.push(`${message.type()}: ${message.text()}`);
      });
      page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
      page.on('request', (request) => {
        const { origin, protocol } = new URL(request.url());
        if (protocol !== 'data:' && origin !== new URL(baseURL ?? '').origin)
          complaints.push(`asked ${origin}`);
      });
      page.on('response', async (response) => {
        if (!response.request().isNavigationRequest() || response.status() >= 300) return;
        const policy = response.headers()['content-security-policy'] ?? '';
        if (!policy.includes("default-src 'self'") || policy.includes('unsafe'))
          complaints.push(`policy: ${policy}`);
      });
      await use(undefined);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The theme and language somebody chose on this machine earlier. */
export async function prefer(page: Page, scheme: 'light' | 'dark', language: 'en' | 'vi') {
  await page.addInitScript(
    ([chosenScheme, chosenLanguage]) => {
      localStorage.setItem('throng-color-scheme', chosenScheme);
      localStorage.setItem('throng-language', chosenLanguage);
    },
    [scheme, language] as const,
  );
}

export const occupancy = (page: Page) => page.getByTestId('occ');
export const connection = (page: Page) => page.getByTestId('connection');

/** Everything drawn: numbers in every card, and the chart. */
export async function openLive(page: Page, path = '/live') {
  await page.goto(path);
  await expect(occupancy(page)).toHaveText(/\d/, { timeout: 5_000 });
  await expect(connection(page)).toHaveAttribute('data-phase', 'live');
  await expect(page.locator('.cell-occupancy canvas')).toBeVisible();
  await expect(page.locator('.live-grid > [data-state="loading"]')).toHaveCount(0);
}

/** Elements wider than the window or whose text is cut off without an ellipsis. */
export async function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth)
      found.push(`page is ${root.scrollWidth} wide in ${root.clientWidth}`);
    for (const element of document.querySelectorAll<HTMLElement>(
      '.card, .card *, .frame-header, .frame-header *',
    )) {
      const style = getComputedStyle(element);
      const cut = style.overflowX === 'hidden' || style.overflowX === 'clip';
      const meant = style.textOverflow === 'ellipsis' || element.classList.contains('visually-hidden');
      if (cut && !meant && element.clientWidth > 0 && element.scrollWidth > element.clientWidth + 1) {
        found.push(`${element.className}: ${element.scrollWidth} in ${element.clientWidth}`);
      }
      const tall = element.classList.contains('card') && element.scrollHeight > element.clientHeight + 1;
      if (tall) found.push(`${element.className}: ${element.scrollHeight} high in ${element.clientHeight}`);
    }
    return found;
  });
}
