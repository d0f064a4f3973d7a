/** Errors of the API: RFC 9457 problem documents, and what we make of an answer that is none. */

/** What exactly was wrong with what was sent: `pointer` names the field of the body, as in RFC 6901. */
export type Flaw = { pointer: string | null; reason: string; detail: string };

type Known = {
  code?: string | null;
  requestId?: string | null;
  retryAfter?: number | null;
  flaws?: Flaw[];
};

/**
 * Longest wait before a program asks again. An hour may come from a proxy or a rule for attackers; a screen on a wall has nobody
 * to reload it, and a card that waits offers no button to try again. Asking once a minute harms no server.
 */
const WAIT_MAX_S = 60;

export class Problem extends Error {
  /** 0: the server could not be reached at all. */
  readonly status: number;
  readonly code: string | null;
  readonly requestId: string | null;
  /** Seconds after which asking again can help, where the server knows. */
  readonly retryAfter: number | null;
  readonly flaws: readonly Flaw[];

  constructor(status: number, detail: string, known: Known = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = known.code ?? null;
    this.requestId = known.requestId ?? null;
    this.retryAfter = known.retryAfter ?? null;
    this.flaws = known.flaws ?? [];
  }

  /** How long a program waits before it asks again, ms; people are told `retryAfter` itself. */
  get waitMs(): number {
    return Math.min(this.retryAfter ?? 0, WAIT_MAX_S) * 1_000;
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const seconds = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;

function flawsOf(errors: unknown): Flaw[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: Record<string, unknown> | null) => {
    const [reason, detail] = [text(error?.reason), text(error?.detail)];
    if (reason === null || detail === null) return [];
    return [{ pointer: typeof error?.pointer === 'string' ? error.pointer : null, reason, detail }];
  });
}

/** A proxy in between may answer with HTML or nothing: then the status line is all there is to say. */
export async function problemOf(response: Response): Promise<Problem> {
  const header = response.headers.get('x-request-id');
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== 'object' || body === null) {
    const retryAfter = seconds(Number(response.headers.get('retry-after')));
    const detail = `${response.status} ${response.statusText}`.trim();
    return new Problem(response.status, detail, { requestId: header, retryAfter });
  }
  const fields = body as Record<string, unknown>;
  const detail =
    text(fields.detail) ?? text(fields.title) ?? `${response.status} ${response.statusText}`.trim();
  return new Problem(response.status, detail, {
    code: text(fields.code),
    requestId: text(fields.requestId) ?? header,
    retryAfter: seconds(fields.retryAfterSeconds),
    flaws: flawsOf(fields.errors),
  });
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, error instanceof Error ? error.message : String(error));
}
