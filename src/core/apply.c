/* From the log to rows, faces and search.

   A group is applied in two steps. First its rows are written: they follow from the entries alone, one
   by one, so numbers come out the same however the entries were grouped. Then the records it touched
   are compared with what is in memory, and what differs is put right under the lock. The second step
   is also how faces and search that were kept earlier than the rows are brought up to date. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "core/inside.h"
#include "core/parallel.h"

bool node_entry(Node *node, Arena *a, uint64_t entry, Envelope *envelope, Str *body, Hash *leaf, Err *err)
{
    Str bytes;
    return log_read(node->log, a, entry, &bytes, leaf, err) &&
           entry_read(a, bytes, envelope, body, err);
}

static bool project_entry(Node *node, Arena *a, Arena *scratch, uint64_t entry, bool with_search, Projection *out,
                          Err *err)
{
    Envelope envelope;
    Str      body;
    return node_entry(node, scratch, entry, &envelope, &body, NULL, err) &&
           projection_make(a, scratch, node->kinds, node->langs, node->lang_count,
                           node_country_names(node), &envelope, body, NULL, with_search, out, err);
}

static bool node_projection(Node *node, Arena *a, uint64_t entry, bool with_search, Projection *out, Err *err)
{
    return project_entry(node, a, a, entry, with_search, out, err);
}

/* ---- rows ---- */

typedef struct {
    Str    kind, name, id;
    size_t turn;
} NameRow;

/* A record that entries have touched, and what should be listed of it since: at most two faces, the
   published one first. */
typedef struct {
    uint32_t face;
    uint64_t entry;
} Wanted;
typedef struct {
    uint32_t record, working; /* working: its number, listed or not */
    uint32_t turn;            /* of several of one record in a group, the last holds */
    uint32_t wanted_count;
    Wanted   wanted[2];
} Touched;

typedef struct {
    Node    *node;
    Db      *db;
    Arena   *arena;
    NameRow *names;
    size_t   name_count;
    Touched *touched;
    size_t   touched_count;
} Rows;

static bool read_face(Rows *r, uint32_t number, bool there, FaceRow *out, Err *err)
{
    *out = (FaceRow){ 0 };
    return !there || rows_face(r->db, r->arena, number, out, err);
}

static FaceRow face_row(const Projection *p, uint32_t face, uint32_t record, uint64_t entry, Str token)
{
    const Envelope *e = &p->envelope;
    return (FaceRow){ .face = face,
                      .record = record,
                      .entry = entry,
                      .version = e->version,
                      .updated_ms = e->time_ms,
                      .state = (int)p->state,
                      .id = e->id,
                      .kind = e->kind,
                      .slug = e->slug,
                      .owner = e->owner,
                      .audience = e->audience,
                      .token = token,
                      .card = p->card };
}

static void claim_name(Rows *r, const Projection *p, Str name)
{
    r->names[r->name_count] = (NameRow){ p->envelope.kind, name, p->envelope.id, r->name_count };
    r->name_count++;
}

/* A stub is seen by those who saw the record; one that was never published, by its owner. */
static Str stub_token(Rows *r, const Projection *p, bool has_published, const FaceRow *published)
{
    if (has_published && published->state == STATE_WITHDRAWN) return published->token;
    return audience_token(r->arena, p->envelope.audience, p->envelope.owner, !has_published);
}

static bool apply_rows(Rows *r, const Projection *p, uint64_t entry, Err *err)
{
    Node     *node = r->node;
    RecordRow record;
    FaceRow   working, published;
    Err       why = { .code = ERR_NOT_FOUND };
    /* A first version has no record yet. */
    if (p->envelope.version == 1 || !rows_record(r->db, r->arena, p->envelope.id, &record, &why)) {
        if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
        record = (RecordRow){
            .number = ++node->records, .id = p->envelope.id, .kind = p->envelope.kind, .created_ms = p->envelope.time_ms
        };
    }
    bool has_published = record.published != 0;
    if (!read_face(r, record.working, record.drafting, &working, err) ||
        !read_face(r, record.published, has_published, &published, err))
        return false;

    Str     token = p->token;
    FaceRow now;
    if (p->state < STATE_PUBLISHED) {
        if (!record.working) record.working = ++node->faces_used;
        record.drafting = true;
        now = face_row(p, record.working, record.number, entry, token);
    } else {
        if (record.drafting && !rows_face_drop(r->db, record.working, err)) return false;
        record.drafting = false;
        if (p->state == STATE_WITHDRAWN) token = stub_token(r, p, has_published, &published);
        if (!has_published) record.published = ++node->faces_used;
        now = face_row(p, record.published, record.number, entry, token);
    }
    record.head = p->envelope.version;
    if (!str_eq(p->envelope.slug, working.slug) && !str_eq(p->envelope.slug, published.slug))
        claim_name(r, p, p->envelope.slug);
    if (p->key_name.len) claim_name(r, p, p->key_name);
    Touched *touched = &r->touched[r->touched_count];
    *touched = (Touched){ .record = record.number, .working = record.working, .turn = (uint32_t)r->touched_count++ };
    const FaceRow *shown = p->state == STATE_WITHDRAWN   ? NULL
                           : p->state == STATE_PUBLISHED ? &now
                           : has_published               ? &published
                                                         : NULL;
    if (shown && shown->state == STATE_PUBLISHED)
        touched->wanted[touched->wanted_count++] = (Wanted){ shown->face, shown->entry };
    if (record.drafting) touched->wanted[touched->wanted_count++] = (Wanted){ now.face, entry };
    VersionRow version = { p->envelope.version, entry, (int)p->state, token };
    return rows_face_put(r->db, &now, err) && rows_record_put(r->db, &record, err) &&
           rows_version_put(r->db, record.number, &version, err);
}

static int name_order(const void *x, const void *y)
{
    const NameRow *m = x, *n = y;
    int            order = str_cmp(m->kind, n->kind);
    if (!order) order = str_cmp(m->name, n->name);
    return order ? order : m->turn < n->turn ? -1
                                             : 1;
}

static bool write_rows(Rows *r, const Projection *projections, size_t n, uint64_t first, Err *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!apply_rows(r, &projections[i], first + i, err)) return false;
        if (projections[i].envelope.time_ms > r->node->last_time_ms)
            r->node->last_time_ms = projections[i].envelope.time_ms;
    }
    /* In the order of the table: a large group touches its pages one after the other. */
    qsort(r->names, r->name_count, sizeof *r->names, name_order);
    for (size_t i = 0; i < r->name_count; i++)
        if (!rows_name_put(r->db, r->names[i].kind, r->names[i].name, r->names[i].id, err)) return false;
    return rows_number_put(r->db, "records", r->node->records, err) &&
           rows_number_put(r->db, "faces-used", r->node->faces_used, err) &&
           rows_number_put(r->db, "last-time", r->node->last_time_ms, err) &&
           rows_number_put(r->db, "applied", (int64_t)(first + n), err);
}

/* ---- memory ---- */

typedef enum { LIST,
               UNLIST,
               SHADOW,
               UNSHADOW } Step;
typedef struct {
    Step              step;
    uint32_t          face, record;
    uint64_t          entry;
    const Projection *projection;
    Str               token;
} ListChange;

typedef struct {
    Node             *node;
    Arena            *arena;
    const Projection *projections; /* of entries [first, first + n), when at hand */
    uint64_t          first;
    size_t            n;
    ListChange       *changes;
    size_t            count;
} Memory;

static bool projection_of(Memory *m, uint64_t entry, bool with_search, const Projection **out, Err *err)
{
    if (entry >= m->first && entry < m->first + m->n) {
        *out = &m->projections[entry - m->first];
        return true;
    }
    Projection *made = NEW(m->arena, Projection);
    *out = made;
    return node_projection(m->node, m->arena, entry, with_search, made, err);
}

static bool read_touched(Node *node, Arena *a, Str id, Touched *out, Err *err)
{
    RecordRow row;
    FaceRow   face;
    if (!rows_record(node->db, a, id, &row, err)) return false;
    *out = (Touched){ .record = row.number, .working = row.working };
    if (row.published) {
        if (!rows_face(node->db, a, row.published, &face, err)) return false;
        if (face.state == STATE_PUBLISHED) out->wanted[out->wanted_count++] = (Wanted){ row.published, face.entry };
    }
    if (row.drafting) {
        if (!rows_face(node->db, a, row.working, &face, err)) return false;
        out->wanted[out->wanted_count++] = (Wanted){ row.working, face.entry };
    }
    return true;
}

static void add_change(Memory *m, ListChange change)
{
    m->changes[m->count++] = change;
}

static bool add_shadow(Memory *m, Step step, uint32_t published, uint64_t working_entry, Err *err)
{
    const Projection *p;
    if (!projection_of(m, working_entry, false, &p, err)) return false;
    add_change(m, (ListChange){ .step = step, .face = published, .token = p->token });
    return true;
}

/* At most 6 changes a record. */
static bool compare_record(Memory *m, const Touched *t, Err *err)
{
    const Faces      *faces = m->node->faces;
    const Projection *p;
    uint32_t          listed[2], n_listed = faces_of_record(faces, t->record, listed);
    if (n_listed == 2) {
        uint32_t working = listed[0] == t->working ? listed[0] : listed[1];
        if (!add_shadow(m, UNSHADOW, listed[0] + listed[1] - working, faces_entry(faces, working), err)) return false;
    }
    for (uint32_t i = 0; i < n_listed; i++) {
        bool stays = false;
        for (uint32_t w = 0; w < t->wanted_count; w++)
            stays |= t->wanted[w].face == listed[i] && t->wanted[w].entry == faces_entry(faces, listed[i]);
        if (stays) continue;
        if (!projection_of(m, faces_entry(faces, listed[i]), false, &p, err)) return false;
        add_change(m, (ListChange){ .step = UNLIST, .face = listed[i], .projection = p });
    }
    for (uint32_t w = 0; w < t->wanted_count; w++) {
        Wanted wanted = t->wanted[w];
        if (faces_listed(faces, wanted.face) && faces_entry(faces, wanted.face) == wanted.entry) continue;
        if (!projection_of(m, wanted.entry, true, &p, err)) return false;
        add_change(m, (ListChange){ LIST, wanted.face, t->record, wanted.entry, p, STR_NONE });
    }
    return t->wanted_count < 2 || add_shadow(m, SHADOW, t->wanted[0].face, t->wanted[1].entry, err);
}

static int touched_order(const void *x, const void *y)
{
    const Touched *s = x, *t = y;
    if (s->record != t->record) return s->record < t->record ? -1 : 1;
    return s->turn < t->turn ? -1 : 1;
}

static bool compare_records(Memory *m, Touched *touched, size_t n, Err *err)
{
    m->changes = NEW_ARRAY(m->arena, ListChange, 6 * n);
    qsort(touched, n, sizeof *touched, touched_order);
    for (size_t i = 0; i < n; i++)
        if ((i + 1 == n || touched[i].record != touched[i + 1].record) && !compare_record(m, &touched[i], err))
            return false;
    return true;
}

static void run_changes(const Memory *m, bool search)
{
    Node *node = m->node;
    for (size_t i = 0; i < m->count; i++) {
        const ListChange *c = &m->changes[i];
        switch (c->step) {
        case LIST:
            faces_list(node->faces, c->face, c->record, c->entry, c->projection);
            if (search) search_add(node->search, c->face, c->projection->search);
            break;
        case UNLIST:
            faces_unlist(node->faces, c->face, c->projection);
            if (search) search_remove(node->search, c->face);
            break;
        case SHADOW:
        case UNSHADOW: faces_shadow(node->faces, c->face, c->token, c->step == SHADOW); break;
        }
    }
}

/* ---- groups ---- */

struct Applying {
    Rows     rows;
    Memory   memory;
    uint32_t records_before, faces_before;
    int64_t  time_before_ms;
};

void node_apply_drop(Applying *g)
{
    Node *node = g->rows.node;
    db_rollback(node->db);
    node->records = g->records_before;
    node->faces_used = g->faces_before;
    node->last_time_ms = g->time_before_ms;
}

bool node_apply_begin(Node *node, Arena *a, const Projection *projections, size_t n, Applying **out, Err *err)
{
    Applying *g = NEW(a, Applying);
    *g = (Applying){
        .rows = { .node = node,
                  .db = node->db,
                  .arena = a,
                  .names = NEW_ARRAY(a, NameRow, 2 * n),
                  .touched = NEW_ARRAY(a, Touched, n) },
        .memory = { .node = node,
                    .arena = a,
                    .projections = projections,
                    .n = n,
                    .first = atomic_load(&node->applied) },
        .records_before = node->records,
        .faces_before = node->faces_used,
        .time_before_ms = node->last_time_ms,
    };
    *out = g;
    if (!db_begin(node->db, err)) return false;
    if (write_rows(&g->rows, projections, n, g->memory.first, err) &&
        compare_records(&g->memory, g->rows.touched, g->rows.touched_count, err)) {
        db_write_ahead(node->db);
        return true;
    }
    node_apply_drop(g);
    return false;
}

bool node_apply_end(Applying *g, Err *err)
{
    Node *node = g->rows.node;
    pthread_rwlock_wrlock(&node->lock);
    bool ok = db_commit(node->db, err);
    if (ok) {
        run_changes(&g->memory, true);
        atomic_store(&node->applied, g->memory.first + g->memory.n);
    }
    pthread_rwlock_unlock(&node->lock);
    if (!ok) node_apply_drop(g);
    return ok;
}

bool node_apply(Node *node, Arena *a, const Projection *projections, size_t n, Err *err)
{
    Applying *g;
    return node_apply_begin(node, a, projections, n, &g, err) && node_apply_end(g, err);
}

#define GROUP 2000

typedef struct {
    Node       *node;
    uint64_t    first;
    size_t      n;
    Projection *projections;
    Err        *errs;
    Arena      *arena, *arenas[16];
    Parallel   *running;
} Batch;

static void project_one(void *with, size_t i, Arena *a, Arena *scratch)
{
    Batch *b = with;
    project_entry(b->node, a, scratch, b->first + i, true, &b->projections[i], &b->errs[i]);
}

static void batch_start(Batch *b, Node *node, uint64_t first, uint64_t size, int threads)
{
    *b = (Batch){ .node = node,
                  .first = first,
                  .n = size - first < GROUP ? size - first : GROUP,
                  .arena = arena_open((size_t)1 << 40) };
    b->projections = NEW_ARRAY(b->arena, Projection, b->n);
    b->errs = NEW_ARRAY(b->arena, Err, b->n);
    for (int t = 0; t < threads; t++)
        b->arenas[t] = arena_adopt(b->arena, arena_open((size_t)1 << 40), (void (*)(void *))arena_close);
    if (b->n) b->running = parallel_start(threads, b->n, project_one, b, b->arenas);
}

bool node_catch_up(Node *node, uint64_t size, NodeProgress progress, void *with, Err *err)
{
    uint64_t applied = atomic_load(&node->applied);
    int      threads = size > applied + 64 ? parallel_threads() : 1;
    Batch    now, next;
    bool     ok = true;
    if (applied >= size) return true;
    batch_start(&now, node, applied, size, threads);
    while (now.n > 0) {
        parallel_wait(now.running);
        batch_start(&next, node, ok ? now.first + now.n : size, size, threads);
        for (size_t i = 0; ok && i < now.n; i++)
            if (now.errs[i].code)
                ok = fail(err, now.errs[i].code, "entry %llu: %s", (unsigned long long)(now.first + i),
                          now.errs[i].text);
        ok = ok && node_apply(node, now.arena, now.projections, now.n, err) && node_keep(node, false, err);
        if (ok && progress) progress(with, now.first + now.n, size);
        arena_close(now.arena);
        now = next;
    }
    arena_close(now.arena);
    return ok;
}

/* The ids of the records that entries [at, at + n) changed. */
static bool touched_ids(Node *node, Arena *a, uint64_t at, size_t n, Str *ids, Err *err)
{
    Envelope envelope;
    Str      body;
    for (size_t i = 0; i < n; i++) {
        if (!node_entry(node, a, at + i, &envelope, &body, NULL, err)) return false;
        ids[i] = envelope.id;
    }
    return true;
}

static bool search_record(Node *node, Arena *a, Str id, Err *err)
{
    RecordRow  row;
    uint32_t   listed[2];
    Projection p;
    if (!rows_record(node->db, a, id, &row, err)) return false;
    if (row.published) search_remove(node->search, row.published);
    if (row.working) search_remove(node->search, row.working);
    for (uint32_t i = 0, n = faces_of_record(node->faces, row.number, listed); i < n; i++) {
        if (!node_projection(node, a, faces_entry(node->faces, listed[i]), true, &p, err)) return false;
        search_add(node->search, listed[i], p.search);
    }
    return true;
}

static bool refresh_group(Node *node, Arena *a, uint64_t at, size_t n, bool faces, Err *err)
{
    Str *ids = NEW_ARRAY(a, Str, n);
    if (!touched_ids(node, a, at, n, ids, err)) return false;
    if (faces) {
        Memory   memory = { .node = node, .arena = a };
        Touched *touched = NEW_ARRAY(a, Touched, n);
        for (size_t i = 0; i < n; i++)
            if (!read_touched(node, a, ids[i], &touched[i], err)) return false;
        if (!compare_records(&memory, touched, n, err)) return false;
        run_changes(&memory, false);
        return true;
    }
    for (size_t i = 0; i < n; i++)
        if (!search_record(node, a, ids[i], err)) return false;
    return true;
}

static bool refresh(Node *node, uint64_t from, bool faces, Err *err)
{
    uint64_t applied = atomic_load(&node->applied);
    bool     ok = true;
    for (uint64_t at = from; ok && at < applied; at += GROUP) {
        Arena *a = arena_open((size_t)1 << 40);
        ok = refresh_group(node, a, at, applied - at < GROUP ? applied - at : GROUP, faces, err);
        arena_close(a);
    }
    return ok;
}

bool node_refresh_faces(Node *node, uint64_t from, Err *err)
{
    return refresh(node, from, true, err);
}

bool node_refresh_search(Node *node, uint64_t from, Err *err)
{
    return refresh(node, from, false, err);
}

/* Kept often enough that opening after a crash goes through few entries, seldom enough that keeping
   costs little however large the node is. */
#define KEEP_EVERY 10000

bool node_keep(Node *node, bool now, Err *err)
{
    uint64_t applied = atomic_load(&node->applied), since = applied - node->faces_kept;
    if (now ? since > 0 : since > KEEP_EVERY + applied / 4) {
        if (!faces_save(node->faces, node->db, applied, err)) return false;
        node->faces_kept = applied;
    }
    if (!search_wants_flush(node->search) && !(now && search_applied(node->search) < applied)) return true;
    return search_flush(node->search, applied, err);
}
