// Datasets beside DuckDB alone: the same file, the same memory, the same run. What each part needs of the bench it is given.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import path from 'node:path'

const text = s => `'${s.replaceAll("'", "''")}'`

// Occurrences that are the same each time: what a row says follows from its number alone. They lie around a place in their
// country; some repeat an id, or lie far from the others.
const occurrences = (count, file) => `COPY (SELECT 'bench:' || (i - CAST(i % 50000 = 1 AS INTEGER)) AS occurrenceID,
  (['Panthera tigris', 'Buceros rhinoceros', 'Elephas maximus', 'Orcaella brevirostris', 'Manis javanica', 'Pongo pygmaeus',
    'Helarctos malayanus', 'Batagur affinis'])[1 + CAST(hash(i) % 8 AS INTEGER)] AS scientificName,
  round(CASE i % 20000 WHEN 3 THEN 60 ELSE ([15.5, 21.8, -1.5, 4.5, 12.6, 19.8, 21.5, 16.8])[k] - 1 +
    (hash(i + 1000000000) % 20000) / 10000 END, 4) AS decimalLatitude,
  round(([101.5, 105, 113.5, 102.2, 104.8, 102.6, 96, 121.2])[k] - 1 + (hash(i + 2000000000) % 20000) / 10000, 4) AS decimalLongitude,
  DATE '1990-01-01' + CAST(hash(i + 3000000000) % 12700 AS INTEGER) AS eventDate,
  (['TH', 'VN', 'ID', 'MY', 'KH', 'LA', 'MM', 'PH'])[k] AS countryCode,
  1 + hash(i + 5000000000) % 40 AS individualCount, 'HumanObservation' AS basisOfRecord
  FROM (SELECT i, 1 + CAST(hash(i + 4000000000) % 8 AS INTEGER) AS k FROM range(${count}) t(i))) TO ${text(file)} (FORMAT csv, HEADER)`

export function data_parts({ row, serve, load, seconds, spawned, banyan, median, work, rows: count, memory_bytes }) {
  const folder = path.join(work, 'data'), node = path.join(folder, 'node'), csv = path.join(folder, 'occurrences.csv')
  const parquet = path.join(folder, 'occurrences.parquet')
  const duckdb = (...sql) => execFileSync('build/bench/duckdb', [folder, String(memory_bytes), ...sql], { encoding: 'utf8' })
    .trim().split('\n').map(Number)
  const shown = n => n.toLocaleString('en')
  // A file that was just written goes to the disk in its own time; a sync of another in between would wait for it.
  const at_rest = file => execFileSync('sync', [file])

  // Seconds until the last byte, and how many there were; the bytes are kept only when asked for.
  function ask(port, where, { keep = false, agent = false, headers = {} } = {}) {
    return new Promise((resolve, reject) => {
      const began = process.hrtime.bigint()
      http.get({ host: '127.0.0.1', port, path: where, agent, headers }, answer => {
        const parts = []
        let bytes = 0
        answer.on('data', part => { bytes += part.length; if (keep) parts.push(part) })
        answer.on('error', reject)
        answer.on('end', () => {
          if (![200, 204].includes(answer.statusCode)) reject(new Error(`${where}: ${answer.statusCode}`))
          else resolve({ s: Number(process.hrtime.bigint() - began) / 1e9, bytes, text: Buffer.concat(parts).toString() })
        })
      }).on('error', reject)
    })
  }

  // The same of a long answer, by a client that takes little from the server beside it.
  function curl(port, where) {
    const [status, bytes, s] = execFileSync('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code} %{size_download} %{time_total}',
      `http://127.0.0.1:${port}${where}`], { encoding: 'utf8' }).split(' ').map(Number)
    if (status !== 200) throw new Error(`${where}: ${status}`)
    return { s, bytes }
  }

  // Seconds, and the most memory of its own that the process held, in MB (mapped files are not its own), looked at twenty times a second.
  async function imported(into, file, slug) {
    const began = process.hrtime.bigint()
    const child = spawned('build/banyan', ['import', into, file, '--into', slug, '--owner', 'house', '--audience', 'public',
      '--state', 'published'], { stdio: ['ignore', 'ignore', 'inherit'] })
    let mb = 0
    const look = setInterval(() => {
      try {
        mb = Math.max(mb, Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
      } catch { /* it has ended */ }
    }, 50)
    const code = await new Promise(resolve => child.on('exit', resolve))
    clearInterval(look)
    if (code !== 0) throw new Error(`import: exit code ${code}`)
    return { s: Number(process.hrtime.bigint() - began) / 1e9, mb }
  }

  const megabytes = (under, fits) => !existsSync(path.join(node, under)) ? 0
    : readdirSync(path.join(node, under), { recursive: true }).filter(fits).reduce((mb, file) => mb + statSync(path.join(node, under, file)).size / 1e6, 0)
  const part_mb = () => megabytes('parts', file => /[0-9a-f]{64}$/.test(file))
  async function index_made() {
    for (let i = 0; i < 1200; i++) {
      const mb = megabytes('beside', file => file.includes('.index-'))
      if (mb) return mb
      await new Promise(done => setTimeout(done, 100))
    }
    throw new Error('no index was made in two minutes')
  }

  function made(into) {
    banyan(['init', into, '--name', 'bench.test'])
    banyan(['load', into, '-', '--owner', 'house', '--state', 'published'],
      { input: JSON.stringify({ kind: 'organisation', slug: 'house', doc: { name: { en: 'House' }, type: 'agency' } }) + '\n' })
  }

  return {
    async 'data import'() {
      mkdirSync(folder)
      duckdb(occurrences(count, csv))
      at_rest(csv)
      const mb = statSync(csv).size / 1e6
      const [plain_s] = duckdb(`COPY (FROM read_csv(${text(csv)})) TO ${text(parquet)} (FORMAT parquet, COMPRESSION zstd)`)
      at_rest(parquet)
      made(node)
      const mine = await imported(node, csv, 'occurrences')
      row(`import of ${shown(count)} rows with flags (${Math.round(mb)} MB)`, mine.s, 's', { note: `${Math.round(mine.mb)} MB at most` })
      row('  DuckDB alone, COPY from the same CSV to Parquet', plain_s, 's')
      row('  speed against it', plain_s / mine.s, 'times', { least: 0.4 })
    },

    async 'data memory'() {
      // 200 MB and a file of 2 GB, where the other parts have 10 million rows; less than 200 MB is no setting to live by.
      const small = path.join(folder, 'small'), large = path.join(folder, 'large.csv')
      duckdb(occurrences(Math.round(count * 2.6), large))
      at_rest(large)
      const bytes = statSync(large).size, setting = Math.max(200e6, Math.round(bytes / 10))
      made(small)
      const settings = path.join(small, 'node.json')
      writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings, 'utf8')), data_memory: setting }))
      const got = await imported(small, large, 'occurrences')
      row(`memory while importing ${(bytes / setting).toFixed(1)} times the setting`, got.mb, 'MB',
        { most: Math.round(setting / 2 ** 20), note: `setting ${Math.round(setting / 2 ** 20)} MB; ${got.s.toFixed(1)} s` })
      rmSync(large)
      rmSync(small, { recursive: true })
    },

    async 'data questions'() {
      const server = await serve(node)
      const times = async (make, n) => {
        const out = []
        for (let i = 0; i < n; i++) out.push((await ask(server.port, make(i))).s)
        return median(out)
      }
      // No question twice: what is kept ready would be measured else.
      const grid = i => `/dataset/occurrences.csv?group=grid(0.5),year(eventDate)&aggregate=count&limit=${1000000 + i}`
      await ask(server.port, grid(99))
      const mine = await times(grid, 5)
      const sql = `SELECT floor(decimalLatitude / 0.5), floor(decimalLongitude / 0.5), year(eventDate), count(*) FROM read_parquet(${text(parquet)}) GROUP BY ALL ORDER BY ALL`
      const [, ...theirs] = duckdb(sql, sql, sql, sql, sql, sql)
      row('cells of half a degree by year, through HTTP', mine, 's')
      row('  DuckDB alone, the same query', median(theirs), 's')
      row('  time against it', mine / median(theirs), 'times', { most: 1.5 })
      // The first filter has an index made, in the background; the pages after it are measured.
      const pages = i => `/dataset/occurrences.json?countryCode=TH&individualCount=${1 + i}&limit=100`, began = Date.now()
      await ask(server.port, pages(39))
      const index_mb = await index_made()
      row('  index beside the part', index_mb, 'MB', { note: `${((Date.now() - began) / 1000).toFixed(1)} s; the part has ${part_mb().toFixed(0)} MB` })
      const page = await times(pages, 15)
      row('filtered page of 100 rows with its exact count', page * 1000, 'ms', { most: 20 })
      const whole = curl(server.port, '/dataset/occurrences.csv')
      row(`CSV of all rows (${Math.round(whole.bytes / 1e6)} MB)`, whole.bytes / 1e6 / whole.s, 'MB/s', { least: 200 })
      await server.end()
    },

    async 'data beside pages'() {
      // Lists of records that were never asked for, alone and while four slow questions run; in turn.
      const names = ['water', 'air', 'soil', 'waste', 'forest', 'coast', 'river', 'city']
      const lines = Array.from({ length: 2000 }, (_, i) => JSON.stringify({ kind: 'activity', slug: `beside-${i}`,
        doc: { name: { en: `${names[i % 8]} ${names[(i >> 3) % 8]} ${i}` }, type: 'project', description: { en: `${names[i % 8]} and ${names[i % 7]}` } } }))
      banyan(['load', node, '-', '--owner', 'house', '--state', 'published'], { input: lines.join('\n') + '\n' })
      const server = await serve(node)
      let asked = 0
      const pages = () => {
        const lines = Array.from({ length: 800 }, () => `GET /activity?q=${names[asked % 8]}+${names[asked++ % 7]}&limit=${5 + (asked >> 3) % 90}`)
        const got = load(server.port, lines, { many: 2 })
        if (Object.keys(got.statuses).join() !== '200') throw new Error(`pages: ${JSON.stringify(got.statuses)}`)
        return got.p99_us / 1000
      }
      pages()
      // Ten million texts looked through again and again; given up when the pages are measured.
      const slow = () => {
        const words = Array.from({ length: 30 }, (_, i) => `scientificName.has=word${asked++}-${i}`).join('&')
        const going = http.get({ host: '127.0.0.1', port: server.port, path: `/dataset/occurrences.csv?${words}`, agent: false }, answer => answer.resume())
        going.on('error', () => {})
        return going
      }
      const alone = [], beside = []
      for (let round = 0; round < 3; round++) {
        alone.push(pages())
        const going = [slow(), slow(), slow(), slow()]
        await new Promise(done => setTimeout(done, 500))
        beside.push(pages())
        for (const one of going) one.destroy()
        await new Promise(done => setTimeout(done, 2000))
      }
      row('pages asked for the first time, nothing else going on: p99', median(alone), 'ms')
      row('  while four slow questions to ten million rows run', median(beside), 'ms')
      row('  time against it', median(beside) / median(alone), 'times', { most: 3 })
      await server.end()
    },

    async 'data posts'() {
      // A row a post: as fast as sixteen senders go, against the disk's syncs; then a thousand sensors, each once a second.
      const posts = path.join(work, 'posts')
      made(posts)
      banyan(['user', 'add', posts, 'sensor@bench.test', '--role', 'house:publisher'])
      const writer = banyan(['token', 'make', posts, 'sensor@bench.test', '--write']).trim()
      const header = `Authorization: Bearer ${banyan(['token', 'make', posts, 'sensor@bench.test', '--rows']).trim()}`
      const settings = path.join(posts, 'node.json')
      writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings, 'utf8')), gather_rows: 5000 }))
      let n = 0, sent = 0
      const post = sensor => `POST /dataset/air/rows\t${JSON.stringify({ station: `Station ${sensor}`, time: new Date(Date.UTC(2026, 0, 1) + n++ * 1000).toISOString(), value: n % 100 / 4 })}`
      const well = got => {
        if (Object.keys(got.statuses).join() !== '201') throw new Error(`posts: ${JSON.stringify(got.statuses)}`)
        sent += got.requests
        return got
      }
      const columns = [{ name: 'station', type: 'string', role: 'place' }, { name: 'time', type: 'datetime', role: 'time' }, { name: 'value', type: 'number', role: 'value' }]
      const first = await serve(posts)
      const made_it = await fetch(`http://127.0.0.1:${first.port}/dataset.json`, { method: 'POST', headers: { Authorization: `Bearer ${writer}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ slug: 'air', owner: 'house', state: 'published', doc: { name: { en: 'Air' }, columns } }) })
      if (made_it.status !== 201) throw new Error(`posts: ${await made_it.text()}`)
      await first.end()
      for (const [name, delay_us, limits] of [['disk with a sync of 5 ms', 5000, { least: 8 }], ['this disk', 0, {}]]) {
        const one = Number(execFileSync('build/bench/sync', [path.join(work, 'sync'), String(seconds), String(delay_us)], { encoding: 'utf8' }))
        const server = await serve(posts, delay_us ? { BANYAN_FAULT: `journal-sync~${delay_us}` } : {})
        const got = well(load(server.port, Array.from({ length: 60000 }, (_, i) => post(i % 1000)), { header, repeat: seconds }))
        row(`rows sent one a post, ${name}`, got.rate, 'posts/s', { note: `p99 ${got.p99_us / 1000} ms` })
        row('  one sync at a time', one, 'records/s')
        row('  ratio', got.rate / one, 'times', limits)
        const paced = well(load(server.port, Array.from({ length: 1000 * seconds + 1000 }, (_, i) => post(i % 1000)), { header, repeat: seconds, rate: 1000, many: 1000 }))
        row(`1,000 sensors, a row each second, ${name}: kept up with`, paced.rate / 1000, 'of it', { least: 0.95, note: `p50 ${paced.p50_us / 1000} ms, p99 ${paced.p99_us / 1000} ms` })
        const asked = await ask(server.port, '/dataset/air.json?aggregate=count', { keep: true })
        const total = JSON.parse(asked.text).rows[0].count
        if (total !== sent) throw new Error(`posts: ${total} rows, ${sent} were answered`)
        row('  then counted, what waits included', asked.s * 1000, 'ms')
        await server.end()
      }
      const files = readdirSync(posts, { recursive: true, withFileTypes: true }).filter(f => f.isFile() && /parts|inbox/.test(f.parentPath ?? f.path)).length
      row(`files that hold ${shown(sent)} rows`, files, 'files', { most: 100 })
    },

    async 'data tiles'() {
      const server = await serve(node)
      const at = (zoom, latitude, longitude) => {
        const sine = Math.sin(latitude * Math.PI / 180), n = 2 ** zoom
        return `/ogc/collections/occurrences/tiles/WebMercatorQuad/${zoom}/${Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * n)}/${Math.floor((longitude + 180) / 360 * n)}`
      }
      const began = Date.now()
      const first = await ask(server.port, at(0, 0, 0))
      const made = () => existsSync(path.join(node, 'beside')) &&
        readdirSync(path.join(node, 'beside'), { recursive: true }).filter(f => /\.(cells|places)-/.test(f)).length
      while (made() < 2 && Date.now() - began < 600000) await new Promise(resolve => setTimeout(resolve, 200))
      if (made() < 2) throw new Error('no pyramid was made')
      row('first tile, from the rows themselves', first.s * 1000, 'ms', { note: `what is kept was made in ${Math.round((Date.now() - began) / 1000)} s` })
      // Every tile once: zooms 1 to 14, at places that are the same each time, within a degree of where the rows lie.
      const places = [[15.5, 101.5], [21.8, 105], [-1.5, 113.5], [4.5, 102.2], [12.6, 104.8], [19.8, 102.6], [21.5, 96], [16.8, 121.2]]
      const targets = new Set()
      for (let zoom = 1; zoom <= 14; zoom++)
        for (let i = 0; i < 40; i++) targets.add(at(zoom, places[i % 8][0] - 0.95 + (i * 7919 % 190) / 100, places[i % 8][1] - 0.95 + (i * 104729 % 190) / 100))
      const lines = [...targets].map(target => `GET ${target}`)
      // As browsers ask; one at a time, so that an answer's time is its own.
      const round = () => load(server.port, lines, { header: 'Accept-Encoding: br', many: 1 })
      const cold = round()
      if (Object.keys(cold.statuses).join() !== '200') throw new Error(`tiles: ${JSON.stringify(cold.statuses)}`)
      row(`tile of the map, cold: p99 of ${targets.size}, zooms 1 to 14`, cold.p99_us / 1000, 'ms', { most: 60, note: `median ${(cold.p50_us / 1000).toFixed(1)} ms` })
      const again = [round(), round(), round()]
      row('tile of the map, asked again: p99', median(again.map(got => got.p99_us)) / 1000, 'ms', { most: 2, note: `median ${(median(again.map(got => got.p50_us)) / 1000).toFixed(2)} ms` })
      await server.end()
    },
  }
}
