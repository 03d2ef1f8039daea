/* Texts are kept once and have numbers; what is looked up are pairs of a kind (a rank, NAME or ID) and such a number,
   each with a chain of taxa or of lineages. */
#include "data/taxa.h"

#include <stdlib.h>
#include <string.h>

#include "data/taxon_name.h"

enum { NAME = TAXA_RANKS,
       ID };
#define NOTHING    UINT32_MAX
#define ROOM_LEAST 1024

typedef struct {
    uint32_t id, name, authorship, rank, at[TAXA_RANKS];
    uint32_t next_name, next_id; /* with the same words, with the same id */
    uint8_t  marine;
} Kept;

/* What stands above a value at its rank: several where the value is a homonym. */
typedef struct {
    uint32_t at[TAXA_RANKS];
    uint32_t next;
} Lineage;

typedef struct {
    uint64_t key; /* kind and text, from 1 */
    uint32_t first, last;
} Slot;

struct Taxa {
    Arena    *texts_arena;
    Str      *texts; /* 0 is the empty one */
    uint32_t *text_slots;
    Slot     *slots;
    Kept     *taxa;
    Lineage  *lineages;
    size_t    text_count, text_room, text_slot_room, slot_count, slot_room, count, room, lineage_count, lineage_room;
};

static void *grown(void *items, size_t *room, size_t item_bytes)
{
    size_t more = *room ? 2 * *room : ROOM_LEAST;
    void  *out = realloc(items, more * item_bytes);
    if (!out) memory_end(more * item_bytes);
    *room = more;
    return out;
}

Taxa *taxa_make(void)
{
    Taxa *taxa = calloc(1, sizeof *taxa);
    if (!taxa) memory_end(sizeof *taxa);
    taxa->texts_arena = arena_open(SIZE_MAX);
    return taxa;
}

void taxa_close(Taxa *taxa)
{
    if (!taxa) return;
    arena_close(taxa->texts_arena);
    free(taxa->texts);
    free(taxa->text_slots);
    free(taxa->slots);
    free(taxa->taxa);
    free(taxa->lineages);
    free(taxa);
}

size_t taxa_count(const Taxa *taxa)
{
    return taxa->count;
}

/* ---- texts ---- */

static size_t text_slot(const Taxa *t, Str text)
{
    size_t at = (size_t)str_hash(text) & (t->text_slot_room - 1);
    while (t->text_slots[at] != NOTHING && !str_eq(t->texts[t->text_slots[at]], text))
        at = (at + 1) & (t->text_slot_room - 1);
    return at;
}

/* NOTHING when no taxon says it. */
static uint32_t text_find(const Taxa *t, Str text)
{
    return t->text_slot_room ? t->text_slots[text_slot(t, text)] : NOTHING;
}

static void texts_spread(Taxa *t)
{
    t->text_slot_room = t->text_slot_room ? 2 * t->text_slot_room : ROOM_LEAST;
    free(t->text_slots);
    t->text_slots = malloc(t->text_slot_room * sizeof *t->text_slots);
    if (!t->text_slots) memory_end(t->text_slot_room * sizeof *t->text_slots);
    memset(t->text_slots, 0xff, t->text_slot_room * sizeof *t->text_slots);
    for (size_t i = 0; i < t->text_count; i++) t->text_slots[text_slot(t, t->texts[i])] = (uint32_t)i;
}

static uint32_t text_keep(Taxa *t, Str text)
{
    if (t->text_count == t->text_room) t->texts = grown(t->texts, &t->text_room, sizeof *t->texts);
    if (3 * (t->text_count + 1) > 2 * t->text_slot_room) texts_spread(t);
    size_t slot = text_slot(t, text);
    if (t->text_slots[slot] != NOTHING) return t->text_slots[slot];
    t->texts[t->text_count] = str_copy(t->texts_arena, text);
    t->text_slots[slot] = (uint32_t)t->text_count;
    return (uint32_t)t->text_count++;
}

/* ---- what is looked up ---- */

static uint64_t key_of(int kind, uint32_t text)
{
    return ((uint64_t)(kind + 1) << 32) | text;
}

static size_t slot_of(const Taxa *t, uint64_t key)
{
    size_t at = (size_t)((key * 0x9E3779B97F4A7C15ull) >> 20) & (t->slot_room - 1);
    while (t->slots[at].key && t->slots[at].key != key) at = (at + 1) & (t->slot_room - 1);
    return at;
}

static void slots_spread(Taxa *t)
{
    Taxa more = { .slot_room = t->slot_room ? 2 * t->slot_room : ROOM_LEAST };
    more.slots = calloc(more.slot_room, sizeof *more.slots);
    if (!more.slots) memory_end(more.slot_room * sizeof *more.slots);
    for (size_t i = 0; i < t->slot_room; i++)
        if (t->slots[i].key) more.slots[slot_of(&more, t->slots[i].key)] = t->slots[i];
    free(t->slots);
    t->slots = more.slots;
    t->slot_room = more.slot_room;
}

static Slot *slot_keep(Taxa *t, int kind, uint32_t text)
{
    if (3 * (t->slot_count + 1) > 2 * t->slot_room) slots_spread(t);
    Slot *slot = &t->slots[slot_of(t, key_of(kind, text))];
    if (slot->key) return slot;
    t->slot_count++;
    *slot = (Slot){ key_of(kind, text), NOTHING, NOTHING };
    return slot;
}

static uint32_t first_of(const Taxa *t, int kind, Str text)
{
    uint32_t number = text_find(t, text);
    if (number == NOTHING || !text.len || !t->slot_room) return NOTHING;
    const Slot *slot = &t->slots[slot_of(t, key_of(kind, number))];
    return slot->key ? slot->first : NOTHING;
}

/* What is open (0) agrees with anything. */
static bool agree(const uint32_t *x, const uint32_t *y, int n)
{
    for (int i = 0; i < n; i++)
        if (x[i] && y[i] && x[i] != y[i]) return false;
    return true;
}

static void lineage_keep(Taxa *t, TaxaRank rank, const uint32_t at[TAXA_RANKS])
{
    Slot *slot = slot_keep(t, (int)rank, at[rank]);
    for (uint32_t i = slot->first; i != NOTHING; i = t->lineages[i].next) {
        Lineage *known = &t->lineages[i];
        if (!agree(known->at, at, (int)rank)) continue;
        for (int k = 0; k < (int)rank; k++)
            if (!known->at[k]) known->at[k] = at[k];
        return;
    }
    if (t->lineage_count == t->lineage_room) t->lineages = grown(t->lineages, &t->lineage_room, sizeof *t->lineages);
    Lineage *lineage = &t->lineages[t->lineage_count];
    memset(lineage, 0, sizeof *lineage);
    memcpy(lineage->at, at, (size_t)rank * sizeof *at);
    lineage->next = slot->first;
    slot->first = (uint32_t)t->lineage_count++;
}

static const char *const rank_names[] = { "kingdom", "phylum", "class", "order", "superfamily",
                                          "family", "subfamily", "tribe", "subtribe", "genus" };

static int rank_read(Str text)
{
    for (int i = 0; i < TAXA_RANKS; i++)
        if (str_eq_nocase(text, str_of(rank_names[i]))) return i;
    return -1;
}

/* The taxa of a chain in the order in which they came. */
static void chain_add(Taxa *t, int kind, uint32_t text)
{
    Slot    *slot = slot_keep(t, kind, text);
    uint32_t taxon = (uint32_t)t->count;
    if (slot->first == NOTHING) slot->first = taxon;
    else if (kind == NAME) t->taxa[slot->last].next_name = taxon;
    else t->taxa[slot->last].next_id = taxon;
    slot->last = taxon;
}

void taxa_add(Taxa *t, const Taxon *taxon)
{
    Arena    *a = arena_open(0);
    TaxonName parts = taxon_name_read(taxon->name);
    Str       words = taxon_name_words(a, &parts);
    int       own = rank_read(str_trim(taxon->rank));
    Kept      kept = { .next_name = NOTHING, .next_id = NOTHING, .marine = (uint8_t)taxon->marine };
    if (!t->text_count) text_keep(t, STR_NONE);
    kept.id = text_keep(t, taxon->id);
    kept.name = text_keep(t, taxon->name);
    kept.authorship = text_keep(t, taxon->authorship.len ? taxon->authorship : parts.authorship);
    kept.rank = text_keep(t, taxon->rank);
    for (int i = 0; i < TAXA_RANKS; i++) kept.at[i] = text_keep(t, str_trim(taxon->at[i]));
    if (own >= 0 && !kept.at[own]) kept.at[own] = text_keep(t, words);
    if (t->count == t->room) t->taxa = grown(t->taxa, &t->room, sizeof *t->taxa);
    t->taxa[t->count] = kept;
    if (words.len) chain_add(t, NAME, text_keep(t, words));
    if (kept.id) chain_add(t, ID, kept.id);
    for (int i = 0; i < TAXA_RANKS; i++)
        if (kept.at[i]) lineage_keep(t, (TaxaRank)i, kept.at);
    t->count++;
    arena_close(a);
}

/* ---- asking ---- */

bool taxa_at_rank(const Taxa *t, TaxaRank rank, Str name)
{
    return first_of(t, (int)rank, name) != NOTHING;
}

bool taxa_agree(const Taxa *t, const Str at[TAXA_RANKS])
{
    uint32_t said[TAXA_RANKS];
    int      lowest = TAXA_RANKS - 1;
    for (int i = 0; i < TAXA_RANKS; i++) said[i] = at[i].len ? text_find(t, at[i]) : 0;
    while (lowest >= 0 && first_of(t, lowest, at[lowest]) == NOTHING) lowest--;
    if (lowest < 0) return false;
    for (uint32_t i = first_of(t, lowest, at[lowest]); i != NOTHING; i = t->lineages[i].next)
        if (agree(t->lineages[i].at, said, lowest)) return true;
    return false;
}

static size_t index_of(uint32_t i)
{
    return i == NOTHING ? TAXA_NONE : i;
}

size_t taxa_by_id(const Taxa *t, Str id, size_t after)
{
    return index_of(after == TAXA_NONE ? first_of(t, ID, id) : t->taxa[after].next_id);
}

size_t taxa_by_name(const Taxa *t, Str words, size_t after)
{
    return index_of(after == TAXA_NONE ? first_of(t, NAME, words) : t->taxa[after].next_name);
}

Taxon taxa_get(const Taxa *t, size_t i)
{
    const Kept *kept = &t->taxa[i];
    Taxon       out = { t->texts[kept->id],
                        t->texts[kept->name],
                        t->texts[kept->authorship],
                        t->texts[kept->rank],
                        { { 0 } },
                        (TaxonSaid)kept->marine };
    for (int k = 0; k < TAXA_RANKS; k++) out.at[k] = t->texts[kept->at[k]];
    return out;
}
