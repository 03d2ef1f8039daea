/* A hash table of terms, and the runs, in an arena that is dropped whole after a flush. */
#include "core/search/memory.h"

#include <stdlib.h>
#include <string.h>

#include "core/search/value.h"

/* What is under a key: places of faces, or of words. The first is held here: most keys have one. */
typedef struct {
    Str       key;
    uint32_t  n, room;
    uint32_t *at;
    uint32_t  one;
} Entry;

typedef struct {
    uint32_t face;
    bool     dead;
    Str      run;
} Place;

#define KEY_CHUNK 16384
#define AHEAD     8 /* terms whose slots are fetched before they are needed */

struct Memory {
    Arena    *a;
    Entry    *entries; /* malloc, as are the other tables that grow */
    uint64_t *slots;   /* open addressing: half of the key's hash, and the index of its entry + 1 */
    Place    *places;
    uint32_t *face_slots; /* open addressing by face: index of its newest place + 1 */
    char     *keys;       /* room for more of them */
    size_t    key_room;
    size_t    entry_n, slot_room, place_n, place_room, face_room, live;
};

Memory *memory_open(void)
{
    Memory *m = calloc(1, sizeof *m);
    if (!m) memory_end(sizeof *m);
    m->a = arena_open(SIZE_MAX / 2);
    return m;
}

void memory_close(Memory *m)
{
    if (!m) return;
    arena_close(m->a);
    free(m->entries);
    free(m->slots);
    free(m->places);
    free(m->face_slots);
    free(m);
}

size_t memory_bytes(const Memory *m)
{
    return arena_used(m->a) + m->slot_room * (sizeof(uint64_t) + sizeof(Entry) / 2) + m->place_room * sizeof(Place);
}

size_t memory_count(const Memory *m)
{
    return m->live;
}

/* Keys are short: packed without the arena's alignment. */
static char *key_keep(Memory *m, Str key)
{
    if (key.len > m->key_room) {
        m->key_room = KEY_CHUNK;
        m->keys = arena_raw(m->a, m->key_room);
    }
    char *at = m->keys;
    memcpy(at, key.at, key.len);
    m->keys += key.len;
    m->key_room -= key.len;
    return at;
}

static void *grow(void *old, size_t bytes)
{
    void *more = realloc(old, bytes);
    if (!more) memory_end(bytes);
    return more;
}

static bool slot_is(const Memory *m, uint64_t slot, uint64_t hash, Str key)
{
    return slot >> 32 == hash >> 32 && str_eq(m->entries[(uint32_t)slot - 1].key, key);
}

static size_t slot_find(const Memory *m, uint64_t hash, Str key)
{
    size_t at = hash & (m->slot_room - 1);
    while (m->slots[at] && !slot_is(m, m->slots[at], hash, key)) at = (at + 1) & (m->slot_room - 1);
    return at;
}

static const Entry *entry_find(const Memory *m, Str key)
{
    if (!m->entry_n) return NULL;
    uint32_t slot = (uint32_t)m->slots[slot_find(m, str_hash(key), key)];
    return slot ? &m->entries[slot - 1] : NULL;
}

static void slots_grow(Memory *m)
{
    size_t    before = m->slot_room;
    uint64_t *old = m->slots;
    m->slot_room = before ? before * 2 : 1024;
    m->entries = grow(m->entries, m->slot_room / 2 * sizeof(Entry));
    m->slots = calloc(m->slot_room, sizeof *m->slots);
    if (!m->slots) memory_end(m->slot_room * sizeof *m->slots);
    for (size_t i = 0; i < before; i++) {
        if (!old[i]) continue;
        /* The kept half of the hash is not the half that places it. */
        size_t at = str_hash(m->entries[(uint32_t)old[i] - 1].key) & (m->slot_room - 1);
        while (m->slots[at]) at = (at + 1) & (m->slot_room - 1);
        m->slots[at] = old[i];
    }
    free(old);
}

/* Index of the key's entry; `made` says that it was not there. */
static uint32_t entry_for(Memory *m, uint64_t hash, Str key, bool *made)
{
    if (m->entry_n * 2 >= m->slot_room) slots_grow(m);
    size_t at = slot_find(m, hash, key);
    *made = !m->slots[at];
    if (*made) {
        m->entries[m->entry_n] = (Entry){ .key = { key_keep(m, key), key.len } };
        m->slots[at] = hash >> 32 << 32 | (uint64_t)++m->entry_n;
    }
    return (uint32_t)m->slots[at] - 1;
}

static const uint32_t *entry_values(const Entry *e)
{
    return e->n == 1 ? &e->one : e->at;
}

static void entry_put(Memory *m, Entry *e, uint32_t value)
{
    if (e->n == 0) e->one = value;
    else {
        if (e->n >= e->room) {
            uint32_t  room = e->room ? e->room * 2 : 4;
            uint32_t *more = arena_raw(m->a, room * sizeof(uint32_t));
            memcpy(more, entry_values(e), e->n * sizeof(uint32_t));
            e->at = more;
            e->room = room;
        }
        e->at[e->n] = value;
    }
    e->n++;
}

static size_t face_slot(const Memory *m, uint32_t face)
{
    size_t at = (face * 2654435761u) & (m->face_room - 1);
    while (m->face_slots[at] && m->places[m->face_slots[at] - 1].face != face) at = (at + 1) & (m->face_room - 1);
    return at;
}

static Place *place_find(const Memory *m, uint32_t face)
{
    if (!m->face_room) return NULL;
    uint32_t slot = m->face_slots[face_slot(m, face)];
    return slot && !m->places[slot - 1].dead ? &m->places[slot - 1] : NULL;
}

bool memory_remove(Memory *m, uint32_t face)
{
    Place *place = place_find(m, face);
    if (!place) return false;
    place->dead = true;
    m->live--;
    return true;
}

static uint32_t place_make(Memory *m, uint32_t face, Str run)
{
    if (m->place_n == m->place_room) {
        m->place_room = m->place_room ? m->place_room * 2 : 256;
        m->places = grow(m->places, m->place_room * sizeof(Place));
    }
    m->places[m->place_n++] = (Place){ face, false, { arena_copy(m->a, run.at, run.len), run.len } };
    if (m->place_n * 2 > m->face_room) {
        m->face_room = m->place_room * 4;
        m->face_slots = grow(m->face_slots, m->face_room * sizeof(uint32_t));
        memset(m->face_slots, 0, m->face_room * sizeof(uint32_t));
        for (size_t i = 0; i < m->place_n; i++) m->face_slots[face_slot(m, m->places[i].face)] = (uint32_t)i + 1;
    } else {
        m->face_slots[face_slot(m, face)] = (uint32_t)m->place_n;
    }
    m->live++;
    return (uint32_t)m->place_n - 1;
}

static void parts_put(Memory *m, uint32_t word)
{
    PartKey keys[WORD_UNITS_MAX];
    size_t  n = word_parts(str_drop(m->entries[word].key, 1), keys);
    for (size_t i = 0; i < n; i++) {
        bool     made;
        Str      key = { keys[i].at, keys[i].len };
        uint32_t at = entry_for(m, str_hash(key), key, &made); /* may move the entries */
        Entry   *parts = &m->entries[at];
        if (!parts->n || entry_values(parts)[parts->n - 1] != word) entry_put(m, parts, word);
    }
}

void memory_add(Memory *m, uint32_t face, const SearchDoc *doc)
{
    memory_remove(m, face);
    uint32_t place = place_make(m, face, doc->run);
    for (size_t i = 0; i < doc->count; i++) {
        if (m->slot_room && i + AHEAD < doc->count)
            __builtin_prefetch(&m->slots[doc->hashes[i + AHEAD] & (m->slot_room - 1)]);
        bool     made;
        uint32_t entry = entry_for(m, doc->hashes[i], doc->terms[i], &made);
        entry_put(m, &m->entries[entry], place);
        if (made && doc->terms[i].at[0] == TERM_WORD && term_has_parts(doc->terms[i])) parts_put(m, entry);
    }
}

bool memory_has(const Memory *m, Str term)
{
    return entry_find(m, term) != NULL;
}

void memory_all(const Memory *m, roaring_bitmap_t *faces)
{
    for (size_t i = 0; i < m->place_n; i++)
        if (!m->places[i].dead) roaring_bitmap_add(faces, m->places[i].face);
}

void memory_faces(const Memory *m, Str term, roaring_bitmap_t *faces)
{
    const Entry *e = entry_find(m, term);
    for (uint32_t i = 0; e && i < e->n; i++) {
        const Place *place = &m->places[entry_values(e)[i]];
        if (!place->dead) roaring_bitmap_add(faces, place->face);
    }
}

size_t memory_words_count(const Memory *m, Str key)
{
    const Entry *e = entry_find(m, key);
    return e ? e->n : 0;
}

size_t memory_words(const Memory *m, Arena *a, Str key, Str **words)
{
    const Entry *e = entry_find(m, key);
    if (!e) return 0;
    *words = arena_raw(a, e->n * sizeof(Str));
    for (uint32_t i = 0; i < e->n; i++) (*words)[i] = str_drop(m->entries[entry_values(e)[i]].key, 1);
    return e->n;
}

bool memory_run(const Memory *m, uint32_t face, Str *run)
{
    const Place *place = place_find(m, face);
    if (place) *run = place->run;
    return place != NULL;
}

static int str_order(const void *x, const void *y)
{
    return str_cmp(*(const Str *)x, *(const Str *)y);
}

static int place_order(const void *x, const void *y)
{
    uint32_t s = (*(Place *const *)x)->face, t = (*(Place *const *)y)->face;
    return (s > t) - (s < t);
}

/* Keys of faces sort before all the others here. */
static bool runs_walk(Memory *m, bool (*each)(void *, Str, Str, Err *), void *with, Err *err)
{
    Place **order = grow(NULL, (m->live + 1) * sizeof *order);
    size_t  n = 0;
    for (size_t i = 0; i < m->place_n; i++)
        if (!m->places[i].dead) order[n++] = &m->places[i];
    qsort(order, n, sizeof *order, place_order);
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++) {
        char key[5];
        ok = each(with, face_key(order[i]->face, key), order[i]->run, err);
    }
    free(order);
    return ok;
}

static bool is_live(const Memory *m, const Entry *word)
{
    for (uint32_t i = 0; i < word->n; i++)
        if (!m->places[entry_values(word)[i]].dead) return true;
    return false;
}

static int number_order(const void *x, const void *y)
{
    uint32_t s = *(const uint32_t *)x, t = *(const uint32_t *)y;
    return (s > t) - (s < t);
}

static void faces_value(const Memory *m, const Entry *e, Buf *value)
{
    uint32_t *faces = grow(NULL, e->n * sizeof *faces);
    size_t    n = 0;
    bool      sorted = true;
    for (uint32_t i = 0; i < e->n; i++) {
        const Place *place = &m->places[entry_values(e)[i]];
        if (place->dead) continue;
        sorted = sorted && (!n || place->face > faces[n - 1]);
        faces[n++] = place->face;
    }
    if (!sorted) qsort(faces, n, sizeof *faces, number_order);
    if (n) faces_write_array(value, faces, n);
    free(faces);
}

static void words_value(const Memory *m, const Entry *e, Buf *value)
{
    Str   *words = grow(NULL, e->n * sizeof *words);
    size_t n = 0;
    for (uint32_t i = 0; i < e->n; i++) {
        const Entry *word = &m->entries[entry_values(e)[i]];
        if (is_live(m, word)) words[n++] = str_drop(word->key, 1);
    }
    qsort(words, n, sizeof *words, str_order);
    if (n) words_write(value, words, n);
    free(words);
}

/* An entry by the start of its key as a number that sorts like it. */
typedef struct {
    uint64_t     head;
    const Entry *entry;
} Ordered;

static int ordered_order(const void *x, const void *y)
{
    const Ordered *s = x, *t = y;
    if (s->head != t->head) return s->head < t->head ? -1 : 1;
    return str_cmp(s->entry->key, t->entry->key);
}

static Ordered ordered(const Entry *e)
{
    uint64_t head = 0;
    for (size_t i = 0; i < 8; i++) head = head << 8 | (i < e->key.len ? (uint8_t)e->key.at[i] : 0);
    return (Ordered){ head, e };
}

bool memory_walk(Memory *m, bool (*each)(void *with, Str key, Str value, Err *err), void *with, Err *err)
{
    if (!runs_walk(m, each, with, err)) return false;
    Ordered *order = grow(NULL, (m->entry_n + 1) * sizeof *order);
    for (size_t i = 0; i < m->entry_n; i++) order[i] = ordered(&m->entries[i]);
    qsort(order, m->entry_n, sizeof *order, ordered_order);
    Buf  value = { 0 };
    bool ok = true;
    for (size_t i = 0; ok && i < m->entry_n; i++) {
        const Entry *e = order[i].entry;
        buf_clear(&value);
        if (e->key.at[0] == TERM_PARTS) words_value(m, e, &value);
        else faces_value(m, e, &value);
        if (value.len) ok = each(with, e->key, buf_str(&value), err);
    }
    buf_free(&value);
    free(order);
    return ok;
}
