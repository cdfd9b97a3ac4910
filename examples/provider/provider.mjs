// A real OpenID provider (npm: oidc-provider) on 127.0.0.1, whose keys can be changed while it runs. It
// prints its issuer on the first line, and is a user with a browser as well, so that there are ID tokens.
//
//   GET /control/keys?kids=RS256-2,ES256-2,RS256-1   has these keys, and signs with the first of each kind
//   GET /control/renew?kids=RS256-2,ES256-2         the same, with new keys under these kids
//   GET /control/max-age?seconds=60                  says so in Cache-Control from now on; 2 at the start
//   GET /control/empty?on=1                          publishes a set without keys, until on=0
//   GET /control/tokens                              issues one token of each kind, as JSON
//   GET /control/stop                                answers, closes the port and ends
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const ALGORITHMS = ['RS256', 'ES256']
const RESOURCE = 'https://api.example/'
const cookieKey = randomBytes(16).toString('hex')
const secret = randomBytes(16).toString('hex')
const made = new Map()
let maxAge = 2
let empty = false

/** The private key with this kid, whose first part is its algorithm. It is made when it is first named. */
function key(kid) {
  if (!made.has(kid)) {
    const alg = kid.split('-')[0]
    const { privateKey } = alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' })
    made.set(kid, { ...privateKey.export({ format: 'jwk' }), kid, alg, use: 'sig' })
  }
  return made.get(kid)
}

function provider(issuer, kids) {
  const login = { grant_types: ['authorization_code'], response_types: ['code'] }
  const service = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] }
  const provider = new Provider(issuer, {
    jwks: { keys: kids.map(key) },
    cookies: { keys: [cookieKey] },
    clients: [
      { client_id: 'service', client_secret: secret, ...service },
      ...ALGORITHMS.map((alg) => ({
        client_id: `web-${alg}`,
        client_secret: secret,
        id_token_signed_response_alg: alg,
        redirect_uris: [`${issuer}/callback`],
        ...login
      }))
    ],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => ({
          scope: 'read',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: new URL(resource).pathname.slice(1) } }
        })
      }
    },
    ttl: { IdToken: 600, Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, ClientCredentials: 600 },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    // The user agrees to everything.
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    }
  })
  // What a cache before the provider adds.
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.path === '/jwks') {
      if (empty) ctx.body = { keys: [] }
      ctx.etag = createHash('sha256').update(JSON.stringify(ctx.body)).digest('hex')
      ctx.set('cache-control', `public, max-age=${maxAge}`)
      if (ctx.fresh) ctx.status = 304
    }
  })
  return provider
}

/** An ID token, by the authorization code flow in a browser of a few lines. */
async function idToken(issuer, alg) {
  const verifier = randomBytes(32).toString('base64url')
  const cookies = new Map()
  let location = `${issuer}/auth?` + new URLSearchParams({
    client_id: `web-${alg}`,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: `${issuer}/callback`,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256'
  })
  while (!location.startsWith(`${issuer}/callback`)) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(location, { redirect: 'manual', headers: { cookie } })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
      cookies.set(name, value)
    }
    if (!response.headers.has('location')) throw new Error(`${location}: ${await response.text()}`)
    location = new URL(response.headers.get('location'), issuer).href
  }
  const code = new URL(location).searchParams.get('code')
  if (!code) throw new Error(location)
  const redirect = { code, redirect_uri: `${issuer}/callback`, code_verifier: verifier }
  return (await token(issuer, `web-${alg}`, { grant_type: 'authorization_code', ...redirect })).id_token
}

async function token(issuer, client, body) {
  const authorization = 'Basic ' + Buffer.from(`${client}:${secret}`).toString('base64')
  const request = { method: 'POST', headers: { authorization }, body: new URLSearchParams(body) }
  const response = await fetch(`${issuer}/token`, request)
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

async function tokens(issuer) {
  const issued = []
  for (const alg of ALGORITHMS) {
    const resource = RESOURCE + alg
    const grant = { grant_type: 'client_credentials', scope: 'read', resource }
    const access = (await token(issuer, 'service', grant)).access_token
    issued.push({ kind: 'access token', alg, audience: resource, typ: 'at+jwt', token: access })
    issued.push({ kind: 'ID token', alg, audience: `web-${alg}`, token: await idToken(issuer, alg) })
  }
  return issued
}

const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  let current = provider(issuer, ALGORITHMS.map((alg) => `${alg}-1`))
  let serve = current.callback()
  server.on('request', async (request, response) => {
    const url = new URL(request.url, issuer)
    const answer = (value) => response.writeHead(200, { connection: 'close' }).end(JSON.stringify(value))
    try {
      if (url.pathname === '/control/keys' || url.pathname === '/control/renew') {
        const kids = url.searchParams.get('kids').split(',')
        if (url.pathname === '/control/renew') kids.forEach((kid) => made.delete(kid))
        current = provider(issuer, kids)
        serve = current.callback()
        answer(kids)
      } else if (url.pathname === '/control/max-age') {
        maxAge = Number(url.searchParams.get('seconds'))
        answer(maxAge)
      } else if (url.pathname === '/control/empty') {
        empty = url.searchParams.get('on') === '1'
        answer(empty)
      } else if (url.pathname === '/control/tokens') {
        answer(await tokens(issuer))
      } else if (url.pathname === '/control/stop') {
        response.on('finish', () => process.exit())
        answer(true)
      } else if (url.pathname.startsWith('/interaction/')) {
        await current.interactionFinished(request, response, { login: { accountId: 'user-1' } })
      } else {
        serve(request, response)
      }
    } catch (error) {
      response.writeHead(500).end(String(error?.stack ?? error))
    }
  })
  console.log(issuer)
})
