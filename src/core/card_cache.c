/* Cards kept ready: a table of so many places, each with the last card that fell into it. */
#include <stdlib.h>
#include <string.h>

#include "core/inside.h"

#define PLACES 2048 /* about 600 bytes each when all are taken */

typedef struct {
    Card     card; /* its texts follow */
    Str      target, lang;
    uint32_t face;
    uint64_t entry;
} Kept;

struct CardCache {
    pthread_mutex_t lock;
    Kept           *kept[PLACES];
};

CardCache *card_cache_open(void)
{
    CardCache *c = calloc(1, sizeof *c);
    if (!c) memory_end(sizeof *c);
    pthread_mutex_init(&c->lock, NULL);
    return c;
}

void card_cache_close(CardCache *c)
{
    if (!c) return;
    for (size_t i = 0; i < PLACES; i++) free(c->kept[i]);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static Kept **place_of(CardCache *c, Str target, Str lang)
{
    uint64_t hash = str_hash(target) ^ (str_hash(lang) * 0x9E3779B97F4A7C15u);
    return &c->kept[(hash ^ hash >> 32) % PLACES];
}

#define CARD_TEXTS 7

static void card_texts_of(Card *card, Str *texts[CARD_TEXTS])
{
    Str *all[CARD_TEXTS] = { &card->id, &card->kind, &card->slug, &card->title,
                             &card->title_lang, &card->summary, &card->summary_lang };
    memcpy(texts, all, sizeof all);
}

/* The reader sees this face: it is listed as it was, and not hidden behind a working face. */
static bool still_good(Snapshot *s, const Kept *k)
{
    const Faces *faces = s->node->faces;
    return faces_listed(faces, k->face) && faces_entry(faces, k->face) == k->entry &&
           roaring_bitmap_contains(snapshot_visible(s), k->face);
}

bool card_cache_find(Snapshot *s, Arena *a, Str target, Card *out)
{
    CardCache *c = s->node->cards;
    pthread_mutex_lock(&c->lock);
    const Kept *k = *place_of(c, target, s->lang);
    bool        found = k && str_eq(k->target, target) && str_eq(k->lang, s->lang) && still_good(s, k);
    if (found) {
        Str *texts[CARD_TEXTS];
        *out = k->card;
        card_texts_of(out, texts);
        for (size_t i = 0; i < CARD_TEXTS; i++) *texts[i] = str_copy(a, *texts[i]);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

static Str moved(char **to, Str text)
{
    Str copy = { *to, text.len };
    if (text.len) memcpy(*to, text.at, text.len);
    *to += text.len;
    return copy;
}

void card_cache_put(Snapshot *s, Str target, const FaceRow *face, const Card *card)
{
    if (!faces_listed(s->node->faces, face->face) || faces_entry(s->node->faces, face->face) != face->entry) return;
    Card   copy = *card;
    Str   *texts[CARD_TEXTS];
    size_t room = sizeof(Kept) + target.len + s->lang.len;
    card_texts_of(&copy, texts);
    for (size_t i = 0; i < CARD_TEXTS; i++) room += texts[i]->len;
    Kept *k = malloc(room);
    if (!k) memory_end(room);
    char *to = (char *)(k + 1);
    for (size_t i = 0; i < CARD_TEXTS; i++) *texts[i] = moved(&to, *texts[i]);
    *k = (Kept){ .card = copy, .face = face->face, .entry = face->entry };
    k->target = moved(&to, target);
    k->lang = moved(&to, s->lang);

    CardCache *c = s->node->cards;
    pthread_mutex_lock(&c->lock);
    Kept **place = place_of(c, target, s->lang);
    Kept  *before = *place;
    *place = k;
    pthread_mutex_unlock(&c->lock);
    free(before);
}
