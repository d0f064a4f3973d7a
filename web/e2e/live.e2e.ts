import { randomUUID } from 'node:crypto';
import { connection, expect, misfits, occupancy, openLive, prefer, test } from './test.ts';

const number = (text: string | null) => Number((text ?? '').replace(/\D/g, ''));

test('the place is in the address and survives a reload', async ({ page }) => {
  await openLive(page);
  await page.getByRole('combobox', { name: 'Place' }).click();
  const option = page.getByRole('option').last();
  const name = (await option.textContent())?.trim() ?? '';
  await option.click();
  await expect(page).toHaveURL(/\/live\?place=/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await page.goBack();
  await expect(page).toHaveURL(/\/live$/);
});

test('an address with nonsense shows the default place and says so', async ({ page }) => {
  await openLive(page, '/live?place=%3Cscript%3E&range=%00&grain[]=&day=banana');
  await expect(page.getByText('does not exist')).toBeVisible();
  expect(await misfits(page)).toEqual([]);
});

test('an unknown page is named as such', async ({ page }) => {
  await page.goto('/no/such/page');
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
});

test('the chart can be read by keyboard and as a table', async ({ page }) => {
  await openLive(page);
  const card = page.locator('.cell-occupancy');
  const cursor = card.getByRole('slider');
  await cursor.focus();
  await page.keyboard.press('End');
  const last = await cursor.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowLeft');
  await expect(cursor).not.toHaveAttribute('aria-valuetext', last ?? '');
  await page.keyboard.press('v');
  await expect(card.getByRole('table')).toBeVisible();
  expect(await card.getByRole('row').count()).toBeGreaterThan(2);
  await card.getByRole('button', { name: 'Show as chart' }).click();
  await expect(card.locator('canvas')).toBeVisible();
});

test('a crowd at one door is on the screen within two beats', async ({ page, request }) => {
  const key = process.env.THRONG_CAMERA_KEY;
  const camera = process.env.THRONG_CAMERA_ID;
  test.skip(!key || !camera, 'THRONG_CAMERA_KEY and THRONG_CAMERA_ID are not set: no camera to speak for');
  await openLive(page);
  const crowd = 300;
  const send = (direction: 'in' | 'out') => {
    const events = Array.from({ length: crowd }, () => ({
      v: 1,
      id: randomUUID(),
      type: 'line',
      cam: camera,
      t: new Date().toISOString(),
      t_src: 'frame',
      src: { adapter: 'native', semantics: 'event' },
      data: { line: 'main', dir: direction, class: 'person', n: 1 },
    }));
    return request.post('/api/v1/events', { data: events, headers: { authorization: `Bearer ${key}` } });
  };
  const before = number(await occupancy(page).textContent());
  const answer = await send('in');
  expect(answer.ok(), await answer.text()).toBe(true);
  // The building is alive, so the number moves by itself too; a crowd this large stands out from that.
  await expect
    .poll(async () => number(await occupancy(page).textContent()), { timeout: 2_000, intervals: [50] })
    .toBeGreaterThan(before + crowd * 0.8);
  await send('out');
});

test.describe('when the line breaks', () => {
  test.use({ allowNetworkErrors: true });

  test('the pill leaves Live within 2 seconds and returns without a reload', async ({ page }) => {
    const cut: (() => Promise<void>)[] = [];
    await page.routeWebSocket(/\/api\/v1\/live/, (socket) => {
      socket.connectToServer();
      cut.push(() => socket.close({ code: 1001 }));
    });
    await prefer(page, 'light', 'en');
    await openLive(page);
    await page.evaluate(() => Object.assign(window, { sameDocument: true }));
    await page.route('**/api/v1/live/ticket', (route) => route.abort());
    await cut.at(-1)?.();
    await expect(connection(page)).not.toHaveText('Live', { timeout: 2_000 });
    await expect(page.locator('.cell-counter')).toHaveAttribute('data-state', 'stale', { timeout: 6_000 });
    await page.screenshot({ path: 'test-results/reconnecting.png' });
    for (const cell of ['health', 'cameras', 'latency', 'throughput', 'occupancy'])
      await expect(page.locator(`.cell-${cell} h2`)).toContainText(/· as of \d\d:\d\d:\d\d$/);
    await expect(page.locator('.cell-counter h2')).toHaveText(/^People inside at \d\d:\d\d:\d\d$/);
    await expect(page.getByTestId('data-to')).toHaveText(/^As of /);
    for (const [width, height] of [
      [1440, 900],
      [1024, 768],
      [390, 844],
    ] as const) {
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: `test-results/lost-${width}.png`, fullPage: true });
      expect(await misfits(page), `at ${width}`).toEqual([]);
    }
    await page.unroute('**/api/v1/live/ticket');
    await expect(connection(page)).toHaveText('Live', { timeout: 20_000 });
    await expect(page.locator('.cell-counter')).not.toHaveAttribute('data-state', 'stale');
    await expect(page.getByText(/as of/i)).toHaveCount(0);
    expect(await page.evaluate(() => 'sameDocument' in window)).toBe(true);
  });

  test('numbers go on moving by polling where WebSockets are blocked', async ({ page }) => {
    await page.routeWebSocket(/\/api\/v1\/live/, (socket) => socket.close({ code: 1006 }));
    await page.goto('/live');
    await expect(connection(page)).toHaveText('Polling every 5 s', { timeout: 15_000 });
    const dataTo = page.getByTestId('data-to');
    const before = await dataTo.textContent();
    await expect(dataTo).not.toHaveText(before ?? '', { timeout: 6_000 });
    await expect(page.locator('.cell-counter')).not.toHaveAttribute('data-state', 'stale');
    await page.screenshot({ path: 'test-results/polling.png' });
  });

  test('a refused question is answered in words, with its number and a way to try again', async ({
    page,
  }) => {
    await page.route('**/realtime?*', (route) =>
      route.fulfill({
        status: 503,
        contentType: 'application/problem+json',
        body: JSON.stringify({
          title: 'busy',
          status: 503,
          code: 'busy',
          detail: 'the store is busy',
          requestId: 'r-1',
        }),
      }),
    );
    await page.goto('/live');
    const card = page.locator('.cell-occupancy');
    await expect(card).toHaveAttribute('data-state', 'error', { timeout: 15_000 });
    await expect(card.getByRole('alert')).toContainText('The store is busy.');
    await expect(card.getByRole('alert')).toContainText('r-1');
    await page.unroute('**/realtime?*');
    await card.getByRole('button', { name: 'Try again' }).click();
    await expect(card.locator('canvas')).toBeVisible();
  });
});
