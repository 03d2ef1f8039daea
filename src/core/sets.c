/* A hash table from key to set. What a set is made of shows in the low two bits of its word:
   nothing, one face itself, a pointer to a Few, a pointer to a bitmap. */
#include "core/sets.h"

#include <stdlib.h>
#include <string.h>

enum { NOTHING,
       ONE,
       FEW,
       MANY };
#define FEW_MAX 48 /* past this a bitmap is smaller and faster */

typedef struct {
    uint32_t n, room;
    uint32_t faces[]; /* rising */
} Few;

typedef struct {
    SetKey   key;
    uint64_t word;
} Slot;

struct Sets {
    Slot  *slots; /* a key of zeros is an empty slot */
    size_t room, used;
};

static const Few *few_of(uint64_t word)
{
    return (const Few *)(uintptr_t)(word & ~(uint64_t)3);
}

static roaring_bitmap_t *many_of(uint64_t word)
{
    return (roaring_bitmap_t *)(uintptr_t)(word & ~(uint64_t)3);
}

static int form_of(uint64_t word)
{
    return (int)(word & 3);
}

static uint32_t one_of(uint64_t word)
{
    return (uint32_t)(word >> 2);
}

SetKey set_key(const Str *parts, size_t n)
{
    char   few[512];
    size_t room = 0, used = 0;
    SetKey key;
    for (size_t i = 0; i < n; i++) room += sizeof(uint32_t) + parts[i].len;
    char *bytes = room <= sizeof few ? few : malloc(room);
    if (!bytes) memory_end(room);
    for (size_t i = 0; i < n; i++) {
        uint32_t len = (uint32_t)parts[i].len;
        memcpy(bytes + used, &len, sizeof len);
        used += sizeof len;
        if (len) memcpy(bytes + used, parts[i].at, len);
        used += len;
    }
    hash_short((Str){ bytes, used }, (uint8_t *)&key);
    if (bytes != few) free(bytes);
    if (key.a == 0 && key.b == 0) key.b = 1;
    return key;
}

Sets *sets_open(void)
{
    Sets *s = calloc(1, sizeof *s);
    if (!s) memory_end(sizeof *s);
    s->room = 1024;
    s->slots = calloc(s->room, sizeof(Slot));
    if (!s->slots) memory_end(s->room * sizeof(Slot));
    return s;
}

static void word_free(uint64_t word)
{
    if (form_of(word) == FEW) free((void *)few_of(word));
    if (form_of(word) == MANY) roaring_bitmap_free(many_of(word));
}

void sets_close(Sets *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->room; i++) word_free(s->slots[i].word);
    free(s->slots);
    free(s);
}

static bool slot_free(const Slot *slot)
{
    return slot->key.a == 0 && slot->key.b == 0;
}

static Slot *slot_find(const Sets *s, SetKey key)
{
    size_t at = key.a & (s->room - 1);
    while (!slot_free(&s->slots[at]) && (s->slots[at].key.a != key.a || s->slots[at].key.b != key.b))
        at = (at + 1) & (s->room - 1);
    return &s->slots[at];
}

static uint64_t word_find(const Sets *s, SetKey key)
{
    return slot_find(s, key)->word; /* of a free slot: nothing */
}

static void sets_grow(Sets *s)
{
    Sets bigger = { calloc(2 * s->room, sizeof(Slot)), 2 * s->room, s->used };
    if (!bigger.slots) memory_end(2 * s->room * sizeof(Slot));
    for (size_t i = 0; i < s->room; i++)
        if (!slot_free(&s->slots[i])) *slot_find(&bigger, s->slots[i].key) = s->slots[i];
    free(s->slots);
    *s = bigger;
}

static Slot *slot_make(Sets *s, SetKey key, bool *is_new)
{
    if (s->used * 5 >= s->room * 4) sets_grow(s);
    Slot *slot = slot_find(s, key);
    *is_new = slot_free(slot);
    if (*is_new) {
        slot->key = key;
        s->used++;
    }
    return slot;
}

static uint64_t few_make(const uint32_t *faces, uint32_t n, uint32_t room)
{
    Few *few = malloc(sizeof(Few) + room * sizeof(uint32_t));
    if (!few) memory_end(room * sizeof(uint32_t));
    few->n = n;
    few->room = room;
    memcpy(few->faces, faces, n * sizeof(uint32_t));
    return (uint64_t)(uintptr_t)few | FEW;
}

static uint64_t many_make(const uint32_t *faces, uint32_t n)
{
    roaring_bitmap_t *many = roaring_bitmap_of_ptr(n, faces);
    if (!many) memory_end(n * sizeof(uint32_t));
    return (uint64_t)(uintptr_t)many | MANY;
}

static uint32_t few_place(const Few *few, uint32_t face)
{
    uint32_t at = few->n;
    while (at > 0 && few->faces[at - 1] >= face) at--;
    return at;
}

static uint64_t few_add(uint64_t word, uint32_t face)
{
    Few     *few = (Few *)few_of(word);
    uint32_t at = few_place(few, face);
    if (at < few->n && few->faces[at] == face) return word;
    if (few->n == FEW_MAX) {
        uint64_t many = many_make(few->faces, few->n);
        roaring_bitmap_add(many_of(many), face);
        free(few);
        return many;
    }
    if (few->n == few->room) {
        few->room *= 2;
        few = realloc(few, sizeof(Few) + few->room * sizeof(uint32_t));
        if (!few) memory_end(sizeof(Few));
    }
    memmove(few->faces + at + 1, few->faces + at, (few->n - at) * sizeof(uint32_t));
    few->faces[at] = face;
    few->n++;
    return (uint64_t)(uintptr_t)few | FEW;
}

bool sets_add(Sets *s, SetKey key, uint32_t face)
{
    bool  is_new;
    Slot *slot = slot_make(s, key, &is_new);
    switch (form_of(slot->word)) {
    case NOTHING: slot->word = (uint64_t)face << 2 | ONE; break;
    case ONE: {
        uint32_t one = one_of(slot->word);
        if (one != face) slot->word = few_make((uint32_t[]){ one < face ? one : face, one < face ? face : one }, 2, 4);
        break;
    }
    case FEW: slot->word = few_add(slot->word, face); break;
    case MANY: roaring_bitmap_add(many_of(slot->word), face); break;
    }
    return is_new;
}

void sets_remove(Sets *s, SetKey key, uint32_t face)
{
    Slot *slot = slot_find(s, key);
    switch (form_of(slot->word)) {
    case ONE:
        if (one_of(slot->word) == face) slot->word = NOTHING;
        break;
    case FEW: {
        Few     *few = (Few *)few_of(slot->word);
        uint32_t at = few_place(few, face);
        if (at == few->n || few->faces[at] != face) break;
        memmove(few->faces + at, few->faces + at + 1, (few->n - at - 1) * sizeof(uint32_t));
        if (--few->n > 0) break;
        free(few);
        slot->word = NOTHING;
        break;
    }
    case MANY: roaring_bitmap_remove(many_of(slot->word), face); break;
    default: break;
    }
}

/* The faces of a word that is not MANY. */
static uint32_t word_faces(uint64_t word, uint32_t *one, const uint32_t **faces)
{
    if (form_of(word) == NOTHING) return 0;
    if (form_of(word) == ONE) {
        *one = one_of(word);
        *faces = one;
        return 1;
    }
    *faces = few_of(word)->faces;
    return few_of(word)->n;
}

uint64_t sets_count(const Sets *s, SetKey key)
{
    uint64_t        word = word_find(s, key);
    uint32_t        one;
    const uint32_t *faces;
    return form_of(word) == MANY ? roaring_bitmap_get_cardinality(many_of(word)) : word_faces(word, &one, &faces);
}

bool sets_has(const Sets *s, SetKey key, uint32_t face)
{
    uint64_t        word = word_find(s, key);
    uint32_t        one;
    const uint32_t *faces;
    if (form_of(word) == MANY) return roaring_bitmap_contains(many_of(word), face);
    for (uint32_t i = 0, n = word_faces(word, &one, &faces); i < n; i++)
        if (faces[i] == face) return true;
    return false;
}

uint64_t sets_count_within(const Sets *s, SetKey key, const Flat *within)
{
    uint64_t        word = word_find(s, key), count = 0;
    uint32_t        one;
    const uint32_t *faces;
    if (form_of(word) == MANY) return flat_count(within, many_of(word));
    for (uint32_t i = 0, n = word_faces(word, &one, &faces); i < n; i++) count += flat_has(within, faces[i]);
    return count;
}

uint64_t sets_count_cost(const Sets *s, SetKey key)
{
    uint64_t word = word_find(s, key);
    return form_of(word) == MANY ? flat_cost(many_of(word)) : 100;
}

bool sets_least(const Sets *s, SetKey key, uint32_t *face)
{
    uint64_t        word = word_find(s, key);
    uint32_t        one;
    const uint32_t *faces;
    if (form_of(word) == MANY) {
        *face = roaring_bitmap_minimum(many_of(word));
        return !roaring_bitmap_is_empty(many_of(word));
    }
    if (word_faces(word, &one, &faces) == 0) return false;
    *face = faces[0];
    return true;
}

void sets_or_flat(const Sets *s, SetKey key, Flat *into)
{
    uint64_t        word = word_find(s, key);
    uint32_t        one;
    const uint32_t *faces;
    if (form_of(word) == MANY) flat_or(into, many_of(word));
    else
        for (uint32_t i = 0, n = word_faces(word, &one, &faces); i < n; i++) flat_add(into, faces[i]);
}

void sets_or_into(const Sets *s, SetKey key, roaring_bitmap_t *into)
{
    uint64_t        word = word_find(s, key);
    uint32_t        one, n;
    const uint32_t *faces;
    if (form_of(word) == MANY) roaring_bitmap_or_inplace(into, many_of(word));
    else if ((n = word_faces(word, &one, &faces))) roaring_bitmap_add_many(into, n, faces);
}

void sets_and_into(const Sets *s, SetKey key, roaring_bitmap_t *into)
{
    uint64_t        word = word_find(s, key);
    uint32_t        one, kept[FEW_MAX], n_kept = 0;
    const uint32_t *faces;
    if (form_of(word) == MANY) {
        roaring_bitmap_and_inplace(into, many_of(word));
        return;
    }
    for (uint32_t i = 0, n = word_faces(word, &one, &faces); i < n; i++)
        if (roaring_bitmap_contains(into, faces[i])) kept[n_kept++] = faces[i];
    roaring_bitmap_clear(into);
    roaring_bitmap_add_many(into, n_kept, kept);
}

void sets_take_from(const Sets *s, SetKey key, roaring_bitmap_t *from)
{
    uint64_t        word = word_find(s, key);
    uint32_t        one;
    const uint32_t *faces;
    if (form_of(word) == MANY) roaring_bitmap_andnot_inplace(from, many_of(word));
    else
        for (uint32_t i = 0, n = word_faces(word, &one, &faces); i < n; i++) roaring_bitmap_remove(from, faces[i]);
}

const roaring_bitmap_t *sets_bitmap(const Sets *s, SetKey key)
{
    uint64_t word = word_find(s, key);
    return form_of(word) == MANY ? many_of(word) : NULL;
}

roaring_bitmap_t *sets_copy(const Sets *s, SetKey key)
{
    const roaring_bitmap_t *many = sets_bitmap(s, key);
    roaring_bitmap_t       *copy = many ? roaring_bitmap_copy(many) : roaring_bitmap_create();
    if (!copy) memory_end(0);
    if (!many) sets_or_into(s, key, copy);
    return copy;
}

static int slot_order(const void *x, const void *y)
{
    const Slot *s = *(Slot *const *)x, *t = *(Slot *const *)y;
    if (s->key.a != t->key.a) return s->key.a < t->key.a ? -1 : 1;
    return s->key.b < t->key.b ? -1 : s->key.b > t->key.b;
}

/* The non-empty slots by key; the caller frees. */
static const Slot **slots_sorted(const Sets *s, size_t *n)
{
    const Slot **sorted = malloc((s->used + 1) * sizeof *sorted);
    if (!sorted) memory_end(s->used * sizeof *sorted);
    *n = 0;
    for (size_t i = 0; i < s->room; i++) {
        const Slot *slot = &s->slots[i];
        if (slot_free(slot) || form_of(slot->word) == NOTHING) continue;
        if (form_of(slot->word) == MANY && roaring_bitmap_is_empty(many_of(slot->word))) continue;
        sorted[(*n)++] = slot;
    }
    qsort(sorted, *n, sizeof *sorted, slot_order);
    return sorted;
}

/* A set's form in bytes: key, a count of faces, the faces; or key, zero, length, a bitmap. */
void sets_save(const Sets *s, Buf *out)
{
    size_t       n;
    const Slot **sorted = slots_sorted(s, &n);
    uint64_t     count = n;
    buf_put_bytes(out, &count, sizeof count);
    for (size_t i = 0; i < n; i++) {
        uint64_t        word = sorted[i]->word;
        uint32_t        one, zero = 0;
        const uint32_t *faces = NULL;
        buf_put_bytes(out, &sorted[i]->key, sizeof(SetKey));
        if (form_of(word) == MANY) {
            uint32_t size = (uint32_t)roaring_bitmap_portable_size_in_bytes(many_of(word));
            buf_put_bytes(out, &zero, sizeof zero);
            buf_put_bytes(out, &size, sizeof size);
            roaring_bitmap_portable_serialize(many_of(word), buf_grow(out, size));
        } else {
            uint32_t few = word_faces(word, &one, &faces);
            buf_put_bytes(out, &few, sizeof few);
            buf_put_bytes(out, faces, few * sizeof(uint32_t));
        }
    }
    free(sorted);
}

static bool take(Str *bytes, void *out, size_t n)
{
    if (bytes->len < n) return false;
    memcpy(out, bytes->at, n);
    *bytes = str_drop(*bytes, n);
    return true;
}

static bool word_load(Str *bytes, uint64_t *word)
{
    uint32_t few, size, faces[FEW_MAX];
    if (!take(bytes, &few, sizeof few)) return false;
    if (few == 1) {
        if (!take(bytes, faces, sizeof *faces)) return false;
        *word = (uint64_t)faces[0] << 2 | ONE;
        return true;
    }
    if (few > 0) {
        if (few > FEW_MAX || !take(bytes, faces, few * sizeof(uint32_t))) return false;
        *word = few_make(faces, few, few < 4 ? 4 : few);
        return true;
    }
    if (!take(bytes, &size, sizeof size) || bytes->len < size) return false;
    roaring_bitmap_t *many = roaring_bitmap_portable_deserialize_safe(bytes->at, size);
    if (!many) return false;
    *bytes = str_drop(*bytes, size);
    *word = (uint64_t)(uintptr_t)many | MANY;
    return true;
}

bool sets_load(Sets *s, Str bytes, Err *err)
{
    uint64_t count;
    bool     ok = take(&bytes, &count, sizeof count);
    for (uint64_t i = 0; ok && i < count; i++) {
        SetKey   key;
        uint64_t word;
        bool     is_new;
        ok = take(&bytes, &key, sizeof key) && word_load(&bytes, &word);
        if (ok) slot_make(s, key, &is_new)->word = word;
    }
    return ok || fail(err, ERR_CORRUPT, "the stored sets cannot be read: run banyan rebuild");
}

static bool word_same(uint64_t x, uint64_t y)
{
    if (form_of(x) == MANY && form_of(y) == MANY) return roaring_bitmap_equals(many_of(x), many_of(y));
    if (form_of(x) == MANY) return word_same(y, x);
    uint32_t        one, n, other_one;
    const uint32_t *faces, *others;
    n = word_faces(x, &one, &faces);
    if (form_of(y) != MANY)
        return n == word_faces(y, &other_one, &others) && (n == 0 || memcmp(faces, others, n * sizeof *faces) == 0);
    if (roaring_bitmap_get_cardinality(many_of(y)) != n) return false;
    for (uint32_t i = 0; i < n; i++)
        if (!roaring_bitmap_contains(many_of(y), faces[i])) return false;
    return true;
}

const char *sets_difference(Arena *a, const Sets *x, const Sets *y)
{
    size_t       n, m;
    const Slot **in_x = slots_sorted(x, &n), **in_y = slots_sorted(y, &m);
    const char  *found = NULL;
    for (size_t i = 0; !found && i < n; i++)
        if (!word_same(in_x[i]->word, word_find(y, in_x[i]->key)))
            found = str_format(a, "set %016llx%016llx differs", (unsigned long long)in_x[i]->key.a,
                               (unsigned long long)in_x[i]->key.b)
                        .at;
    if (!found && n != m) found = str_format(a, "%zu sets against %zu", n, m).at;
    free(in_x);
    free(in_y);
    return found;
}
