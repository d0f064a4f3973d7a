/**
 * Stands in for the Rust server while working on the dashboard. A developer's tool: never shipped.
 *
 * `npm run mock` serves the built dashboard (run `npm run build` first) with the content policy of the real server;
 * `npm run dev` starts Vite beside it, which passes /api on to here. Prints the address and the sign-in link.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { WebSocketServer } from 'ws';
import { makeBuilding } from './building.mjs';

const port = Number(process.env.PORT ?? 8790);
const dist = new URL('../../dist/', import.meta.url);
const building = makeBuilding(Date.now());
const sessions = new Set();
const tickets = new Set();
const sockets = new Set();
const user = { name: 'demo', role: 'admin', language: null };

const TYPES = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

const server = createServer((request, response) => {
  route(request, response).catch((error) => problem(response, 500, 'internal', String(error)));
});

async function route(request, response) {
  const url = new URL(request.url, `http://localhost:${port}`);
  const name = `${request.method} ${url.pathname.replace('/api/v1', '')}`;
  if (!url.pathname.startsWith('/api/')) return page(url.pathname, response);
  const signedIn = sessions.has(/throng_session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1]);
  const session = { expiresAt: new Date(Date.now() + 12 * 3_600_000).toISOString(), user };

  if (name === 'GET /setup') return json(response, { needed: false });
  if (name === 'POST /session' || name === 'POST /session/link') {
    const body = JSON.parse(await read(request));
    const right = name.endsWith('link') ? body.token === 'demo' : body.password === 'correct horse battery';
    if (!right)
      return problem(
        response,
        401,
        name.endsWith('link') ? 'link_ended' : 'wrong_credentials',
        name.endsWith('link')
          ? 'the link is unknown, expired or was used before'
          : 'name or password is wrong',
      );
    const id = randomUUID();
    sessions.add(id);
    response.setHeader('set-cookie', `throng_session=${id}; HttpOnly; SameSite=Strict; Path=/`);
    return json(response, { token: id, ...session });
  }
  if (name === 'POST /events') {
    const body = JSON.parse(await read(request));
    const events = Array.isArray(body) ? body : [body];
    for (const event of events) {
      const camera = building.cameras.find((one) => one.id === event.cam);
      if (camera && event.type === 'line') building.cross(camera, event.data.dir, Date.now());
    }
    return json(response, { received: events.length, accepted: events.length, duplicate: 0, quarantined: 0 });
  }
  if (!signedIn) return problem(response, 401, 'sign_in_required', 'nobody is signed in');
  if (name === 'GET /session') return json(response, session);
  if (name === 'DELETE /session') {
    sessions.clear();
    for (const socket of sockets) socket.close(4401);
    response.writeHead(204).end();
    return;
  }
  if (name === 'PUT /session/password') {
    const body = JSON.parse(await read(request));
    if (body.old === 'correct horse battery') return json(response, session);
    const detail = 'the old password is wrong';
    return problem(response, 400, 'invalid_request', detail, [{ pointer: '/old', reason: 'other', detail }]);
  }
  if (name === 'GET /places') return json(response, { places: building.places });
  if (name === 'GET /cameras') return json(response, { cameras: building.cameras });
  if (name === 'POST /live/ticket') {
    const ticket = randomUUID();
    tickets.add(ticket);
    return json(response, { ticket, expiresInSeconds: 30 });
  }
  if (name === 'GET /live/snapshot') return json(response, building.message('snapshot', Date.now()));
  const place = /^GET \/analytics\/places\/([^/]+)\/realtime$/.exec(name);
  const camera = /^GET \/analytics\/realtime\/([^/]+)$/.exec(name);
  if (place || camera) {
    const id = decodeURIComponent((place ?? camera)[1]);
    const metrics = {
      occupancy: building.inside.get(id) ?? null,
      count: null,
      accuracy: null,
      latency: null,
    };
    return json(response, {
      placeId: id,
      timestamp: new Date().toISOString(),
      asOf: new Date().toISOString(),
      metrics,
      trends: building.trends(place ? id : 'tower'),
      outages: [],
    });
  }
  return problem(response, 404, 'not_found', `there is no ${name}`);
}

async function page(path, response) {
  const asset = path.startsWith('/assets/') || path === '/favicon.svg';
  const nonce = randomUUID();
  response.setHeader(
    'content-security-policy',
    `default-src 'self'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
  );
  try {
    const body = await readFile(new URL(`.${asset ? path : '/index.html'}`, dist));
    if (asset) {
      response.setHeader('cache-control', 'public, max-age=31536000, immutable');
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.end(body);
    } else {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(String(body).replaceAll('__CSP_NONCE__', nonce));
    }
  } catch {
    problem(response, 404, 'not_found', `there is no ${path}`);
  }
}

function json(response, body) {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

function problem(response, status, code, detail, errors = []) {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(
    JSON.stringify({
      type: `/problems/${code}`,
      title: code,
      status,
      code,
      detail,
      requestId: randomUUID().slice(0, 8),
      errors,
    }),
  );
}

async function read(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}

const live = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname !== '/api/v1/live' || !tickets.delete(url.searchParams.get('ticket')))
    return socket.destroy();
  live.handleUpgrade(request, socket, head, (client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.send(JSON.stringify(building.message('snapshot', Date.now())));
  });
});

setInterval(() => {
  const now = Date.now();
  building.seq += 1;
  building.step(now, 1);
  const text = JSON.stringify(building.message('delta', now));
  for (const client of sockets) client.send(text);
}, 1_000);

server.listen(port, '127.0.0.1', async () => {
  let address = `http://127.0.0.1:${port}`;
  if (process.argv.includes('--dev')) {
    const { createServer: createVite } = await import('vite');
    const vite = await createVite({
      server: { host: '127.0.0.1', proxy: { '/api': { target: address, ws: true } } },
    });
    await vite.listen();
    address = vite.resolvedUrls.local[0].replace(/\/$/, '');
  }
  console.log(`dashboard with make-believe numbers: ${address}`);
  console.log(`sign-in link: ${address}/sign-in?token=demo`);
});
