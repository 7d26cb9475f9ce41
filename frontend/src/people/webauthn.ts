/** Passkeys in the browser: the server's JSON becomes what `navigator.credentials` takes, and its answer becomes JSON again. */

export interface CreationQuestion {
  publicKey: {
    rp: PublicKeyCredentialRpEntity
    user: { id: string; name: string; displayName: string }
    challenge: string
    pubKeyCredParams: PublicKeyCredentialParameters[]
    excludeCredentials?: { type: 'public-key'; id: string }[]
    authenticatorSelection?: AuthenticatorSelectionCriteria
  }
}
export interface RequestQuestion {
  publicKey: { challenge: string; rpId: string; userVerification?: UserVerificationRequirement; allowCredentials?: { type: 'public-key'; id: string }[] }
}

/** Whether this browser knows passkeys at all; whether they work at this address, the server says. */
export function knowsPasskeys(): boolean {
  return typeof PublicKeyCredential !== 'undefined'
}

/** Make a passkey on this device, or on one that it asks. */
export async function makePasskey({ publicKey }: CreationQuestion): Promise<unknown> {
  const made = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: decode(publicKey.challenge),
      user: { ...publicKey.user, id: decode(publicKey.user.id) },
      excludeCredentials: (publicKey.excludeCredentials ?? []).map(named),
    },
  })
  if (!(made instanceof PublicKeyCredential) || !(made.response instanceof AuthenticatorAttestationResponse)) throw new DOMException('', 'NotAllowedError')
  return answer(made, { clientDataJSON: encode(made.response.clientDataJSON), attestationObject: encode(made.response.attestationObject) })
}

/** Let the owner of this device use a passkey. */
export async function usePasskey({ publicKey }: RequestQuestion): Promise<unknown> {
  const used = await navigator.credentials.get({
    publicKey: { ...publicKey, challenge: decode(publicKey.challenge), allowCredentials: (publicKey.allowCredentials ?? []).map(named) },
  })
  if (!(used instanceof PublicKeyCredential) || !(used.response instanceof AuthenticatorAssertionResponse)) throw new DOMException('', 'NotAllowedError')
  const { clientDataJSON, authenticatorData, signature, userHandle } = used.response
  return answer(used, {
    clientDataJSON: encode(clientDataJSON),
    authenticatorData: encode(authenticatorData),
    signature: encode(signature),
    ...(userHandle === null ? {} : { userHandle: encode(userHandle) }),
  })
}

/** Why the browser gave no passkey: the key of a sentence, or `null` when it was something else. */
export function passkeyProblem(error: unknown): 'passkey.cancelled' | 'passkey.known' | 'passkey.unsafe' | null {
  if (!(error instanceof DOMException)) return null
  if (error.name === 'InvalidStateError') return 'passkey.known'
  if (error.name === 'SecurityError') return 'passkey.unsafe'
  return 'passkey.cancelled'
}

function answer(credential: PublicKeyCredential, response: Record<string, string>): unknown {
  return { id: credential.id, rawId: encode(credential.rawId), type: credential.type, response, clientExtensionResults: {} }
}

function named({ id }: { id: string }): PublicKeyCredentialDescriptor {
  return { type: 'public-key', id: decode(id) }
}

/** Base64 as WebAuthn writes it: for addresses, without padding. */
export function encode(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

export function decode(text: string): ArrayBuffer {
  const raw = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0)).buffer
}
