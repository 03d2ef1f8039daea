// The SQL console: what it answers, and that hostile SQL of every sort gets nothing else: no file, no network, no
// setting, no other dataset, no path, no time and no memory beyond its bound, while pages go on being answered.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { Node, must, tally } from '../house/node.js'

const node = new Node()
const seconds = 3
const same = (...words) => tally.same(...words)

let stranger
const encoded = (sql, more = '') => `?sql=${encodeURIComponent(sql)}${more}`
async function ask(sql, more = '', headers = {}) {
  const answer = await node.ask('GET', '/console.json' + encoded(sql, more), undefined, headers)
  return { ...answer, value: JSON.parse(answer.text) }
}

async function answers() {
  const all = await ask('SELECT country, count(*) AS n, sum(value) AS total FROM air GROUP BY country ORDER BY country')
  same([all.status, all.value.columns?.map(c => c.name), all.value.rows, all.value.stopped],
    [200, ['country', 'n', 'total'], [['KH', 1000, 1500500], ['TH', 1000, 1498500], ['VN', 1000, 1499500]], false], 'rows are gathered')
  same(all.value.reads, [{ name: 'air', dataset: 'air', version: 1, url: '/dataset/air' }], 'what was read is told with its version')
  same((await ask('WITH a AS (SELECT value FROM air WHERE value < 3) SELECT x.value FROM a x JOIN "two-parts" t ON t.value = x.value ORDER BY 1')).value.rows,
    [[0], [0], [1], [1], [2], [2]], 'a part of a question, a join, and a dataset of two parts with a hyphen in its name')
  same((await ask('SELECT count(*) FROM two_parts')).value.rows, [[6000]], 'a hyphen may be written as an underscore')
  same((await ask('SELECT count(*) FROM two_parts', '&version.two-parts=1')).value.rows, [[3000]], 'a version is asked as it was')
  same((await ask("SELECT 1 AS a, 2.5 AS a, NULL, true, 'x', DATE '2020-01-02', [1,2], chr(0) || 'y' FROM range(1)")).value.rows,
    [[1, 2.5, null, true, 'x', '2020-01-02', '[1, 2]', '']], 'values of many types')
  same((await ask('SELECT date FROM air ORDER BY date LIMIT 1')).value.rows, [['2018-01-01']], 'dates are dates')
  for (const [n, stopped] of [[7, true], [3000, false], [2999, true]]) {
    const cut = await ask('SELECT * FROM air', `&limit=${n}`)
    same([cut.value.rows.length, cut.value.stopped], [n, stopped], `of 3000 rows ${n} are asked`)
  }
  const wide = await ask("SELECT repeat('x', 60000) FROM range(1000)")
  tally.check(wide.value.stopped && wide.text.length < 6e6, 'an answer has a bound in bytes', wide.value.stopped, wide.text.length)
  const csv = await node.ask('GET', '/console.csv' + encoded('SELECT note, value FROM air WHERE value IN (4, 5) ORDER BY value'))
  same([csv.text, csv.headers['content-type']], ['note,value\r\n"=1+1, ""quoted""",4\r\nrow 5,5\r\n', 'text/csv; charset=utf-8; header=present'], 'the CSV has the rows')
  same((await node.ask('GET', '/console.csv' + encoded('SELECT 1 FROM air', '&limit=5'))).headers['banyan-stopped-after'], '5', 'a CSV that stopped says so')
  const page = await node.ask('GET', '/console' + encoded('SELECT value FROM "two-parts" ORDER BY 1', '&lang=en'))
  for (const part of ['Stopped after 200 rows', '<td class="number" dir="ltr">0</td>', 'version.two-parts=2', '/console.csv?sql='])
    tally.check(page.text.includes(part), `the page has ${part}`, page.text.slice(page.text.indexOf('<main')))
  const first = await node.ask('GET', '/console?lang=en')
  tally.check(first.status === 200 && first.text.includes('<summary dir="ltr">two-parts</summary>') && first.text.includes('VARCHAR'), 'the tables stand beside', first.text.slice(first.text.indexOf('<main')))
}

// A question that is kept asks the versions that it read, whoever changes the dataset later.
async function kept() {
  const page = await node.ask('GET', '/console' + encoded('SELECT count(*) AS n FROM two_parts', '&version.two-parts=1&lang=en'))
  tally.check(page.text.includes('name="version.two-parts" value="1"'), 'the page offers to keep it with its versions', page.text.slice(page.text.indexOf('<main')))
  const form = new URLSearchParams({ name: 'How many', sql: 'SELECT count(*) AS n FROM two_parts', 'version.two-parts': '1' }).toString()
  const made = await fetch(`http://${node.host}:${node.port}/console`, { method: 'POST', redirect: 'manual', body: form,
    headers: { Authorization: `Bearer ${node.token}`, 'Content-Type': 'application/x-www-form-urlencoded' } })
  same([made.status, made.headers.get('location')], [303, '/query/how-many'], 'a draft is made')
  const rows = await node.ask('GET', '/query/how-many/rows.json')
  same([JSON.parse(rows.text).rows, JSON.parse(rows.text).reads?.map(r => [r.dataset, r.version])], [[[3000]], [['two-parts', 1]]], 'it asks the version that it names')
  same((await node.ask('GET', '/query/how-many/rows.csv')).text, 'n\r\n3000\r\n', 'as CSV too')
  const record = await node.ask('GET', '/query/how-many?lang=en')
  for (const part of ['/query/how-many/rows.csv', 'class="cite"', 'SELECT count(*) AS n FROM two_parts']) tally.check(record.text.includes(part), `its page has ${part}`, record.text.slice(record.text.indexOf('<main')))
  same((await node.ask('GET', '/query/how-many/rows.json', undefined, { Authorization: '' })).status, 404, 'a draft is not for others')
  const published = await node.ask('POST', '/query.json', { owner: 'house', state: 'published', slug: 'open', doc: { name: { en: 'Open' }, sql: 'SELECT count(*) FROM secret' } })
  same(published.status, 201, 'a question is a record like any other')
  const other = await node.ask('GET', '/query/open/rows.json', undefined, { Authorization: '' })
  same([other.status, JSON.parse(other.text).cause], [400, 'there is no dataset "secret" that you may see'], 'who may see the question asks it with rights of their own')
  same((await node.ask('GET', '/query/open/rows?lang=en')).status, 200, 'its rows have a page')
}

async function wrong() {
  for (const [sql, said] of [['SELECT contry FROM air', /line 1, column 8: .*contry/], ['SELECT 1,\n  valu + 1\nFROM air', /line 2, column 3: .*valu.*"value"/],
    ['SELECT * FORM air', /line 1, column \d+: /], ['SELECT * FROM nowhere', /no dataset "nowhere"/], ['SELECT CAST(note AS INTEGER) FROM air', /row 0|convert/i]]) {
    const answer = await ask(sql)
    tally.check(answer.status === 400 && said.test(answer.value.cause), `${sql} says what is wrong`, answer.status, answer.value.cause)
  }
  const page = await node.ask('GET', '/console' + encoded('SELECT contry FROM air', '&lang=en'))
  tally.check(page.status === 400 && page.text.includes('line 1, column 8') && page.text.includes('>SELECT contry FROM air</textarea>'), 'the page says it over the question', page.status, page.text.slice(page.text.indexOf('<main')))
}

const hostile = {
  'a file': ["SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_blob('NODE/key')",
    "SELECT * FROM glob('/*')", "SELECT * FROM 'NODE/people.db'", "SELECT * FROM read_parquet('/part/0')", "SELECT * FROM '/part/0'", "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM parquet_metadata('/part/0')", "SELECT * FROM parquet_schema('/part/0')", "SELECT * FROM read_json('/proc/self/environ')", "SELECT * FROM read_ndjson_objects('/etc/hosts')"],
  'the network': ["SELECT * FROM 'http://127.0.0.1:1/x.parquet'", "SELECT * FROM read_csv('https://example.org/x')", "SELECT * FROM 's3://bucket/x.parquet'"],
  'what changes something': ["COPY air TO '/tmp/x.csv'", "COPY (SELECT 1) TO '/tmp/x'", "ATTACH '/tmp/x.db'", 'CREATE TABLE x(a int)', 'DROP VIEW air', 'INSERT INTO air VALUES (1)', "EXPORT DATABASE '/tmp/x'",
    'DELETE FROM air', 'CHECKPOINT', 'SELECT 1; DROP VIEW air', 'SELECT 1; SELECT 2', 'BEGIN', "CREATE SECRET s (TYPE s3)", "PREPARE p AS SELECT 1", "EXECUTE p", 'CALL pragma_version()', 'VACUUM', 'USE memory'],
  'a setting': ['SET memory_limit=\'100GB\'', 'PRAGMA database_list', 'RESET ALL', "SELECT current_setting('memory_limit')", "SELECT CURRENT_SETTING('allowed_directories')", 'SELECT * FROM duckdb_settings()',
    'SHOW ALL TABLES', "SELECT getenv('PATH')", 'SET enable_external_access=true', "SELECT getvariable('x')", 'SELECT * FROM pragma_user_agent()'],
  'an extension': ['INSTALL httpfs', 'LOAD httpfs', "LOAD '/tmp/x.duckdb_extension'", 'SELECT * FROM duckdb_extensions()'],
  'the catalogue': ['SELECT * FROM information_schema.tables', 'SELECT * FROM duckdb_views()', 'SELECT * FROM duckdb_views', 'SELECT * FROM sqlite_master', 'SELECT * FROM pg_catalog.pg_views', 'SELECT * FROM pg_views', 'SELECT * FROM duckdb_databases()',
    'SELECT * FROM memory.main.air', 'SELECT * FROM (SHOW TABLES)', 'SELECT * FROM (DESCRIBE air)', 'SELECT * FROM pragma_table_info(\'air\')', 'SELECT * FROM duckdb_temporary_files()', 'SELECT * FROM duckdb_logs()',
    'WITH duckdb_views AS (SELECT 1) SELECT * FROM duckdb_views', "SELECT * FROM (WITH \"/part/0.parquet\" AS (SELECT 1) SELECT 1), \"/part/0.parquet\"", 'SELECT * FROM air WHERE EXISTS (SELECT * FROM sqlite_master)',
    'SELECT (SELECT max(sql) FROM duckdb_views())', 'PIVOT duckdb_views ON sql', 'SELECT * FROM range(1) AS t(x), LATERAL (SELECT * FROM duckdb_tables()) u'],
  'a way round': ["SELECT * FROM query('SELECT * FROM duckdb_settings()')", "SELECT * FROM query_table('air')", "SELECT * FROM json_execute_serialized_sql('{}')", 'SELECT $1', 'SELECT ?', 'SELECT query(\'SELECT 1\')',
    "FROM read_text('/etc/passwd')", "SELECT * FROM main.read_text('/etc/passwd')", "SELECT * FROM range(1), (SELECT * FROM read_text('/etc/passwd'))", 'EXPLAIN SELECT 1', 'EXPLAIN ANALYZE SELECT * FROM air', 'SUMMARIZE air', "SELECT (SELECT content FROM read_text('/etc/passwd'))"],
}
const leaks = () => new RegExp(['root:', node.folder, '/part/', 'house.test', 'PATH=', 'Serving'].join('|'))

async function refused() {
  for (const [sort, list] of Object.entries(hostile)) {
    for (const given of list) {
      const sql = given.replaceAll('NODE', node.folder)
      const answer = await ask(sql)
      tally.check(answer.status === 400 && !answer.value.rows, `${sort}: ${sql} is refused`, answer.status, answer.text)
      tally.check(!leaks().test((answer.value.cause ?? '').replaceAll(sql, '').replaceAll(/"[^"]*"|'[^']*'|`[^`]*`/g, '')), `${sort}: ${sql} leaks nothing`, answer.value.cause)
    }
  }
  for (const name of ['secret', 'SECRET', 'hidden'])
    tally.check((await ask(`SELECT count(*) FROM ${name}`, '', { Authorization: `Bearer ${stranger}` })).status === 400, `a dataset of others, ${name}, is not there`)
  const own = await ask('SELECT count(*) FROM secret'), none = await ask('SELECT * FROM secret', '', { Authorization: `Bearer ${stranger}` })
  same([own.status, own.value.rows], [200, [[3000]]], 'who belongs to the owner asks it')
  same(none.value.cause, 'there is no dataset "secret" that you may see', 'what is there and may not be seen is told as what is not there')
  tally.check(!(await node.ask('GET', '/console', undefined, { Authorization: `Bearer ${stranger}` })).text.includes('secret'), 'the list of tables has only what may be seen')
  same((await node.ask('GET', '/console.json' + encoded('SELECT 1'), undefined, { Authorization: '' })).status, 401, 'who has not signed in asks nothing')
}

// What costs too much is refused, saying what to change; none of it ends the server.
const bombs = {
  'a cross join that never ends': ['SELECT count(*) FROM range(10000000) a, range(10000000) b, range(10000000) c WHERE a.range + b.range * c.range = -1', 'longer than'],
  'a recursion without an end': ['WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r', ''],
  'a recursion that doubles': ["WITH RECURSIVE r(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM r) SELECT max(length(s)) FROM r", ''],
  'a text without an end': ["SELECT length(repeat(repeat(repeat('x', 10000), 10000), 100))", ''],
  'a list without an end': ["SELECT list(repeat('x', 1000) || r) FROM range(100000000) t(r)", 'memory'],
  'a sort of everything': ["SELECT * FROM (SELECT repeat(r::VARCHAR, 20) s FROM range(100000000) t(r)) ORDER BY s DESC, hash(s) OFFSET 99999990", ''],
  'a value too long': ["SELECT repeat('x', 100000)", 'left'],
}

async function costly() {
  for (const [sort, [sql, said]] of Object.entries(bombs)) {
    const answer = await ask(sql)
    tally.check([400, 413].includes(answer.status) && answer.value.cause.includes(said), `${sort} is refused`, answer.status, answer.text)
    tally.check(answer.status !== 413 || /WHERE/.test(answer.value.cause), `${sort} says what to change`, answer.value.cause)
  }
  for (const [name, sql] of [['brackets', '('.repeat(1900) + 'SELECT 1' + ')'.repeat(1900)], ['sums', 'SELECT 1' + '+1'.repeat(2500)], ['nots', 'SELECT ' + 'NOT '.repeat(1500) + 'true'], ['bytes', 'SELECT \u0001 FROM \ud800'], ['nothing', ';;;']]) {
    const answer = await node.ask('GET', '/console.json' + (name === 'bytes' ? '?sql=SELECT%20%01%ff' : encoded(sql)))
    tally.check([200, 400, 413].includes(answer.status), `${name} are answered or refused`, answer.status, answer.text)
  }
  // While as many slow questions run as may, pages are answered, and one more is told to wait.
  const forever = bombs['a cross join that never ends'][0]
  const slow = Array.from({ length: 6 }, () => ask(forever)), other = Array.from({ length: 6 }, () => ask(forever, '', { Authorization: `Bearer ${stranger}` }))
  let pages = 0, ended = false
  const all = Promise.all([...slow, ...other]).then(x => (ended = true, x))
  while (!ended) pages += (await node.ask('GET', `/dataset.json?limit=${1 + pages % 9}`)).status === 200
  const told = (await all).map(x => x.status).sort()
  same(told, [413, 413, 413, 413, 503, 503, 503, 503, 503, 503, 503, 503], 'four slow questions run, two a person; the others are told to wait')
  tally.check(pages > 20, 'pages were answered meanwhile', pages)
  same((await ask('SELECT 1')).status, 200, 'then there is room again')
}

// A plain question that costs too much is refused with what to change, too. Memory, as no time is certain.
async function plain() {
  const settings = path.join(node.folder, 'node.json')
  writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings)), data_memory: 3 << 20 }))
  await node.serve()
  const answer = await node.ask('GET', '/dataset/air.json?group=note,value,date&aggregate=median(value),distinct(note)&order=-note')
  same(answer.status, 413, 'a question to a dataset that takes more memory than there may be is refused')
  tally.check(/filter the rows|fewer columns/.test(answer.text), 'and says what to change', answer.text)
  same((await node.ask('GET', '/dataset.json')).status, 200, 'pages are answered after it')
  same((await node.end()).code, 0, 'and the server ends as it should')
}

try {
  node.make()
  const cell = i => `${['TH', 'VN', 'KH'][i % 3]},${new Date(Date.UTC(2018, 0, 1 + i)).toISOString().slice(0, 10)},${i},${i === 4 ? '"=1+1, ""quoted"""' : `row ${i}`}`
  const csv = (from, n) => 'country,date,value,note\n' + Array.from({ length: n }, (_, i) => cell(from + i)).join('\n') + '\n'
  const file = path.join(node.work, 'air.csv'), second = path.join(node.work, 'more.csv')
  writeFileSync(file, csv(0, 3000))
  writeFileSync(second, csv(0, 3000).replace('row 9', 'row nine'))
  const into = (slug, audience = 'public') => must(['import', node.folder, file, '--into', slug, '--owner', 'house', '--state', 'published', '--audience', audience])
  into('air'), into('secret', 'own'), into('two-parts')
  must(['import', node.folder, second, '--into', 'two-parts'])
  must(['user', 'add', node.folder, 'stranger@else.test'])
  stranger = must(['token', 'make', node.folder, 'stranger@else.test']).trim()
  const settings = path.join(node.folder, 'node.json')
  writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings)), console_seconds: seconds }))
  await node.serve()
  await answers()
  await kept()
  await wrong()
  await refused()
  await costly()
  const end = await node.end()
  same(end, { code: 0, signal: null }, 'the server ends as it should')
  await plain()
} catch (error) {
  tally.check(false, 'the suite ran', error.stack, node.err)
  node.end('SIGKILL')
} finally {
  node.remove()
}
tally.close()
