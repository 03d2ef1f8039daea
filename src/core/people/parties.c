/* Which frameworks an organisation belongs to: asked of the records, remembered while the log stands. */
#include "core/people_parties.h"

#include <pthread.h>
#include <stdlib.h>

#include "core/list.h"

#define PARTY_SLOTS 64

typedef struct {
    Arena   *arena; /* NULL: empty */
    uint64_t log_size;
    Str      organisation;
    Str     *frameworks;
    size_t   count;
} PartySlot;

struct Parties {
    pthread_mutex_t lock;
    Node           *node;
    PartySlot       slots[PARTY_SLOTS];
};

Parties *parties_open(Node *node)
{
    Parties *p = calloc(1, sizeof *p);
    if (!p) memory_end(sizeof *p);
    pthread_mutex_init(&p->lock, NULL);
    p->node = node;
    return p;
}

void parties_close(Parties *p)
{
    if (!p) return;
    for (size_t i = 0; i < PARTY_SLOTS; i++) arena_close(p->slots[i].arena);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* Frameworks of whose parties the country is one, then those that have the organisation as secretariat. */
static size_t frameworks_ask(Snapshot *s, Arena *a, Str organisation, Str **frameworks)
{
    Record   record;
    Answer   party_of = { 0 };
    Link    *links = NULL;
    size_t   link_count = 0, n = 0;
    uint64_t total;
    if (!record_read(s, a, S("organisation"), organisation, &record, NULL) || record.state != STATE_PUBLISHED) return 0;
    Filter   filter = { S("parties"), json_get_text(record.doc, "country") };
    Question question = { .kind = S("framework"), .filters = &filter, .filter_count = 1, .limit = LIST_LIMIT_MAX };
    if (filter.value.len && !list_ask(s, a, &question, &party_of, NULL)) party_of.item_count = 0;
    if (!record_backlinks(s, a, &record, S("framework"), S("secretariat.organisations"), LIST_LIMIT_MAX, &links,
                          &link_count, &total, NULL))
        link_count = 0;
    *frameworks = NEW_ARRAY(a, Str, party_of.item_count + link_count + 1);
    for (size_t i = 0; i < party_of.item_count; i++) (*frameworks)[n++] = party_of.items[i].card.slug;
    for (size_t i = 0; i < link_count; i++) (*frameworks)[n++] = links[i].card.slug;
    return n;
}

static bool slot_get(Parties *p, PartySlot *slot, Arena *a, Str organisation, Str **frameworks, size_t *n)
{
    pthread_mutex_lock(&p->lock);
    bool found = slot->arena && slot->log_size == node_log_size(p->node) && str_eq(slot->organisation, organisation);
    if (found) *frameworks = strs_copy(a, slot->frameworks, slot->count), *n = slot->count;
    pthread_mutex_unlock(&p->lock);
    return found;
}

static void slot_put(Parties *p, PartySlot *slot, uint64_t log_size, Str organisation, const Str *frameworks, size_t n)
{
    Arena *own = arena_open(0);
    pthread_mutex_lock(&p->lock);
    arena_close(slot->arena);
    *slot = (PartySlot){ own, log_size, str_copy(own, organisation), strs_copy(own, frameworks, n), n };
    pthread_mutex_unlock(&p->lock);
}

size_t parties_of(void *parties, Arena *a, Str organisation, Str **frameworks)
{
    Parties   *p = parties;
    PartySlot *slot = &p->slots[str_hash(organisation) % PARTY_SLOTS];
    size_t     n = 0;
    if (slot_get(p, slot, a, organisation, frameworks, &n)) return n;
    Reader signed_in = { .person = S("node") };
    reader_finish(&signed_in, a);
    Snapshot *s = snapshot_open(p->node, &signed_in, S("en"));
    uint64_t  log_size = snapshot_log_size(s);
    n = frameworks_ask(s, a, organisation, frameworks);
    snapshot_close(s);
    slot_put(p, slot, log_size, organisation, *frameworks, n);
    return n;
}
