/** Push in this browser: whether it can be, switching it on and off. Every wait has an end: some browsers never answer. */
import { dropPush, keepPush, type PushDevice } from '../api/responder'
import { ApiError } from '../api/errors'
import { t } from '../lib/language.svelte'

const WORKER = '/static/push-worker.js'
const KEPT = 'vigie.push'
const PATIENCE_MS = 20_000

/** Why this browser shows no notifications of ours; `null` when it can. */
export function whyNot(): 'insecure' | 'unsupported' | 'denied' | null {
  if (!isSecureContext) return 'insecure'
  if (!('serviceWorker' in navigator) || typeof PushManager === 'undefined' || typeof Notification === 'undefined') return 'unsupported'
  return Notification.permission === 'denied' ? 'denied' : null
}

/** The id under which the server knows this browser; `null` when push is off here. */
export function ownDevice(): string | null {
  try {
    return localStorage.getItem(KEPT)
  } catch {
    return null
  }
}

/** Switch push on here. Throws an `ApiError`, whose message is a sentence. */
export async function switchOn(publicKey: string): Promise<PushDevice> {
  const permission = await within(Promise.resolve(Notification.requestPermission()))
  if (permission !== 'granted') throw new ApiError(0, 'denied', t('push.denied'))
  const subscription = await within(subscribe(publicKey))
  const device = await keepPush(subscription.toJSON())
  remember(device.id)
  return device
}

/** Switch push off for one of the member's browsers; in this one it is unsubscribed too. */
export async function switchOff(id: string): Promise<void> {
  await dropPush(id)
  if (id !== ownDevice()) return
  remember(null)
  const registration = await navigator.serviceWorker.getRegistration(WORKER)
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}

async function subscribe(publicKey: string): Promise<PushSubscription> {
  const registration = await navigator.serviceWorker.register(WORKER)
  await active(registration)
  const wanted = keyBytes(publicKey)
  const before = await registration.pushManager.getSubscription()
  if (before !== null && !sameKey(before.options.applicationServerKey, wanted)) await before.unsubscribe()
  try {
    return await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted })
  } catch {
    throw new ApiError(0, 'push', t('push.refused'))
  }
}

/** A worker that is installed but does not run yet takes no subscription. */
function active({ active: running, installing, waiting }: ServiceWorkerRegistration): Promise<void> {
  const coming = installing ?? waiting
  if (running !== null || coming === null) return Promise.resolve()
  return new Promise((resolve) => coming.addEventListener('statechange', () => { if (coming.state === 'activated') resolve() }))
}

function within<T>(what: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new ApiError(0, 'timeout', t('push.slow'))), PATIENCE_MS)
    what.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** The bytes of a base64url key. */
export function keyBytes(key: string): Uint8Array<ArrayBuffer> {
  const text = atob(key.replace(/-/g, '+').replace(/_/g, '/') + '='.repeat((4 - (key.length % 4)) % 4))
  return Uint8Array.from(text, (sign) => sign.charCodeAt(0))
}

function sameKey(one: ArrayBuffer | null, other: Uint8Array): boolean {
  if (one === null || one.byteLength !== other.length) return false
  const bytes = new Uint8Array(one)
  return other.every((byte, index) => byte === bytes[index])
}

function remember(id: string | null): void {
  try {
    if (id === null) localStorage.removeItem(KEPT)
    else localStorage.setItem(KEPT, id)
  } catch {
    // The list of devices then cannot say which of them is this one.
  }
}
