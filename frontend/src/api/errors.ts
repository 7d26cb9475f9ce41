/** What can go wrong between this page and the server, as one class whose message is a sentence for the reader. */
import { t } from '../lib/language.svelte'

export interface ErrorBody {
  code: string
  message: string
  fields: Record<string, string>
}

/** A request that was refused or did not arrive. */
export class ApiError extends Error {
  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

/** Read a refusal's body; what is not of the agreed shape becomes a sentence of our own by status. */
export function errorFrom(status: number, body: unknown): ApiError {
  if (isErrorBody(body)) return new ApiError(status, body.code, body.message, body.fields)
  if (status === 404) return new ApiError(status, 'not_found', t('error.not_found'))
  if (status === 403) return new ApiError(status, 'forbidden', t('error.forbidden'))
  if (status === 413) return new ApiError(status, 'too_large', t('error.too_large'))
  return new ApiError(status, 'server', t('error.server', { status }))
}

/** The sentence to show for anything that was thrown. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) return error.message
  return t('error.page')
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError'
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null) return false
  const candidate = body as Partial<Record<keyof ErrorBody, unknown>>
  return typeof candidate.code === 'string' && typeof candidate.message === 'string' && typeof candidate.fields === 'object' && candidate.fields !== null
}
