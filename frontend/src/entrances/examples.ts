/** Working examples of how another system calls: as a command and as a program. They sign as the server checks. */

export interface Hook {
  address: string
  entrance: string
  /** Shown once; afterwards a place for it. */
  secret: string
}

export const SECRET_PLACE = 'vigie_hook_…'

/** For a shell with openssl and curl. */
export function curlExample(of: Hook): string {
  return `SECRET='${of.secret}'
BODY='{"text": "Gas alarm, hall 2"}'
STAMP=$(date +%s)
NONCE=$(openssl rand -hex 16)
SIGNATURE=$(printf '%s' "$STAMP.$NONCE.$BODY" | openssl dgst -sha256 -hmac "$SECRET" | sed 's/^.* //')
curl --fail-with-body '${of.address}' \\
  -H 'Content-Type: application/json' \\
  -H 'Vigie-Entrance: ${of.entrance}' \\
  -H "Vigie-Timestamp: $STAMP" \\
  -H "Vigie-Nonce: $NONCE" \\
  -H "Vigie-Signature: sha256=$SIGNATURE" \\
  --data-binary "$BODY"`
}

/** For Python, with nothing but its standard library. */
export function pythonExample(of: Hook): string {
  return `import hashlib, hmac, json, secrets, time, urllib.request

SECRET = "${of.secret}"
body = json.dumps({"text": "Gas alarm, hall 2"}).encode()
stamp, nonce = str(int(time.time())), secrets.token_hex(16)
signed = f"{stamp}.{nonce}.".encode() + body
signature = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
request = urllib.request.Request(
    "${of.address}",
    data=body,
    headers={
        "Content-Type": "application/json",
        "Vigie-Entrance": "${of.entrance}",
        "Vigie-Timestamp": stamp,
        "Vigie-Nonce": nonce,
        "Vigie-Signature": f"sha256={signature}",
    },
)
print(urllib.request.urlopen(request).read().decode())`
}
