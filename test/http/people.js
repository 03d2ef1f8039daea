// People and trust over HTTP: invitations, sign-in in one step and two, sessions, roles, tokens, forms that
// no other site can send, limits on guessing, and a log without secrets.
import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'

import { Node, banyan, must, tally } from '../house/node.js'

const node = new Node()
const secrets = new Set() // whatever of these stands in the log is a leak
const secret = text => (secrets.add(text), text)

// ---- a browser of a kind ----

class Browser {
  constructor(name = 'session') { this.jar = new Map(); this.session_name = name }

  ask(method, where, { form, json, headers = {} } = {}) {
    const body = form ? new URLSearchParams(form).toString() : json ? JSON.stringify(json) : undefined
    const cookie = [...this.jar].map(([k, v]) => `${k}=${v}`).join('; ')
    const all = { 'accept-language': 'en', ...(cookie ? { cookie } : {}), ...(body !== undefined ? { 'content-length': Buffer.byteLength(body),
      'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' } : {}), ...headers }
    return new Promise((resolve, reject) => {
      const asked = http.request({ host: node.host, port: node.port, method, path: where, headers: all }, answer => {
        const parts = []
        answer.on('data', part => parts.push(part))
        answer.on('end', () => {
          for (const line of answer.headers['set-cookie'] ?? []) this.keep(line)
          resolve({ status: answer.statusCode, headers: answer.headers, text: Buffer.concat(parts).toString() })
        })
      })
      asked.on('error', reject)
      asked.end(body)
    })
  }

  keep(line) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
    this.cookie_line = name === this.session_name ? line : this.cookie_line
    if (name === this.session_name && value) secret(value)
    if (value) this.jar.set(name, value)
    else this.jar.delete(name)
  }

  get(where, headers) { return this.ask('GET', where, { headers }) }

  // As the page's own form does it: with the page's csrf.
  async post(where, form, page = '/account') {
    const csrf = /name="csrf" value="([^"]+)"/.exec((await this.get(page)).text)?.[1]
    if (csrf) secret(csrf)
    return this.ask('POST', where, { form: { ...form, ...(csrf ? { csrf } : {}) } })
  }

  sign_in(email, password, more = {}) { return this.ask('POST', '/sign-in', { form: { email, password: secret(password), ...more } }) }
}

async function signed_in(email, password) {
  const browser = new Browser()
  const answer = await browser.sign_in(email, password)
  tally.check(answer.status === 303 && browser.jar.has('session'), `${email} signs in`, `${answer.status} ${answer.text}`)
  return browser
}

const says = (answer, status, words, sentence) =>
  tally.check(answer.status === status && answer.text.includes(words), sentence, `is ${answer.status}, not ${status}; wanted "${words}"`, /<main[\s\S]*<\/main>/.exec(answer.text)?.[0] ?? answer.text)
const is = (actual, wanted, sentence, more = '') => tally.check(actual === wanted, sentence, `is  ${actual}`, `not ${wanted}`, more)

// RFC 6238, as an authenticator app computes it.
function code_of(base32, at_ms = Date.now()) {
  const bits = [...base32].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at_ms / 30000)))
  const mac = createHmac('sha1', key).update(counter).digest(), at = mac[19] & 15
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}

const password = 'many trunks, one canopy'

// ---- the tests ----

async function commands() {
  const f = node.folder
  is(banyan(['user', 'add', f, 'not-an-address']).code, 4, 'an address that is none is refused')
  is(banyan(['user', 'add', f, 'x@people.test', '--role', 'house:king']).code, 2, 'a role that is none is refused')
  is(banyan(['user', 'show', f, 'x@people.test']).code, 3, 'and nobody was added by it')
  is(banyan(['user', 'add', f, 'x@people.test', '--password-stdin'], 'short\n').code, 4, 'a weak password is refused')
  is(banyan(['user', 'add', f, 'op@people.test']).code, 0, 'a person is added without a password')
  is(banyan(['user', 'add', f, 'OP@people.test']).code, 4, 'one address has one account')
  is(banyan(['user', 'password', f, 'op@people.test', '--password-stdin'], secret(password) + '\n').code, 0, 'the password comes from standard input')
  is(banyan(['user', 'password', f, 'op@people.test']).code, 2, 'without a terminal the password is not asked for')
  must(['user', 'role', f, 'op@people.test', 'house', 'reader'])
  const shown = must(['user', 'show', f, 'op@people.test'])
  tally.check(/roles +house:reader/.test(shown) && /account +open/.test(shown), 'an account is shown', shown)
  must(['user', 'role', f, 'op@people.test', 'house', 'none'])
  const token = secret(must(['token', 'make', f, 'op@people.test', '--name', 'nightly', '--days', '2']).trim())
  tally.check(/^banyan_[A-Za-z0-9_-]{43}$/.test(token), 'a token is printed', token)
  const id = must(['token', 'list', f, 'op@people.test']).split('\t')[0]
  is(banyan(['token', 'end', f, 'op@people.test', 'made-up']).code, 3, 'a token that is none cannot end')
  is(banyan(['token', 'end', f, 'op@people.test', id]).code, 0, 'a token is ended')
  is(must(['token', 'list', f, 'op@people.test']), '', 'and listed no more')
  must(['user', 'disable', f, 'op@people.test'])
  tally.check(/disabled/.test(must(['user', 'list', f])), 'a closed account is listed as closed')
  must(['user', 'enable', f, 'op@people.test'])
  const invited = must(['user', 'invite', f, 'op@people.test']).trim()
  tally.check(/^\/invitation\/[A-Za-z0-9_-]{43}$/.test(invited), 'a new invitation is an address of the node', invited)
  secret(invited.split('/')[2])
  for (const role of ['reader', 'editor', 'publisher', 'administrator'])
    must(['user', 'add', f, `${role}@people.test`, '--role', `house:${role}`, '--password-stdin'], password + '\n')
  must(['user', 'add', f, 'guessed@people.test', '--password-stdin'], password + '\n')
  must(['user', 'add', f, 'boss@people.test', '--runs-node', '--password-stdin'], password + '\n')
}

async function sessions() {
  const browser = new Browser()
  is((await browser.get('/account')).headers.location, '/sign-in?to=%2Faccount', 'a page for people leads to signing in first')
  is((await browser.get('/account.json')).status, 401, 'its data is refused')
  says(await browser.get('/sign-in?to=/account'), 200, 'Forgotten your password?', 'the sign-in page says what to do about a forgotten password')
  const wrong = await browser.sign_in('reader@people.test', 'not the password at all'), unknown = await browser.sign_in('nobody@people.test', password)
  says(wrong, 422, 'is not right', 'a wrong password is told')
  is(wrong.text.replace(/reader@/g, ''), unknown.text.replace(/nobody@/g, ''), 'an unknown address is told the same')
  const right = await browser.sign_in('reader@people.test', password, { to: '/account' })
  is(`${right.status} ${right.headers.location}`, '303 /account', 'signing in leads on')
  tally.check(/^session=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax$/.test(browser.cookie_line), 'the session is a cookie no script reads', browser.cookie_line)
  is(right.headers['cache-control'], 'no-store', 'and is not kept on the way')
  says(await browser.get('/account'), 200, 'reader@people.test', 'the account shows')
  for (const to of ['https://elsewhere.test/', '//elsewhere.test/', '/\\elsewhere.test', 'javascript:alert(1)', '/sign-in']) {
    const there = await new Browser().sign_in('reader@people.test', password, { to })
    is(there.headers.location, '/', `signing in never leads to ${to}`)
  }
  const old = browser.jar.get('session')
  const out = await browser.post('/sign-out', {})
  is(`${out.status} ${browser.jar.has('session')}`, '303 false', 'signing out takes the cookie away')
  const late = new Browser()
  late.jar.set('session', old)
  says(await late.get('/'), 200, 'Your session has ended', 'a session that is over is nobody, and told so')
  is(late.jar.has('session'), false, 'once')
  tally.check(!(await new Browser().get('/')).text.includes('Your session has ended'), 'and nobody else is told')
  const token = secret(must(['token', 'make', node.folder, 'reader@people.test']).trim())
  late.jar.set('session', token)
  is((await late.get('/account.json')).status, 401, 'a token is no cookie')
  is((await new Browser().get('/account.json', { authorization: `Bearer ${old}` })).status, 401, 'a session is no token')
  for (const header of ['Bearer banyan_made-up', 'Bearer', 'Basic eDp5', `Bearer ${token}x`]) {
    const answer = await new Browser().get('/activity.json', { authorization: header })
    is(`${answer.status} ${answer.headers['content-type']} ${answer.headers['www-authenticate']}`, '401 application/problem+json Bearer', `"${header.slice(0, 12)}" is refused, not ignored`)
  }
}

async function forms_from_elsewhere() {
  const browser = await signed_in('publisher@people.test', password)
  const csrf = /name="csrf" value="([^"]+)"/.exec((await browser.get('/account')).text)[1]
  const other = await signed_in('reader@people.test', password)
  const foreign = /name="csrf" value="([^"]+)"/.exec((await other.get('/account')).text)[1]
  const rename = (form, headers) => browser.ask('POST', '/account', { form: { name: 'Changed', lang: 'en', ...form }, headers })
  is((await rename({})).status, 403, 'a form without its token is refused')
  is((await rename({ csrf: foreign })).status, 403, 'with the token of another session too')
  is((await rename({ csrf }, { origin: 'https://elsewhere.test' })).status, 403, 'from another origin too')
  is((await rename({ csrf }, { origin: 'null' })).status, 403, 'from no origin at all too')
  is((await rename({ csrf }, { 'sec-fetch-site': 'cross-site' })).status, 403, 'what the browser calls cross-site too')
  is((await rename({ csrf }, { 'sec-fetch-site': 'same-site' })).status, 403, 'from a neighbour too')
  is((await rename({ csrf }, { origin: `http://${node.host}:${node.port}`, 'sec-fetch-site': 'same-origin' })).status, 303, 'the page itself may')
  const in_headers = { origin: 'https://elsewhere.test', 'sec-fetch-site': 'cross-site' }
  is((await new Browser().ask('POST', '/sign-in', { form: { email: 'reader@people.test', password }, headers: in_headers })).status, 403, 'nobody is signed in by another site')
  // Every form of the product carries the token: those of routes.def that want a session refuse without.
  const record = JSON.parse((await browser.ask('POST', '/activity.json', { json: { doc: { name: { en: 'A' }, type: 'project' } }, headers: { 'x-csrf-token': csrf } })).text)
  for (const where of ['/sign-out', '/account', '/account/password', '/account/one-time-password', '/account/tokens', `/account/tokens/${record.id}/end`,
    '/people', `/people/${record.id}/role`, `/people/${record.id}/invitation`, `/people/${record.id}/account`, '/activity/new', '/activity.json',
    `/activity/${record.id}/edit`, `/activity/${record.id}/state`, `/activity/${record.id}/withdraw`, `/activity/${record.id}/restore`]) {
    const answer = await browser.ask('POST', where, { form: { version: '1', state: 'review' } })
    is(answer.status, 403, `POST ${where} without the form's token is refused`)
  }
  for (const method of ['PATCH', 'PUT', 'DELETE']) {
    const answer = await browser.ask(method, `/activity/${record.id}.json`, { json: {}, headers: { 'if-match': '"v1"' } })
    is(answer.status, 403, `${method} with a session and no token is refused`)
  }
}

async function invitations() {
  const admin = await signed_in('administrator@people.test', password)
  const sent = await admin.post('/people', { name: 'Newcomer', email: 'new@people.test', organisation: 'house', role: 'editor' })
  const address = /\/invitation\/([\w-]{43})/.exec(sent.text)
  says(sent, 200, 'Invitation', 'an administrator invites into the organisation')
  secret(address[1])
  const guest = new Browser()
  says(await guest.get(address[0]), 200, 'new@people.test', 'the invitation greets who it is for')
  says(await guest.ask('POST', address[0], { form: { new: secret('short'), again: 'short' } }), 422, 'too easy to guess', 'a weak password is told')
  says(await guest.ask('POST', address[0], { form: { new: password, again: password + '!' } }), 422, 'differ', 'two that differ are told')
  is((await guest.ask('POST', address[0], { form: { new: password, again: password }, headers: { origin: 'https://elsewhere.test' } })).status, 403, 'another site cannot set it')
  is((await guest.ask('POST', address[0], { form: { new: password, again: password } })).headers.location, '/sign-in?done=accepted', 'a good one is set')
  says(await guest.get(address[0]), 404, 'was used before', 'the invitation is used up')
  await signed_in('new@people.test', password)
  const json = JSON.parse((await admin.get('/people.json')).text)
  const newcomer = json.items.find(p => p.email === 'new@people.test')
  is(newcomer?.roles.map(r => `${r.organisation}:${r.role}`).join(), 'house:editor', 'the role is there')
  tally.check(json.items.every(p => p.email !== 'guessed@people.test'), 'an administrator sees only people of the organisation')
  says(await admin.post('/people', { name: 'X', email: 'no address', organisation: 'house', role: 'reader' }), 422, 'check the name', 'an address that is none is told')
  is((await admin.post('/people', { name: 'X', email: 'x2@people.test', organisation: 'elsewhere', role: 'reader' })).status, 403, 'nobody invites into another organisation')
  const known = await admin.post('/people', { name: 'G', email: 'guessed@people.test', organisation: 'house', role: 'reader' })
  is(known.status, 303, 'somebody with an account gets the role at once')
  return newcomer
}

async function roles(newcomer) {
  const admin = await signed_in('administrator@people.test', password), boss = await signed_in('boss@people.test', password)
  const publisher = await signed_in('publisher@people.test', password)
  is((await publisher.get('/people')).status, 403, 'a publisher manages nobody')
  is((await publisher.get(`/people/${newcomer.id}`)).status, 404, 'and sees no account')
  is((await publisher.post(`/people/${newcomer.id}/role`, { organisation: 'house', role: 'administrator' })).status, 404, 'nor changes one')
  is((await admin.post(`/people/${newcomer.id}/role`, { organisation: 'house', role: 'publisher' })).status, 303, 'an administrator changes a role')
  says(await admin.get(`/people/${newcomer.id}`), 200, 'Publisher', 'and sees it changed')
  const self = JSON.parse((await admin.get('/account.json')).text)
  is((await admin.post(`/people/${self.id}/role`, { organisation: 'house', role: 'reader' })).status, 403, 'nobody gives up the last key by a slip')
  is((await admin.post(`/people/${newcomer.id}/account`, { do: 'close' })).status, 403, 'only who runs the node closes accounts')
  // An invitation sets a new password: of somebody who may do more elsewhere it would be a way in.
  must(['user', 'role', node.folder, 'guessed@people.test', 'other', 'editor'])
  const guessed = JSON.parse((await boss.get('/people.json')).text).items.find(p => p.email === 'guessed@people.test')
  is((await admin.post(`/people/${guessed.id}/invitation`, {})).status, 403, 'nor resets who belongs elsewhere too')
  is((await admin.post(`/people/${newcomer.id}/invitation`, {})).status, 200, 'but who belongs only here')
  const me = JSON.parse((await boss.get('/account.json')).text)
  is((await admin.get(`/people/${me.id}`)).status, 404, 'who runs the node is nobody\'s to manage')
  is((await boss.post(`/people/${me.id}/account`, { do: 'close' })).status, 403, 'nor closes the own account')
  const victim = await signed_in('new@people.test', password)
  is((await boss.post(`/people/${newcomer.id}/account`, { do: 'close' })).status, 303, 'who runs the node closes an account')
  is((await victim.get('/account.json')).status, 401, 'its sessions end at once')
  says(await new Browser().sign_in('new@people.test', password), 422, 'is not right', 'and it opens no more')
  is((await boss.post(`/people/${newcomer.id}/account`, { do: 'open' })).status, 303, 'and opens it again')
  await signed_in('new@people.test', password)
  const token = secret(must(['token', 'make', node.folder, 'administrator@people.test', '--write']).trim()), by_token = { headers: { authorization: `Bearer ${token}` } }
  is((await new Browser().ask('POST', `/people/${newcomer.id}/role`, { form: { organisation: 'house', role: 'administrator' }, ...by_token })).status, 403, 'a token gives no roles')
  is((await new Browser().ask('POST', '/account/tokens', { form: { name: 'x', scope: 'write', days: '5' }, ...by_token })).status, 403, 'and makes no tokens')
}

async function publishing() {
  const ask = async (role, method, where, json, more = {}) => {
    const token = secret(must(['token', 'make', node.folder, `${role}@people.test`, ...(more.read ? [] : ['--write'])]).trim())
    return new Browser().ask(method, where, { json, headers: { authorization: `Bearer ${token}`, ...(more.match ? { 'if-match': more.match } : {}) } })
  }
  const doc = name => ({ doc: { name: { en: name }, type: 'project' } })
  is((await ask('reader', 'POST', '/activity.json', { ...doc('By a reader'), owner: 'house' })).status, 403, 'a reader writes nothing')
  is((await ask('publisher', 'POST', '/activity.json', doc('By a read token'), { read: true })).status, 403, 'a read token writes nothing')
  is((await ask('editor', 'POST', '/activity.json', { ...doc('By an editor'), state: 'published' })).status, 403, 'an editor does not publish')
  const made = await ask('editor', 'POST', '/activity.json', doc('By an editor'))
  is(made.status, 201, 'an editor writes', made.text)
  const { id } = JSON.parse(made.text), state = `/activity/${id}/state.json`
  const sent = await ask('editor', 'POST', state, { state: 'review', version: 1 })
  is(`${sent.status} ${JSON.parse(sent.text).state}`, '200 review', 'an editor submits', sent.text)
  is((await ask('editor', 'POST', state, { state: 'published', version: 2 })).status, 403, 'an editor does not publish what was submitted')
  is((await new Browser().get(`/activity/${id}.json`)).status, 404, 'nobody else sees it until then')
  const published = await ask('publisher', 'POST', state, { state: 'published', version: 2 })
  is(`${published.status} ${JSON.parse(published.text).state}`, '200 published', 'a publisher publishes', published.text)
  is((await new Browser().get(`/activity/${id}.json`)).status, 200, 'then everybody sees it')
  is((await ask('editor', 'DELETE', `/activity/${id}.json?reason=x`, undefined, { match: '"v3"' })).status, 403, 'an editor does not withdraw')
  is((await ask('editor', 'POST', '/activity.json', { ...doc('For others'), owner: 'other' })).status, 403, 'nobody writes for another organisation')
}

async function accounts() {
  const browser = await signed_in('editor@people.test', password), second = await signed_in('editor@people.test', password)
  is((await browser.post('/account', { name: 'เอดิเตอร์', lang: 'th' })).headers.location, '/account?done=name', 'name and language are saved')
  is(browser.jar.get('lang'), 'th', 'and the pages are in it')
  browser.jar.set('lang', 'en')
  says(await browser.post('/account', { name: '', lang: 'th' }), 422, 'A name is one line', 'an empty name is told')
  const better = secret('a still better password')
  says(await browser.post('/account/password', { password: secret('a wrong password'), new: better, again: better }), 422, 'That is not your password', 'the old password is asked for')
  is((await browser.post('/account/password', { password, new: better, again: better })).status, 303, 'the password is changed')
  is((await browser.get('/account.json')).status, 200, 'this browser stays signed in')
  is((await second.get('/account.json')).status, 401, 'all others do not')

  const begun = await browser.post('/account/one-time-password', { do: 'begin', password: better })
  says(begun, 200, '<svg class="qr"', 'one-time passwords begin with a code to scan')
  const otp = secret(/secret=([A-Z2-7]+)/.exec(begun.text)[1])
  says(await browser.post('/account/one-time-password', { do: 'confirm', code: '000' }), 422, otp, 'a wrong code shows the same secret again')
  is((await browser.post('/account/one-time-password', { do: 'confirm', code: code_of(otp, Date.now() - 30000) })).status, 303, 'the first code switches them on')
  const two = new Browser(), first = await two.sign_in('editor@people.test', better)
  says(first, 200, 'six digits', 'then signing in asks for a code')
  is(two.jar.has('session'), false, 'and the password alone opens nothing')
  const ticket = secret(/name="ticket" value="([^"]+)"/.exec(first.text)[1])
  says(await two.ask('POST', '/sign-in', { form: { ticket, code: '123' } }), 422, 'That code is not right', 'a wrong code is told')
  const code = code_of(otp, Date.now() + 30000)
  is((await two.ask('POST', '/sign-in', { form: { ticket, code, to: '/account' } })).headers.location, '/account', 'the right one opens')
  says(await new Browser().ask('POST', '/sign-in', { form: { ticket, code } }), 422, 'took too long', 'once')
  says(await browser.post('/account/one-time-password', { do: 'off', password }), 422, 'That is not your password', 'switching them off asks for the password')
  is((await browser.post('/account/one-time-password', { do: 'off', password: better })).status, 303, 'and then they are off')

  const made = await browser.post('/account/tokens', { name: 'nightly import', scope: 'read', days: '7' })
  const token = secret(/banyan_[\w-]{43}/.exec(made.text)?.[0] ?? 'none')
  says(made, 200, 'shown only this once', 'a token is shown once')
  tally.check(!(await browser.get('/account')).text.includes(token), 'and never again')
  is((await new Browser().get('/account.json', { authorization: `Bearer ${token}` })).status, 200, 'it speaks for its maker')
  says(await browser.post('/account/tokens', { name: 'x', scope: 'read', days: '3660' }), 422, '1 to 366 days', 'no token lives for ever')
  const { tokens } = JSON.parse((await browser.get('/account.json')).text)
  const listed = tokens.find(t => t.name === 'nightly import')
  is(`${listed.may_write}`, 'false', 'its scope is listed')
  is((await browser.post(`/account/tokens/${listed.id}/end`, {})).status, 303, 'it is ended')
  is((await new Browser().get('/account.json', { authorization: `Bearer ${token}` })).status, 401, 'and speaks no more')
}

async function guessing() {
  const guesser = new Browser()
  for (let i = 0; i < 10; i++) says(await guesser.sign_in('guessed@people.test', `a guess, number ${i}`), 422, 'is not right', `guess ${i} is wrong`)
  const answer = await guesser.sign_in('guessed@people.test', password)
  says(answer, 429, 'too many tries', 'after ten wrong guesses even the right one waits')
  is(answer.headers['retry-after'], '900', 'and is told how long')
}

// Behind a proxy on the same machine all come from one address; the proxy says from which.
async function behind_a_proxy() {
  const from = address => ({ headers: { 'x-forwarded-for': `198.51.100.1, ${address}` } })
  const guess = (email, address) => new Browser().ask('POST', '/sign-in', { form: { email, password: 'a wild guess' }, ...from(address) })
  for (let i = 0; i < 100; i++) await guess(`guess${i}@people.test`, '203.0.113.9')
  is((await guess('another@people.test', '203.0.113.9')).status, 429, 'who guesses at many accounts waits as well')
  is((await guess('another@people.test', '203.0.113.10')).status, 422, 'others do not')
}

async function over_https() {
  const secure = new Node()
  const settings = path.join(secure.work, 'settings.json')
  writeFileSync(settings, '{"name":"secure.test","url":"https://secure.test"}')
  must(['init', secure.folder, '--settings', settings])
  must(['user', 'add', secure.folder, 'a@secure.test', '--password-stdin'], password + '\n')
  await secure.serve()
  const browser = new Browser('__Host-session'), host = node.host, port = node.port
  node.host = secure.host, node.port = secure.port
  await browser.ask('POST', '/sign-in', { form: { email: 'a@secure.test', password }, headers: { origin: 'https://secure.test' } })
  tally.check(/^__Host-session=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/.test(browser.cookie_line ?? ''), 'over https the cookie is bound to the host', browser.cookie_line)
  is((await browser.get('/account.json')).status, 200, 'and opens the account')
  node.host = host, node.port = port
  await secure.end()
  secure.remove()
}

try {
  node.make()
  must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'],
    JSON.stringify({ kind: 'organisation', slug: 'other', doc: { name: { en: 'Other' }, type: 'agency' } }) + '\n')
  secret(node.token)
  await commands()
  await node.serve({ quiet: false })
  await sessions()
  await forms_from_elsewhere()
  const newcomer = await invitations()
  await roles(newcomer)
  await publishing()
  await accounts()
  await over_https()
  await behind_a_proxy()
  await guessing()
  await node.end()
  tally.check(/path=\/sign-in status=303/.test(node.err), 'the log tells of requests', node.err.slice(0, 300))
  for (const one of secrets) tally.check(!node.err.includes(one), `no secret is in the log: ${one}`, node.err.split('\n').find(l => l.includes(one)))
  console.log(`${secrets.size} secrets, ${node.err.split('\n').length} lines of log`)
} finally {
  if (node.child?.exitCode === null) await node.end()
  node.remove()
}
tally.close()
