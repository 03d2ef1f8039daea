/* A hash table of terms, and the runs, in an arena that is dropped whole after a flush. */
#include "core/search_memory.h"

#include <stdlib.h>
#include <string.h>

#include "core/search_value.h"

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

struct Memory {
    Arena    *a;
    Entry    *entries;   /* malloc, as are the other tables that grow */
    uint32_t *slots;     /* open addressing: index of an entry + 1 */
    Place    *places;
    uint32_t *face_slots; /* open addressing by face: index of its newest place + 1 */
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
    return arena_used(m->a) + m->slot_room * (sizeof(uint32_t) + sizeof(Entry) / 2) + m->place_room * sizeof(Place);
}

size_t memory_count(const Memory *m)
{
    return m->live;
}

static void *grow(void *old, size_t bytes)
{
    void *more = realloc(old, bytes);
    if (!more) memory_end(bytes);
    return more;
}

static size_t slot_find(const Memory *m, Str key)
{
    size_t at = str_hash(key) & (m->slot_room - 1);
    while (m->slots[at] && !str_eq(m->entries[m->slots[at] - 1].key, key)) at = (at + 1) & (m->slot_room - 1);
    return at;
}

static const Entry *entry_find(const Memory *m, Str key)
{
    if (!m->entry_n) return NULL;
    uint32_t slot = m->slots[slot_find(m, key)];
    return slot ? &m->entries[slot - 1] : NULL;
}

static void slots_grow(Memory *m)
{
    m->slot_room = m->slot_room ? m->slot_room * 2 : 1024;
    m->entries = grow(m->entries, m->slot_room / 2 * sizeof(Entry));
    m->slots = grow(m->slots, m->slot_room * sizeof(uint32_t));
    memset(m->slots, 0, m->slot_room * sizeof(uint32_t));
    for (size_t i = 0; i < m->entry_n; i++) m->slots[slot_find(m, m->entries[i].key)] = (uint32_t)i + 1;
}

/* Index of the key's entry; `made` says that it was not there. */
static uint32_t entry_for(Memory *m, Str key, bool *made)
{
    if (m->entry_n * 2 >= m->slot_room) slots_grow(m);
    size_t at = slot_find(m, key);
    *made = !m->slots[at];
    if (*made) {
        m->entries[m->entry_n] = (Entry){ .key = { arena_copy(m->a, key.at, key.len), key.len } };
        m->slots[at] = (uint32_t)++m->entry_n;
    }
    return m->slots[at] - 1;
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
        uint32_t at = entry_for(m, (Str){ keys[i].at, keys[i].len }, &made); /* may move the entries */
        Entry   *parts = &m->entries[at];
        if (!parts->n || entry_values(parts)[parts->n - 1] != word) entry_put(m, parts, word);
    }
}

void memory_add(Memory *m, uint32_t face, const SearchDoc *doc)
{
    memory_remove(m, face);
    uint32_t place = place_make(m, face, doc->run);
    for (size_t i = 0; i < doc->count; i++) {
        bool     made;
        uint32_t entry = entry_for(m, doc->terms[i], &made);
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

static void value_write(const Memory *m, const Entry *e, Buf *value)
{
    if (e->key.at[0] == TERM_PARTS) {
        Str *words = grow(NULL, e->n * sizeof *words);
        size_t n = 0;
        for (uint32_t i = 0; i < e->n; i++) {
            const Entry *word = &m->entries[entry_values(e)[i]];
            if (is_live(m, word)) words[n++] = str_drop(word->key, 1);
        }
        qsort(words, n, sizeof *words, str_order);
        if (n) words_write(value, words, n);
        free(words);
        return;
    }
    roaring_bitmap_t *faces = roaring_bitmap_create();
    memory_faces(m, e->key, faces);
    if (!roaring_bitmap_is_empty(faces)) faces_write(value, faces);
    roaring_bitmap_free(faces);
}

bool memory_walk(Memory *m, bool (*each)(void *with, Str key, Str value, Err *err), void *with, Err *err)
{
    if (!runs_walk(m, each, with, err)) return false;
    Str *keys = grow(NULL, (m->entry_n + 1) * sizeof *keys);
    for (size_t i = 0; i < m->entry_n; i++) keys[i] = m->entries[i].key;
    qsort(keys, m->entry_n, sizeof *keys, str_order);
    Buf  value = { 0 };
    bool ok = true;
    for (size_t i = 0; ok && i < m->entry_n; i++) {
        buf_clear(&value);
        value_write(m, entry_find(m, keys[i]), &value);
        if (value.len) ok = each(with, keys[i], buf_str(&value), err);
    }
    buf_free(&value);
    free(keys);
    return ok;
}
