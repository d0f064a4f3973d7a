/** Errors of the API: RFC 9457 problem documents, and what we make of an answer that is none. */

export class Problem extends Error {
  /** 0: the server could not be reached at all. */
  readonly status: number;
  readonly code: string | null;
  readonly requestId: string | null;

  constructor(status: number, detail: string, code: string | null = null, requestId: string | null = null) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }

  get unreachable(): boolean {
    return this.status === 0;
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** A proxy in between may answer with HTML or nothing: then the status line is all there is to say. */
export async function problemOf(response: Response): Promise<Problem> {
  const header = response.headers.get('x-request-id');
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== 'object' || body === null) {
    return new Problem(response.status, `${response.status} ${response.statusText}`.trim(), null, header);
  }
  const fields = body as Record<string, unknown>;
  const detail =
    text(fields.detail) ?? text(fields.title) ?? `${response.status} ${response.statusText}`.trim();
  return new Problem(response.status, detail, text(fields.code), text(fields.requestId) ?? header);
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, error instanceof Error ? error.message : String(error));
}
