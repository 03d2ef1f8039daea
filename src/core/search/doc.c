/* Texts into terms and runs. */
#include "core/search/doc.h"

#include <string.h>

#include "text/segment.h"

size_t term_units_max(Script script)
{
    return script == SCRIPT_SYLLABLE ? 2 : 3;
}

size_t stretch_end(const Unit *units, size_t n, size_t i)
{
    Script script = unit_script(units[i]);
    size_t end = i + 1;
    while (end < n && !(units[end] & UNIT_GAP) && unit_script(units[end]) == script) end++;
    return end;
}

Str term_key(char tag, const Unit *units, size_t n, char *key)
{
    key[0] = tag;
    return (Str){ key, 1 + units_text(units, n < WORD_UNITS_MAX ? n : WORD_UNITS_MAX, key + 1) };
}

size_t word_parts(Str word, PartKey keys[WORD_UNITS_MAX])
{
    /* Offsets of the letters of ^word$. */
    char     framed[4 * WORD_UNITS_MAX + 2];
    uint16_t start[WORD_UNITS_MAX + 3];
    size_t   letters = 0;
    if (word.len > 4 * WORD_UNITS_MAX) return 0;
    framed[0] = '^';
    memcpy(framed + 1, word.at, word.len);
    framed[word.len + 1] = '$';
    for (size_t i = 0; i < word.len + 2 && letters < WORD_UNITS_MAX + 2; i++)
        if (((uint8_t)framed[i] & 0xC0) != 0x80) start[letters++] = (uint16_t)i;
    start[letters] = (uint16_t)(word.len + 2);

    size_t n = 0;
    for (size_t i = 0; i + 3 <= letters && n < WORD_UNITS_MAX; i++, n++) {
        keys[n].at[0] = TERM_PARTS;
        keys[n].len = 1 + (size_t)(start[i + 3] - start[i]);
        memcpy(keys[n].at + 1, framed + start[i], keys[n].len - 1);
    }
    return n;
}

bool term_has_parts(Str term)
{
    if (term.len < 3) return false;
    const uint8_t *b = (const uint8_t *)term.at + 1;
    Unit           first = b[0] < 0xE0 || term.len < 4 ? 0
                           : b[0] < 0xF0               ? (b[0] & 0xFu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu)
                                                       : 0x20000;
    return unit_script(first) == SCRIPT_SPACED;
}

/* A run is the base letters in UTF-8, each after the bytes that say what else it is. */
enum { RUN_FIELD = 1,
       RUN_GAP,
       RUN_WORD,
       RUN_UPPER,
       RUN_MARKS };

typedef struct {
    Arena    *a;
    char     *run;
    size_t    run_len, run_room;
    Str      *terms;
    uint64_t *hashes;
    uint32_t *seen; /* open addressing: index of a term + 1 */
    size_t    count, room;
} Making;

static void run_write(Making *m, const Folded *f, int weight)
{
    size_t need = m->run_len + 2 + 8 * f->n;
    if (!m->run || need > m->run_room) {
        char *more = arena_raw(m->a, need * 2);
        if (m->run_len) memcpy(more, m->run, m->run_len);
        m->run = more;
        m->run_room = need * 2;
    }
    char *p = m->run + m->run_len;
    *p++ = RUN_FIELD;
    *p++ = (char)(weight < 1 ? 1 : weight > 10 ? 10
                                               : weight);
    for (size_t i = 0; i < f->n; i++) {
        Unit u = f->at[i];
        if (u & UNIT_GAP) *p++ = RUN_GAP;
        else if (u & UNIT_WORD) *p++ = RUN_WORD;
        if (u & UNIT_UPPER) *p++ = RUN_UPPER;
        if (UNIT_MARKS(u)) {
            *p++ = RUN_MARKS;
            *p++ = (char)UNIT_MARKS(u);
        }
        p += units_text(&u, 1, p);
    }
    m->run_len = (size_t)(p - m->run);
}

Run run_read(Arena *a, Str bytes, uint8_t weight_least)
{
    Run            run = { arena_raw(a, (bytes.len + 1) * sizeof(Unit)), arena_raw(a, bytes.len + 1), 0 };
    Unit           flags = 0;
    uint8_t        weight = 1;
    const uint8_t *p = (const uint8_t *)bytes.at, *end = p + bytes.len;
    while (p < end) {
        uint8_t c = *p++;
        if (c >= 0x80) {
            int more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2
                                                 : 1;
            if (end - p < more) break;
            uint32_t base = c & (0x3F >> more);
            for (; more; more--) base = base << 6 | (*p++ & 0x3F);
            run.weight[run.n] = weight;
            run.at[run.n++] = flags | (base & 0x1FFFFF);
            flags = 0;
        } else if (c >= ' ') {
            run.weight[run.n] = weight;
            run.at[run.n++] = flags | c;
            flags = 0;
        } else if (c == RUN_GAP) flags |= UNIT_GAP | UNIT_WORD;
        else if (c == RUN_WORD) flags |= UNIT_WORD;
        else if (c == RUN_UPPER) flags |= UNIT_UPPER;
        else if (c == RUN_MARKS && p < end) flags |= (Unit)(*p++ & 0x7F) << 21;
        else if (c == RUN_FIELD && p < end) {
            weight = *p++;
            if (weight < weight_least) break;
            flags = UNIT_FIELD | UNIT_GAP | UNIT_WORD;
        } else break;
    }
    return run;
}

static void terms_grow(Making *m)
{
    size_t    room = m->room ? m->room * 2 : 512;
    Str      *terms = arena_raw(m->a, room / 2 * sizeof(Str));
    uint32_t *seen = arena_new_array(m->a, room, sizeof(uint32_t));
    uint64_t *hashes = arena_raw(m->a, room / 2 * sizeof(uint64_t));
    for (size_t i = 0; i < m->count; i++) {
        terms[i] = m->terms[i];
        hashes[i] = m->hashes[i];
        size_t at = hashes[i] & (room - 1);
        while (seen[at]) at = (at + 1) & (room - 1);
        seen[at] = (uint32_t)i + 1;
    }
    m->terms = terms;
    m->hashes = hashes;
    m->seen = seen;
    m->room = room;
}

static void term_put(Making *m, char tag, const Unit *units, size_t n)
{
    char key[TERM_BYTES_MAX];
    Str  term = term_key(tag, units, n, key);
    if (m->count * 2 >= m->room) terms_grow(m);
    uint64_t hash = str_hash(term);
    size_t   at = hash & (m->room - 1);
    while (m->seen[at]) {
        size_t i = m->seen[at] - 1;
        if (m->hashes[i] == hash && str_eq(m->terms[i], term)) return;
        at = (at + 1) & (m->room - 1);
    }
    m->hashes[m->count] = hash;
    m->terms[m->count++] = (Str){ arena_copy(m->a, term.at, term.len), term.len };
    m->seen[at] = (uint32_t)m->count;
}

static void terms_put(Making *m, char tag, const Unit *units, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        end = stretch_end(units, n, i);
        Script script = unit_script(units[i]);
        if (script == SCRIPT_SPACED) {
            term_put(m, tag, units + i, end - i);
            continue;
        }
        size_t longest = term_units_max(script);
        for (size_t k = i; k < end; k++)
            for (size_t len = longest - 1; len <= longest && k + len <= end; len++) term_put(m, tag, units + k, len);
    }
}

SearchDoc *search_doc_make(Arena *a, const SearchText *texts, size_t n)
{
    Making m = { .a = a };
    size_t units = 0;
    /* Titles first: most questions need no more of a run. */
    for (size_t turn = 0; n && turn < 2 * n && units < DOC_UNITS_MAX; turn++) {
        size_t i = turn % n;
        if ((texts[i].weight >= HEAVY_WEIGHT) != (turn < n)) continue;
        Folded f = fold_make(a, texts[i].text);
        if (f.n > DOC_UNITS_MAX - units) f.n = DOC_UNITS_MAX - units;
        units += f.n;
        if (!f.n) continue;
        segment_words(a, &f, texts[i].text);
        run_write(&m, &f, texts[i].weight);
        terms_put(&m, TERM_WORD, f.at, f.n);
        if (texts[i].weight < HEAVY_WEIGHT) continue;
        terms_put(&m, TERM_HEAVY, f.at, f.n);
        term_put(&m, TERM_TITLE, f.at, f.n);
    }
    SearchDoc *doc = NEW(a, SearchDoc);
    *doc = (SearchDoc){ { m.run, m.run_len }, m.terms, m.hashes, m.count };
    return doc;
}
