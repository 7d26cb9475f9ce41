/** The one door to the API: language, CSRF, errors and cancellation are handled here and nowhere else. */
import { language, t } from '../lib/language.svelte'
import { ApiError, errorFrom, isAbort } from './errors'

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface RequestOptions {
  query?: Record<string, string | number | undefined>
  /** Sent as JSON; a form, which may hold files, as it is. */
  body?: unknown
  signal?: AbortSignal
  /** A refused sign-in is an answer, not a session that ended. */
  keepSession?: boolean
}

let whenSignedOut: () => void = () => undefined

/** Say what happens when the server no longer knows us (401). */
export function onSignedOut(handler: () => void): void {
  whenSignedOut = handler
}

/** Ask the API. Throws `ApiError`, whose message is a sentence; an aborted request throws the browser's `AbortError`. */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await ask(method, path, options)
  if (response.status === 204) return undefined as T
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return body as T
  throw refused(response, body, options)
}

/** Ask the API for a file, as `request` does. */
export async function requestFile(method: Method, path: string, options: RequestOptions = {}): Promise<Blob> {
  const response = await ask(method, path, options)
  if (response.ok) return response.blob()
  throw refused(response, await response.json().catch(() => null), options)
}

function refused(response: Response, body: unknown, options: RequestOptions): ApiError {
  if (response.status === 401 && options.keepSession !== true) whenSignedOut()
  return errorFrom(response.status, body)
}

async function ask(method: Method, path: string, options: RequestOptions): Promise<Response> {
  try {
    return await fetch(address(path, options.query), {
      method,
      headers: headers(method, options.body !== undefined && !(options.body instanceof FormData)),
      body: options.body === undefined || options.body instanceof FormData ? options.body : JSON.stringify(options.body),
      credentials: 'same-origin',
      signal: options.signal,
    })
  } catch (error) {
    if (isAbort(error)) throw error
    throw new ApiError(0, 'network', t('error.network'))
  }
}

function address(path: string, query: RequestOptions['query']): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== '') parameters.set(name, String(value))
  }
  const search = parameters.toString()
  return `/api/${path}${search === '' ? '' : `?${search}`}`
}

function headers(method: Method, hasBody: boolean): Record<string, string> {
  const made: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language() }
  if (hasBody) made['Content-Type'] = 'application/json'
  if (method !== 'GET') made['X-CSRFToken'] = csrfToken()
  return made
}

function csrfToken(): string {
  return document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? kept
}

let kept = ''

/** Keep the token that the session's answer carries, for when the cookie cannot be read. */
export function keepCsrfToken(token: string): void {
  kept = token
}
