// Files into datasets from outside: sent as a form and as a body, looked at, corrected, imported, mended, sent again;
// who may not is refused, what is too big is told the setting, and what is cut leaves nothing.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'

import { Node, must, request, tally } from '../house/node.js'

const node = new Node()
const same = (...words) => tally.same(...words)

const ask = (method, target, options) => request(node, method, target, options)
const mine = token => ({ authorization: `Bearer ${token}` })
const get = (target, token = node.token) => ask('GET', target, { headers: token ? mine(token) : {} })
const send = (target, body, token = node.token, type = 'text/csv') => ask('POST', target, { headers: { ...mine(token), 'content-type': type }, body })
const decide = (job, value) => ask('POST', `/import/${job}.json`, { headers: { ...mine(node.token), 'content-type': 'application/json' }, body: JSON.stringify(value) })
const tmp = () => { const at = path.join(node.folder, 'parts', 'tmp'); return existsSync(at) ? readdirSync(at) : [] }

async function ended(answer) {
  const where = answer.headers.location
  for (;;) {
    const now = await get(where)
    if (!['looking', 'importing'].includes(now.value?.state)) return now.value ?? now
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

const form = (fields, files) => {
  const parts = [...Object.entries(fields).map(([name, value]) => `--part-of-a-form\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
    ...files.map(([name, text]) => `--part-of-a-form\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: text/csv\r\n\r\n${text}\r\n`)]
  return `${parts.join('')}--part-of-a-form--\r\n`
}
const multipart = 'multipart/form-data; boundary=part-of-a-form'
const levels = 'station,date,level (m)\nPrek Kdam,2020-01-01,3.5\nPrek Kdam,2020-01-02,high\nKampong Chhnang,2020-01-03,4\n' +
  Array.from({ length: 200 }, (_, i) => `Chaktomuk,2021-${String(1 + i % 12).padStart(2, '0')}-${String(1 + i % 28).padStart(2, '0')},${i / 10}`).join('\n') + '\n'

async function first() {
  const sent = await send('/import.json', form({ title: 'River levels', owner: 'house', state: 'published', look: 'yes' }, [['levels.csv', levels]]), node.token, multipart)
  same([sent.status, sent.value.state === 'done' || !!sent.value.id, /^\/import\/[0-9a-f]+\.json$/.test(sent.headers.location)], [202, true, true], 'a form with a file is answered 202 with the address of its job')
  const waiting = await ended(sent)
  same([waiting.state, waiting.look?.rows, waiting.look?.aside, waiting.look?.report.rows.length], ['waiting', 202, 1, 10], 'a look tells rows, rows set aside and the first of them, and waits')
  same(waiting.look.columns.map(c => [c.name, c.type, c.unit ?? '']), [['station', 'string', ''], ['date', 'date', ''], ['level (m)', 'number', 'm']], 'columns are recognised with type and unit')
  same(waiting.look.report.aside.map(a => [a.line, a.value, a.reason]), [[3, 'high', 'not-number']], 'the row to be set aside is told with its line')
  same((await get('/dataset.json')).value.total, 0, 'a look changes nothing')
  const columns = waiting.look.columns.map(c => c.name === 'station' ? { ...c, role: 'place' } : c)
  const done = await ended(await decide(waiting.id, { do: 'import', columns }))
  same([done.state, done.files[0].rows, done.files[0].aside, done.files[0].state], ['done', 202, 1, 'done'], 'what was decided is imported')
  const record = (await get(`/dataset/${done.dataset}.json`, '')).value
  same([record.total, record.doc.columns[0].role, record.doc.name.en, record.state], [202, 'place', 'River levels', 'published'], 'the dataset is there, published, with the corrected columns')
  return done
}

async function again(slug) {
  const twice = await ended(await send(`/dataset/${slug}/import?name=levels.csv`, levels))
  same([twice.state, twice.files[0].unchanged], ['done', true], 'the same file twice changes nothing and says so')
  const next = await ended(await send(`/dataset/${slug}/import?name=more.csv`, levels.replaceAll('2021-', '2022-').replace('high', '7')))
  same([next.state, next.files[0].rows, next.files[0].aside], ['done', 203, 0], 'the next file of the same shape needs no question')
  const other = await ended(await send(`/dataset/${slug}/import?name=other.csv`, 'a,b\n1,2\n'))
  same([other.state, other.files[0].problem.status, other.files[0].problem.cause.includes('station')], ['failed', 422, true], 'a file of another shape is refused, naming the columns')
  same((await get(`/dataset/${slug}.json`)).value.total, 405, 'and nothing of it is there')
  const both = await ended(await send(`/dataset/${slug}/import.json`, form({}, [['levels.csv', levels], ['more.csv', levels.replaceAll('2021-', '2022-').replace('high', '7')]]), node.token, multipart))
  same(both.files.map(f => f.unchanged), [true, true], 'several files are one job')
}

async function mend(slug) {
  const record = (await get(`/dataset/${slug}.json`)).value
  const part = record.doc.parts.find(p => p.aside > 0), where = `/dataset/${slug}/aside/${part.aside_sha256}`
  const rows = (await get(`${where}.json`)).value
  same([rows.total, rows.rows[0].cells, rows.rows[0].reason, rows.rows[0].line], [1, ['Prek Kdam', '2020-01-02', 'high'], 'not-number', 3], 'rows set aside are told with cells and reason')
  const csv = await get(`${where}.csv`)
  same([csv.status, csv.text.split('\n')[0], /levels/.test(csv.headers['content-disposition'])], [200, 'station,date,level (m),_line,_column,_value,_reason,_row', true], 'they are downloaded as CSV')
  for (const [token, status] of [['', 401], [node.stranger, 403], [node.reader, 403]])
    same((await get(`${where}.csv`, token)).status, status, `rows set aside are for editors of the owner alone (${status})`)
  const still = await ended(await send(`/dataset/${slug}/import.json?mends=${part.aside_sha256}&name=x.csv`, csv.text))
  same(still.state, 'failed', 'rows that are still wrong change nothing')
  const wrongly = await ask('POST', where, { headers: { ...mine(node.token), 'content-type': 'application/x-www-form-urlencoded' }, body: 'cell.0.2=very+high' })
  const refused = await ended({ headers: { location: `${wrongly.headers.location}.json` } })
  same([refused.state, refused.typed], ['failed', { 'cell.0.2': 'very high' }], 'what was typed of rows that are still wrong is kept')
  const link = (await get(wrongly.headers.location)).text.match(/href="([^"]*aside[^"]*job=[^"]*)"/)?.[1]
  tally.check((await get(link)).text.includes('value="very high"'), 'and stands in the form again, to which the job leads', link)
  same((await get(where)).text.includes('very high'), false, 'but not for who begins anew')
  const page = await ask('POST', where, { headers: { ...mine(node.token), 'content-type': 'application/x-www-form-urlencoded' }, body: 'cell.0.2=3.75' })
  same(page.status, 303, 'mended rows are sent by a form')
  const done = await ended({ headers: { location: `${page.headers.location}.json` } })
  same([done.state, done.files[0].rows, done.files[0].aside, done.files[0].name], ['done', 1, 0, 'levels.csv, mended.csv'], 'the mended row is imported')
  const now = (await get(`/dataset/${slug}.json`)).value
  same([now.total, now.doc.parts.map(p => [p.file, p.aside, p.mends ?? ''])], [406, [['levels.csv', 0, ''], ['more.csv', 0, ''], ['levels.csv, mended.csv', 0, 'levels.csv']]], 'it is set aside no longer')
  same((await get(`${where}.csv`)).status, 404, 'and cannot be mended twice')
  const corrected = await ended(await send(`/dataset/${slug}/import?name=levels.csv`, levels.replace('high', '3.75')))
  same([corrected.files[0].replaced, (await get(`/dataset/${slug}.json`)).value.total], [true, 406], 'a corrected file takes the place of the first and of what mended it')
  same((await get(`/dataset/${slug}.json?version=${now.version}`)).value.total, 406, 'the older version stays')
  const cited = async question => Number((await get(`/dataset/${slug}${question}`, '')).text.match(/class="cite">.*?ersion (\d+),/s)?.[1])
  same([await cited(`?version=${now.version}`), await cited('')], [now.version, now.version + 1], 'and is what its page cites')
}

// Of three rows set aside one is mended and sent: the others stay.
async function mendSome() {
  const good = Array.from({ length: 300 }, (_, i) => `S${i},2023-01-${String(1 + i % 28).padStart(2, '0')},${i}\n`).join('')
  const { dataset } = await ended(await send('/import.json', form({ title: 'Some', owner: 'house' }, [['some.csv', `station,date,v\n${good}A,soon,1\nB,later,2\nC,never,3\n`]]), node.token, multipart))
  const parts = async () => (await get(`/dataset/${dataset}.json`)).value.doc.parts
  const hash = async () => (await parts())[0].aside_sha256
  const few = await ended(await send(`/dataset/${dataset}/import.json?mends=${await hash()}&name=few.csv`, 'station,date,v\nA,2024-02-01,1\n'))
  same([few.state, /3 rows are set aside and the file has 1.*_line/.test(few.files[0].problem?.cause), (await parts()).map(p => p.aside)], ['failed', true, [3]], 'one of three rows that does not say which it was is refused, with the way out')
  const one = await ended(await send(`/dataset/${dataset}/import.json?mends=${await hash()}&name=one.csv`, 'station,date,v,_line,_column,_value,_reason,_row\nA,2024-02-01,1,302,date,soon,not-date,\n'))
  same([one.state, (await parts()).map(p => [p.file, p.rows, p.aside])], ['done', [['some.csv', 300, 2], ['some.csv, mended.csv', 1, 0]]], 'one that says its line is taken, and the others stay set aside')
  const left = (await get(`/dataset/${dataset}/aside/${await hash()}.json`)).value
  same(left.rows.map(r => [r.line, r.cells, r.value]), [[303, ['B', 'later', '2'], 'later'], [304, ['C', 'never', '3'], 'never']], 'as they were')
  const both = await ended(await send(`/dataset/${dataset}/import.json?mends=${await hash()}&name=both.csv`, 'station,date,v,_line\nC,2024-02-03,3,304\nB,still later,2,303\n'))
  same([both.state, (await parts()).map(p => [p.file, p.rows, p.aside])], ['done', [['some.csv', 300, 0], ['some.csv, mended.csv', 1, 0], ['some.csv, mended 2.csv', 1, 1]]], 'what is still wrong is set aside again')
  same((await get(`/dataset/${dataset}.json`)).value.total, 302, 'and no row is there twice')
}

// What means "no value" in a later file, and not in the first.
async function later() {
  const rows = (month, value) => 'station,date,level (m)\n' + Array.from({ length: 28 }, (_, i) => `S,2024-${month}-${String(i + 1).padStart(2, '0')},${value(i)}\n`).join('')
  const { dataset } = await ended(await send('/import.json', form({ title: 'Later', owner: 'house' }, [['l1.csv', rows('01', i => i / 10)]]), node.token, multipart))
  const next = await ended(await send(`/dataset/${dataset}/import?name=l2.csv`, rows('02', i => i % 5 ? i / 10 : i ? -9999 : 'NA')))
  same([next.files[0].rows, next.files[0].report.doubts.map(d => d.doubt)], [28, ['number-for-missing']], 'a later file has its own words for what is missing')
  const least = async () => (await get(`/dataset/${dataset}.json?aggregate=min(level%20(m)),count(level%20(m))`)).value.rows
  same(Object.values((await least())[0]), [0, 50], 'which are no values')
  const large = await ended(await send(`/dataset/${dataset}/import?name=l3.csv`, 'station,date,level (m)\nS,2024-03-01,"2,300"\nS,2024-03-02,"1,003,000.5"\nS,2024-03-03,12.25\n'))
  same([large.files[0].aside, (await get(`/dataset/${dataset}.json?date.min=2024-03-01`)).value.rows.map(r => r['level (m)'])], [0, [2300, 1003000.5, 12.25]], 'and its own thousands')
  same((await ended(await send(`/dataset/${dataset}/import?name=l2.csv`, rows('02', i => i % 5 ? i / 10 : i ? -9999 : 'NA')))).files[0].unchanged, true, 'and the same file is the same')
}

// Nines far above all others are asked about, and below zero they are no value.
async function nines() {
  const rows = (day, high) => 'station,level,low\n' + Array.from({ length: 20 }, (_, i) => `S${day},${i % 5 ? i / 10 : high},${i % 4 ? `${i}.5` : -99.9}\n`).join('')
  const look = await ended(await send('/import.json', form({ title: 'Nines', owner: 'house', look: 'yes' }, [['n1.csv', rows(1, 999)]]), node.token, multipart))
  same(look.look.report.doubts, [{ column: 'level', doubt: 'maybe-missing-number', examples: ['999'] }, { column: 'low', doubt: 'number-for-missing', examples: ['-99.9'] }], 'nines far above all others are in doubt')
  same(look.look.report.rows[0], ['S1', 999, null], 'and kept, unless they are below zero')
  const { dataset } = await ended(await decide(look.id, { do: 'import', columns: look.look.columns.map(c => c.name === 'level' ? { ...c, missing: ['999'] } : c) }))
  const next = await ended(await send(`/dataset/${dataset}/import?name=n2.csv`, rows(2, 999)))
  same(next.files[0].report.doubts.map(d => d.doubt), ['number-for-missing'], 'what the dataset says is no value is asked no more')
  const other = await ended(await send(`/dataset/${dataset}/import?name=n3.csv`, rows(3, 9999)))
  same(other.files[0].report.doubts.map(d => [d.doubt, d.examples]), [['maybe-missing-number', ['9999']], ['number-for-missing', ['-99.9']]], 'another is')
  same(Object.values((await get(`/dataset/${dataset}.json?aggregate=max(level),min(low),count(level)`)).value.rows[0]), [9999, 1.5, 52], 'which is a value')
}

// The form that dates among texts would be read by stands by itself, so that it is not turned round between Arabic words.
async function dates_among_texts() {
  const sent = await ended(await send('/import.json', form({ title: 'Mostly', owner: 'house', look: 'yes' }, [['m.csv', `day,n\n${Array.from({ length: 9 }, (_, i) => `1${i}/12/2024,${i}\n`).join('')}soon,1\n`]]), node.token, multipart))
  same(sent.look.report.doubts, [{ column: 'day', doubt: 'mostly-dates', examples: ['soon'], type: 'date', pattern: '%d/%m/%Y' }], 'dates among texts are in doubt with their form')
  const page = await ask('GET', `/import/${sent.id}`, { headers: { ...mine(node.token), accept: 'text/html' } })
  tally.check(page.text.includes('<code dir="ltr">%d/%m/%Y</code>'), 'which the page shows by itself', page.status)
  await decide(sent.id, { do: 'drop' })
}

// A row of units below the headings: rows set aside have the lines they have in the file, and later files have one too.
async function units() {
  const file = (month, end, bad = 'high') => ['station,date,pH,DO', ',,-,mg/L', ...Array.from({ length: 200 }, (_, i) => `A,2024-${month}-${String(1 + i % 28).padStart(2, '0')},7.${i % 10},${i / 10}`),
    `"B\nb",2024-${month}-01,7.1,${bad}`, 'C,2024-01-01,1', 'D,2024-01-01,7.2,5', ''].join(end)
  for (const [name, end, before] of [['lf', '\n', ''], ['crlf', '\r\n', '\uFEFF'], ['title', '\n', 'Water quality\n# of the river\n\n'], ['empty lines', '\n\n', '']]) {
    const { files } = await ended(await send('/import.json', form({ title: `Units ${name}`, owner: 'house' }, [['u.csv', before + file('01', end)]]), node.token, multipart))
    const line = n => (n - 1) * (end.length > 1 && end[0] === '\n' ? 2 : 1) + before.split('\n').length
    same([files[0].rows, files[0].report.aside.map(x => [x.line, x.reason])], [201, [[line(203), 'not-number'], [line(204) + 1, 'too-few-cells']]], `lines are those of the file (${name})`)
    same(files[0].report.doubts.filter(d => d.doubt !== 'lines-passed-over').map(d => [d.doubt, d.examples]), [['values-do-not-fit', ['high']], ['units-below-headings', [',,-,mg/L']]], `the row of units is told (${name})`)
  }
  const { dataset } = await ended(await send('/import.json', form({ title: 'Units', owner: 'house' }, [['u1.csv', file('01', '\n')]]), node.token, multipart))
  const record = async () => (await get(`/dataset/${dataset}.json`)).value
  const now = await record()
  same([now.total, now.doc.columns.map(c => [c.name, c.type, c.unit ?? ''])], [201, [['station', 'string', ''], ['date', 'date', ''], ['pH', 'number', 'pH'], ['DO', 'number', 'mg/L']]], 'units of the row are those of the columns')
  const mended = await ended(await send(`/dataset/${dataset}/import.json?mends=${now.doc.parts[0].aside_sha256}&name=m.csv`, 'station,date,pH,DO,_line,_column,_value,_reason,_row\nB,2024-01-01,7.1,6,203,DO,high,not-number,\n'))
  same([mended.state, (await record()).doc.parts.map(p => [p.rows, p.aside])], ['done', [[201, 1], [1, 0]]], 'a mended row is read without such a row')
  const whole = await ended(await send(`/dataset/${dataset}/import?name=u1.csv`, file('01', '\n', '6')))
  same([whole.files[0].replaced, (await record()).total], [true, 202], 'and the corrected file with it')
  const later = await ended(await send(`/dataset/${dataset}/import?name=u2.csv`, 'station,date,pH,DO\n,,-,mg/L\nA,2025-01-01,7.5,5\nA,2025-01-02,7.5,bad\n'))
  same([later.files[0].rows, later.files[0].report.aside.map(x => [x.line, x.value]), later.files[0].report.doubts.map(d => d.doubt)], [1, [[4, 'bad']], []], 'a later file has its own row of the same units, in no doubt')
  const other = await ended(await send(`/dataset/${dataset}/import?name=u4.csv`, 'station,date,pH,DO\n,,-,µg/L\nA,2025-02-01,7.5,5000\nA,2025-02-02,7.5,6000\n'))
  same(other.files[0].report.doubts.map(d => [d.doubt, d.examples]), [['units-below-headings', [',,-,µg/L']]], 'other units are')
  const torn = await ended(await send(`/dataset/${dataset}/import?name=u3.csv`, file('03', '\n', '6').replace('C,2024-01-01,1', '"C,2024-03-09,7,1')))
  same([torn.files[0].rows, torn.files[0].report.aside.map(x => [x.line, x.reason])], [202, [[205, 'quote-not-closed']]], 'also where a quote is not closed')
}

async function corrected() {
  const sent = await ended(await send('/import.json', form({ title: 'Corrected', owner: 'house', look: 'yes' }, [['c.csv', 'day,n\n1,x\n2,y\n']]), node.token, multipart))
  const asForm = fields => ask('POST', `/import/${sent.id}`, { headers: { ...mine(node.token), 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() })
  const job = { headers: { location: `/import/${sent.id}.json` } }
  const fields = { 'column.0.name': 'day', 'column.0.type': 'date', 'column.1.name': 'day', 'column.1.type': 'number', 'column.1.unit': 'kg', do: 'look', title: 'Corrected' }
  for (const what of ['look', 'draft']) {
    await asForm({ ...fields, do: what })
    const again = await ended(job)
    same([again.state, typeof again.problem?.cause, again.look?.given?.map(c => [c.name, c.type, c.unit ?? ''])], ['waiting', 'string', [['day', 'date', ''], ['day', 'number', 'kg']]], `columns that cannot be stay in the form, with the reason, and so does the file (${what})`)
    tally.check(/name="column\.1\.unit" value="kg"/.test((await get(`/import/${sent.id}`)).text), 'as the page shows it', what)
  }
  await asForm({ ...fields, 'column.0.type': 'integer', 'column.1.name': 'n', 'column.1.type': 'string', 'column.1.unit': '', do: 'draft' })
  const done = await ended(job)
  same([done.state, done.files[0].rows, done.problem], ['done', 2, undefined], 'corrected once more, it is imported')
}

async function dates() {
  const file = 'สถานี,วันที่,เวลาที่วัด,ปี,ค่า\nก,1 พ.ค. 2563,2024年1月2日 3时,2563,1.5\nข,31 ธ.ค. 2564,2024年11月12日 13时,2564,2\nค,32 ธ.ค. 2564,2024年11月12日 13时,2564,3\n' +
    Array.from({ length: 300 }, (_, i) => `ง,${1 + i % 28} ก.พ. 2565,2024年2月${1 + i % 28}日 0时,2565,${i / 4}`).join('\n') + '\n'
  const done = await ended(await send('/import.json', form({ title: 'Thai dates', owner: 'house' }, [['thai.csv', file]]), node.token, multipart))
  const { doc, rows, total } = (await get(`/dataset/${done.dataset}.json?limit=3`)).value
  same([total, doc.columns.map(c => [c.type, c.role ?? '', c.pattern ?? ''])], [302, [['string', 'place', ''], ['date', '', '%d %b %EY'],
    ['datetime', 'time', '%Y年%m月%d日 %H时'], ['year', '', '%EY'], ['number', 'value', '']]], 'dates in Thai and in Chinese are known')
  same(rows.map(r => [r['วันที่'], r['เวลาที่วัด'], r['ปี']]), [['2020-05-01', '2024-01-02T03:00:00', 2020], ['2021-12-31', '2024-11-12T13:00:00', 2021],
    ['2022-02-01', '2024-02-01T00:00:00', 2022]], 'and read, years of the Buddhist era as those of the common one')
  same(done.files[0].report.aside.map(x => [x.line, x.value, x.reason]), [[4, '32 ธ.ค. 2564', 'not-date']], 'a day that is none is set aside')
  const next = await ended(await send(`/dataset/${done.dataset}/import?name=next.csv`, 'สถานี,วันที่,เวลาที่วัด,ปี,ค่า\nก,2 ม.ค. 2566,2024年1月2日 3时,2566,1.5\n'))
  same([next.state, (await get(`/dataset/${done.dataset}.json?ปี=2023`.replace('ปี', encodeURIComponent('ปี')))).value.total], ['done', 1], 'the next file needs no question')
}

async function degrees() {
  const done = await ended(await send('/import.json', form({ title: 'Degrees', owner: 'house' }, [['degrees.csv',
    'site,Latitude,Longitude\nA,13°45′30″N,100°30.5\'E\nB,1°17′S,103.85 E\n' + 'C,2°N,104°E\n'.repeat(200) + 'D,2°N,104°N\n']]), node.token, multipart))
  const { doc, rows } = (await get(`/dataset/${done.dataset}.json?limit=2`)).value
  same(doc.columns.map(c => [c.type, c.role, c.pattern ?? '']), [['string', 'place', ''], ['number', 'latitude', '°′″'], ['number', 'longitude', '°′″']], 'degrees, minutes and seconds are coordinates')
  same(rows.map(r => [r.Latitude.toFixed(6), r.Longitude.toFixed(6)]), [['13.758333', '100.508333'], ['-1.283333', '103.850000']], 'and read as numbers')
  same(done.files[0].report.aside.map(x => [x.line, x.value, x.reason]), [[204, '104°N', 'not-number']], 'a latitude among the longitudes is set aside')
  const both = await ended(await send('/import.json', form({ title: 'Both in one', owner: 'house' }, [['both.csv',
    '_id,location,n\n1,"13.75, 100.5",1\n2,,2\n' + '3,"-1.28, 36.8",3\n'.repeat(200) + '4,"100.5, 13.75",4\n']]), node.token, multipart))
  const its = (await get(`/dataset/${both.dataset}.json?limit=2`)).value
  same(its.doc.columns.map(c => [c.name, c.from ?? [], c.role ?? '']), [['id', ['_id'], 'id'], ['latitude', ['location'], 'latitude'], ['longitude', ['location'], 'longitude'], ['n', [], '']], 'both coordinates in one cell are two columns')
  same([its.total, its.rows.map(r => [r.id, r.latitude, r.longitude])], [202, [[1, 13.75, 100.5], [2, null, null]]], 'and read as numbers')
  same(both.files[0].report.aside.map(x => [x.line, x.column, x.value, x.reason]), [[204, 'location', '100.5, 13.75', 'not-number']], 'one the other way round is set aside')
  const more = await ended(await send(`/dataset/${both.dataset}/import?name=more.csv`, '_id,location,n\n9,"21.03, 105.85",1\n'))
  same([more.state, (await get(`/dataset/${both.dataset}.json?_bbox=105,21,106,22`)).value.rows.map(r => r.id)], ['done', [9]], 'the next file needs no question, and is found by its place')
}

// "café" as DOS wrote it; "M\x9fnchen" of the Mac, among letters that DOS has too.
async function encodings() {
  const dos = Buffer.from('site,name,n\nA,caf\x82,1\nB,M\x81nchen,2\n', 'latin1')
  const sent = await ended(await send('/import.json?title=Letters&owner=house&state=published&look=yes&name=dos.csv', dos))
  same([sent.look?.report.encoding, sent.look?.report.doubts[0].doubt, sent.look?.report.rows.map(r => r[1])], ['IBM850', 'encoding', ['café', 'München']], 'letters of DOS are read as such, and asked about')
  const page = (await get(`/import/${sent.id}`)).text
  tally.check(/<select id="encoding"[^>]*><option value="" selected>IBM850 · /.test(page) && page.includes('<option value="TIS-620">TIS-620 · Thai<'), 'the page offers other encodings', page.match(/<select id="encoding".{300}/)?.[0])
  await ask('POST', `/import/${sent.id}`, { headers: { ...mine(node.token), 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ do: 'look', encoding: 'macintosh', title: 'Letters' }).toString() })
  const other = await ended({ headers: { location: `/import/${sent.id}.json` } })
  same([other.encoding, other.look?.report.encoding, other.look?.report.rows.map(r => r[1])], ['macintosh', 'macintosh', ['cafÇ', 'MÅnchen']], 'a look by another encoding shows what it would be')
  const wrong = await ended(await decide(sent.id, { do: 'look', encoding: 'klingon' }))
  same([wrong.state, wrong.problem?.cause.includes('klingon')], ['waiting', true], 'one that nobody knows is refused by its name, and the file waits')
  same((await decide(sent.id, { do: 'drop' })).status, 204, 'to be given up')
  const told = await ended(await send('/import.json?title=Letters&owner=house&state=published&encoding=cp850&name=dos.csv', dos))
  const doc = (await get(`/dataset/${told.dataset}.json`)).value.doc
  same([told.state, told.files[0].report.doubts, doc.parts.map(p => p.encoding)], ['done', [], ['IBM850']], 'who says the encoding is not asked, and the part says it')
  const again = async query => (await ended(await send(`/dataset/${told.dataset}/import?name=dos.csv${query}`, dos))).files[0]
  same([(await again('')).unchanged, (await again('&encoding=ibm850')).unchanged, (await again('&encoding=macintosh')).replaced], [true, true, true], 'the same file by another encoding is another')
  same((await get(`/dataset/${told.dataset}.json`)).value.rows.map(r => r.name), ['cafÇ', 'MÅnchen'], 'and its rows are what that says')
  const rows = Array.from({ length: 60 }, (_, i) => Buffer.concat([i === 30 ? Buffer.from([0xb5, 0xff, 0xfe]) : Buffer.from([0xc0, 0xec, 0xbd, 0xad, 0xc2, 0xe5, 0xd1, 0xf4]), Buffer.from(`,${i}\n`)]))
  const broken = await ended(await send('/import.json?title=Rivers&owner=house&name=gb.csv', Buffer.concat([Buffer.from('site,n\n'), ...rows])))
  same([broken.files[0].rows, broken.files[0].report.encoding, broken.files[0].report.aside.map(x => [x.line, x.reason])], [59, 'GB18030', [[32, 'no-characters']]], 'bytes that are no characters of the encoding set their row aside')
  const utf8 = await ended(await send(`/dataset/${told.dataset}/import?name=u.csv&encoding=macintosh`, 'site,name,n\nC,Été,3\n'))
  same([utf8.files[0].report.encoding, utf8.files[0].rows], ['UTF-8', 1], 'a file that is UTF-8 stays so whatever is said')
}

async function names(slug) {
  const sent = async (disposition, body = 'station,date,level (m)\nPrek Kdam,2019-01-01,3\n') => (await ended(await ask('POST', `/dataset/${slug}/import.json`, { headers: { ...mine(node.token), 'content-type': 'text/csv', 'content-disposition': disposition }, body }))).files[0].name
  same(await sent('attachment; filename="a;b.csv"'), 'a;b.csv', 'a name in quotes keeps its semicolon')
  same(await sent("attachment; filename=\"x.csv\"; filename*=UTF-8''%E6%B0%B4%E4%BD%8D.csv"), '水位.csv', 'a name beyond ASCII is decoded (RFC 8187)')
  const form1 = await ended(await send(`/dataset/${slug}/import.json`, form({}, [['the %22best%22; of 2019.csv', 'station,date,level (m)\nPrek Kdam,2019-01-02,3\n']]), node.token, multipart))
  same(form1.files[0].name, 'the "best"; of 2019.csv', 'a name in a form is what its browser was given')
}

async function described() {
  const api = (await get('/openapi.json', '')).value
  const routes = ['/import.json', '/import/{job}.json', '/dataset/{record}/import.json', '/dataset/{record}/aside/{hash}.json', '/query/{record}/rows.json']
  same(routes.filter(route => !api.paths[route]?.get), [], 'imports, rows set aside and saved questions are in the API document')
  same(Object.values(api.paths['/import.json'].post.responses).length, 2, 'with what they answer')
}

async function tables() {
  const birds = readFileSync(new URL('../data/files/birds.zip', import.meta.url))
  const sent = await ended(await send('/import.json?title=Birds&owner=house&state=published&look=yes&name=birds.zip', birds, node.token, 'application/zip'))
  same([sent.state, sent.look?.rows], ['waiting', 3], 'an archive is looked at')
  tally.check((await get(`/import/${sent.id}`)).text.includes('name="all_tables"'), 'its page offers to import the other tables too')
  const done = await ended(await decide(sent.id, { do: 'import', all_tables: true }))
  same(done.files.map(f => [f.name, f.state, f.rows, f.dataset ?? '']), [['birds.zip', 'done', 3, ''], ['birds.zip, media.csv', 'done', 2, 'birds-media']], 'each table is a file of the job, and a dataset')
  const media = (await get('/dataset/birds-media.json', '')).value
  same([media?.total, media?.doc.columns[0].references.column, media?.doc.name.en], [2, 'id', 'Birds: media'], 'the rows of the extension refer to those of the core')
  tally.check((await get(`/import/${sent.id}`)).text.includes('href="/dataset/birds-media"'), 'and the page leads to it')
  same(done.files[0].report.doubts.filter(d => d.doubt === 'other-sheets'), [], 'and no doubt names a table that was imported')
  same(tmp(), [], 'nothing temporary is left of them')
  const twice = await ended(await send(`/dataset/${done.dataset}/import.json?name=birds.zip&all_tables=yes`, birds, node.token, 'application/zip'))
  same(twice.files.map(f => f.unchanged), [true, true], 'the same again changes nothing')
}

async function many() {
  const heads = Array.from({ length: 12 }, (_, i) => `c${i}`).join(',')
  const sent = await ended(await send('/import.json?title=Many&owner=house&look=yes&name=many.csv', `${heads}\n${heads.replaceAll('c', '')}\n`))
  const page = (await get(`/import/${sent.id}`)).text
  tally.check(/<details><summary>[^<]*12\)<\/summary>/.test(page) && page.includes('name="column.11.type"'), 'many columns are folded away, with their number', page.match(/<details>.{100}/)?.[0])
  same((await decide(sent.id, { do: 'drop' })).status, 204, 'and the file is given up')
}

async function withoutFile() {
  const answer = await send('/import.json', form({ title: 'x', owner: 'house' }, []), node.token, multipart)
  same([answer.status, answer.value?.cause.includes('"file"')], [400, true], 'a form without its file is told the part that is missing')
}

async function schema() {
  const columns = JSON.stringify({ fields: [{ name: 'code', type: 'string', title: 'Code' }, { name: 'n', type: 'integer', constraints: { minimum: 0 } }], primaryKey: 'code', missingValues: ['', '?'] })
  const done = await ended(await send('/import.json', form({ title: 'By schema', owner: 'house', columns }, [['s.csv', 'code,n\n01,1\n02,?\n']]), node.token, multipart))
  const record = (await get(`/dataset/${done.dataset}.json`)).value
  same([record.rows.map(r => [r.code, r.n]), record.doc.columns[0].role], [[['01', 1], ['02', null]], 'id'], 'a Table Schema says the columns')
}

async function refused(slug) {
  same((await ask('POST', '/import.json', { headers: { 'content-type': 'text/csv' }, body: levels })).status, 401, 'nobody sends without signing in')
  for (const [token, what] of [[node.stranger, 'an editor of another organisation'], [node.reader, 'a reader']])
    same((await send(`/dataset/${slug}/import`, levels, token)).status, 403, `${what} does not import`)
  same((await send('/import.json', form({ owner: 'house', state: 'published' }, [['a.csv', levels]]), node.editor, multipart)).status, 403, 'a publisher publishes')
  same((await send(`/dataset/${slug}/import`, form({}, []), node.token, multipart)).status, 400, 'a form without a file')
  same((await send('/dataset/nowhere/import', levels)).status, 404, 'no such dataset')
  const job = (await send('/import.json?owner=house&look=yes&name=own.csv', levels)).value
  await ended({ headers: { location: `/import/${job.id}.json` } })
  same((await get(`/import/${job.id}.json`, node.editor)).status, 404, 'a job is there for its sender alone')
  same((await decide(job.id, { do: 'drop' })).status, 204, 'it is given up')
  same((await get(`/import/${job.id}.json`)).status, 404, 'and gone')
  const heard = await ask('POST', '/import.json', { headers: { 'content-type': 'text/csv', 'content-length': 30 << 20 }, body: Buffer.alloc(30 << 20, 'a,b\n') })
  same([heard.status, heard.value?.type], [401, '/api#sign-in'], 'who may not send reads why, though much was sent')
  const broken = await ended(await send(`/dataset/${slug}/import?name=x.parquet`, 'PAR1 and then nothing'))
  same([broken.state, typeof broken.files[0].problem.cause], ['failed', 'string'], 'what cannot be read says why')
  const big = await send(`/dataset/${slug}/import.json`, 'x'.repeat(300000))
  same([big.status, big.value?.cause.includes('import_max_bytes'), big.headers['content-type']], [413, true, 'application/problem+json'], 'what is too big is told the setting')
  const chunked = await ask('POST', `/dataset/${slug}/import.json`, { headers: { ...mine(node.token), 'content-type': 'text/csv', 'transfer-encoding': 'chunked' }, body: 'x'.repeat(300000) })
  same([chunked.status, chunked.value?.cause.includes('import_max_bytes')], [413, true], 'also when its length was not said')
}

async function cut(slug) {
  // What the job of a refused file held goes when its thread is done with it.
  for (let i = 0; i < 100 && tmp().length; i++) await new Promise(resolve => setTimeout(resolve, 20))
  const before = tmp().length
  await new Promise(resolve => {
    const socket = net.connect(node.port, node.host, () => {
      socket.write(`POST /dataset/${slug}/import?name=cut.csv HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${node.token}\r\nContent-Type: text/csv\r\nContent-Length: 100000\r\n\r\n${'a,b\n'.repeat(1000)}`, () => setTimeout(() => { socket.destroy(); resolve() }, 200))
    })
  })
  for (let i = 0; i < 100 && tmp().length > before; i++) await new Promise(resolve => setTimeout(resolve, 20))
  same(tmp().length, before, 'an upload that is cut leaves nothing behind')
  same(tmp(), [], 'and nothing else lies about')
}

async function script(slug) {
  const page = await get(`/dataset/${slug}/import`)
  tally.check(page.status === 200 && page.text.includes('enctype="multipart/form-data"') && page.text.includes('type="file"'), 'the form works without script', page.status, page.text.slice(0, 600))
  const csrf = await ask('POST', `/dataset/${slug}/import`, { headers: { cookie: 'session=nobody', 'content-type': multipart }, body: form({}, [['a.csv', levels]]) })
  same(csrf.status, 401, 'a session that is none sends nothing')
}

node.make()
const settings = path.join(node.folder, 'node.json')
writeFileSync(settings, JSON.stringify({ ...JSON.parse(readFileSync(settings)), import_max_bytes: 200000 }))
must(['load', node.folder, '-', '--owner', 'house', '--state', 'published'], JSON.stringify({ kind: 'organisation', slug: 'other', doc: { name: { en: 'Other' }, type: 'agency' } }) + '\n')
for (const [name, role] of [['stranger', 'other:publisher'], ['reader', 'house:reader'], ['editor', 'house:editor']]) {
  must(['user', 'add', node.folder, `${name}@house.test`, '--role', role])
  node[name] = must(['token', 'make', node.folder, `${name}@house.test`, '--write']).trim()
}
await node.serve()
try {
  const { dataset } = await first()
  await again(dataset)
  await mend(dataset)
  await schema()
  await mendSome()
  await later()
  await nines()
  await units()
  await dates_among_texts()
  await corrected()
  await dates()
  await degrees()
  await encodings()
  await tables()
  await many()
  await withoutFile()
  await names(dataset)
  await described()
  await refused(dataset)
  await cut(dataset)
  await script(dataset)
} finally {
  if (node.child) await node.end()
  node.remove()
}
tally.close()
