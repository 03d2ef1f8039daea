/* Bulk load in two passes. The first gives each item its id and notes by which names others may link to
   it; the texts go to a spool beside the log. The second prepares them on all cores while the group
   before is written. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/id.h"
#include "core/inside.h"
#include "core/loader_head.h"
#include "core/parallel.h"
#include "core/prepare.h"
#include "text/slug.h"
#include "store/side.h"

#define GROUP_ITEMS        2000
#define GROUP_BYTES        ((size_t)8 << 20)
#define THREADS_MAX        16
#define OWNER_BYTES        128
#define THREAD_CACHE_BYTES ((size_t)2 << 20)

/* What is known of an item between the passes. */
typedef struct {
    uint64_t    offset; /* in the spool */
    uint32_t    len, line;
    const char *source;
    char        id[ID_LEN + 1];
    bool        fresh; /* the id was made for it: no record has it */
    bool        late;  /* set aside by the writer: something had changed meanwhile */
    Str         slug;  /* made in the first pass when none was given */
    const char *wrong; /* why it is set aside; NULL: fine so far */
} Item;

/* Names to items: an open table; `item` is its number and one. */
typedef struct {
    SetKey   key;
    uint32_t item;
} Name;

/* What an item of the load relies on: that item `to` of the load gets written. */
typedef struct {
    uint32_t     from, to;
    const Field *field; /* of the link; NULL: it is the owner */
} Edge;

struct Loader {
    Node           *node;
    const Reader   *who;
    const Messages *words; /* NULL: problems by their keys */
    bool            trusted;
    Arena          *arena, *item_arena;
    Db             *db; /* the first pass's */
    FILE           *spool;
    uint64_t        spooled;
    Item           *items;
    size_t          n, room;
    Name           *names;
    size_t          names_used, names_room;
    const char     *source; /* of the item before: most share it */
    Db             *thread_db[THREADS_MAX];
    LoadCount       count;
    NodeProgress    progress; /* NULL: nobody watches */
    void           *watcher;
    uint64_t        changes;                         /* others had made when this began */
    const Kind     *owners;                          /* the kind that owners are records of; NULL: there is none */
    char            owner[THREADS_MAX][OWNER_BYTES]; /* the last that each thread found in the node */
    Edge           *edges;
    size_t          edge_count, edge_room;
};

static bool open_db(Node *node, size_t cache, Db **out, Err *err)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/node.db", node->made);
    return db_open(path, DB_READ, cache, out, err);
}

static bool open_spool(Loader *l, Err *err)
{
    Str path = str_format(l->arena, "%s/load-XXXXXX", l->node->folder);
    int file = mkstemp((char *)path.at);
    if (file < 0) return fail_errno(err, "make %s", path.at);
    unlink(path.at);
    l->spool = fdopen(file, "w+");
    return l->spool != NULL || fail_errno(err, "open %s", path.at);
}

void loader_watch(Loader *l, NodeProgress progress, void *with)
{
    l->progress = progress;
    l->watcher = with;
}

void loader_say(Loader *l, const Messages *words)
{
    l->words = words;
}

void loader_trust(Loader *l)
{
    l->trusted = true;
}

bool loader_open(Node *node, const Reader *who, Loader **out, Err *err)
{
    if (node->read_only) return fail(err, ERR_STORE, "this node was opened read-only");
    Loader *l = calloc(1, sizeof *l);
    if (!l) memory_end(sizeof *l);
    l->node = node;
    l->who = who;
    l->changes = writer_changes(node->writer);
    l->owners = kind_find(node->kinds, S("organisation"));
    l->arena = arena_open((size_t)1 << 40);
    l->item_arena = arena_open((size_t)1 << 40);
    if (!open_db(node, THREAD_CACHE_BYTES, &l->db, err) || !db_begin_read(l->db, err) || !open_spool(l, err)) {
        loader_close(l);
        return false;
    }
    *out = l;
    return true;
}

void loader_close(Loader *l)
{
    if (!l) return;
    for (int t = 0; t < THREADS_MAX; t++) db_close(l->thread_db[t]);
    db_close(l->db);
    if (l->spool) fclose(l->spool);
    arena_close(l->item_arena);
    arena_close(l->arena);
    free(l->items);
    free(l->names);
    free(l->edges);
    free(l);
}

/* ---- names ---- */

static Name *name_slot(Name *names, size_t room, SetKey key)
{
    size_t at = key.a & (room - 1);
    while (names[at].item && (names[at].key.a != key.a || names[at].key.b != key.b)) at = (at + 1) & (room - 1);
    return &names[at];
}

static void names_grow(Loader *l)
{
    size_t room = l->names_room ? 2 * l->names_room : 4096;
    Name  *names = calloc(room, sizeof *names);
    if (!names) memory_end(room * sizeof *names);
    for (size_t i = 0; i < l->names_room; i++)
        if (l->names[i].item) *name_slot(names, room, l->names[i].key) = l->names[i];
    free(l->names);
    l->names = names;
    l->names_room = room;
}

static SetKey name_key(Str kind, Str name)
{
    return set_key((Str[]){ kind, name }, 2);
}

static Item *name_find(const Loader *l, Str kind, Str name)
{
    if (!l->names_room) return NULL;
    const Name *slot = name_slot(l->names, l->names_room, name_key(kind, name));
    return slot->item ? &l->items[slot->item - 1] : NULL;
}

/* The item becomes number l->n. */
static void name_put(Loader *l, Str kind, Str name)
{
    if (2 * l->names_used >= l->names_room) names_grow(l);
    SetKey key = name_key(kind, name);
    Name  *slot = name_slot(l->names, l->names_room, key);
    if (slot->item) return;
    *slot = (Name){ key, (uint32_t)l->n + 1 };
    l->names_used++;
}

/* ---- the first pass ---- */

typedef struct {
    Arena      *arena;
    Loader     *loader;
    const Kind *kind;
    Json       *doc;
    Str         given_slug, given_id, slug, key;
} First;

__attribute__((format(printf, 2, 3))) static const char *set_aside(First *f, const char *format, ...)
{
    char    text[ERR_TEXT_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    return str_copy(f->loader->arena, str_of(text)).at;
}

static const char *first_slug(First *f)
{
    Loader *l = f->loader;
    Str     given = f->given_slug, kind = f->kind->name;
    f->slug = given;
    if (given.len) {
        const Item *other = name_find(l, kind, given);
        if (!slug_is(given))
            return set_aside(f, "\"%.*s\" is not a slug (small letters, digits and single hyphens)", STR_ARG(given));
        if (other) return set_aside(f, "the slug \"%.*s\" is line %u's already", STR_ARG(given), other->line);
        return NULL;
    }
    Str base = slug_make(f->arena, doc_title(f->arena, f->kind, f->doc, l->node->langs, l->node->lang_count));
    if (!base.len) return NULL; /* from the id, once there is one */
    for (int i = 1;; i++) {
        bool is_free = !name_find(l, kind, f->slug = i == 1 ? base : str_format(f->arena, "%.*s-%d", STR_ARG(base), i));
        if (is_free && !name_is_free(l->db, f->arena, kind, f->slug, STR_NONE, &is_free, NULL))
            return "node.db cannot be read";
        if (is_free) return NULL;
    }
}

/* The item's own id, that of the record it is a new version of, or a new one. */
static const char *first_id(First *f, Item *item)
{
    Loader *l = f->loader;
    Str     id = f->given_id;
    if (id.len && !id_is(id)) return set_aside(f, "\"%.*s\" is not an id (a lower-case UUID)", STR_ARG(id));
    if (id.len && name_find(l, S(""), id)) return set_aside(f, "the id %.*s comes twice", STR_ARG(id));
    if (!id.len && f->given_slug.len) rows_name(l->db, f->arena, f->kind->name, f->slug, &id, NULL);
    if (!id.len && f->key.len) rows_name(l->db, f->arena, f->kind->name, f->key, &id, NULL);
    item->fresh = !id.len;
    if (!id.len) id = id_make(f->arena);
    memcpy(item->id, id.at, ID_LEN);
    if (!f->slug.len) f->slug = str_join(f->arena, (Str[]){ f->kind->name, S("-"), str_drop(id, 24) }, 3);
    return NULL;
}

/* An item that says its slug, of a kind without a natural key, need not be parsed yet. */
static bool first_glance(First *f, Str text)
{
    LoaderHead head;
    if (!loader_head(text, &head) || !head.slug.len || !head.has_doc) return false;
    f->kind = kind_find(f->loader->node->kinds, head.kind);
    f->given_slug = head.slug;
    f->given_id = head.id;
    return f->kind && !f->kind->key_field.len;
}

static const char *first_parse(First *f, Str text)
{
    Err   err = { 0 };
    Json *json;
    if (!json_read(f->arena, text, &json, &err)) return set_aside(f, "%s", err.text);
    f->doc = json_get(json, "doc");
    f->kind = kind_find(f->loader->node->kinds, json_get_text(json, "kind"));
    f->given_slug = json_get_text(json, "slug");
    f->given_id = json_get_text(json, "id");
    if (!f->kind) return set_aside(f, "no kind \"%.*s\"", STR_ARG(json_get_text(json, "kind")));
    return json_is_object(f->doc) ? NULL : "there is no \"doc\"";
}

static const char *first_pass(First *f, Item *item, Str text)
{
    FieldValue *values;
    const char *wrong;
    if (!first_glance(f, text) && (wrong = first_parse(f, text))) return wrong;
    if (f->kind->key_field.len && kind_values(f->kind, f->arena, f->doc, f->kind->key_field, &values) > 0)
        f->key = str_join(f->arena, (Str[]){ S("="), json_text(values[0].value) }, 2);
    if (f->key.len && name_find(f->loader, f->kind->name, f->key))
        return set_aside(f, "the key %.*s comes twice", STR_ARG(str_drop(f->key, 1)));
    if ((wrong = first_slug(f)) || (wrong = first_id(f, item))) return wrong;
    item->slug = str_copy(f->loader->arena, f->slug);
    name_put(f->loader, f->kind->name, f->slug);
    if (f->key.len) name_put(f->loader, f->kind->name, f->key);
    name_put(f->loader, S(""), (Str){ item->id, ID_LEN });
    return NULL;
}

bool loader_add(Loader *l, Str json_text, const char *source, uint64_t line, Err *err)
{
    if (json_text.len > ENTRY_MAX_BYTES || l->n >= UINT32_MAX - 1)
        return fail(err, ERR_TOO_BIG, "%s: too much to load", source);
    if (!l->source || strcmp(l->source, source) != 0) l->source = str_z(l->arena, str_of(source));
    if (l->n == l->room) {
        l->room = l->room ? 2 * l->room : 1024;
        l->items = realloc(l->items, l->room * sizeof *l->items);
        if (!l->items) memory_end(l->room * sizeof *l->items);
    }
    Item *item = &l->items[l->n];
    *item = (Item){ .offset = l->spooled, .len = (uint32_t)json_text.len, .line = (uint32_t)line, .source = l->source };
    First f = { .arena = l->item_arena, .loader = l };
    item->wrong = first_pass(&f, item, json_text);
    arena_reset(l->item_arena);
    if (fwrite(json_text.at, 1, json_text.len, l->spool) != json_text.len) return fail_errno(err, "write the spool");
    l->spooled += json_text.len;
    l->n++;
    return true;
}

/* ---- the second pass: one item ---- */

typedef enum { ITEM_WRITE,
               ITEM_UNCHANGED,
               ITEM_WRONG } Fate;
/* An item that is written no earlier than the one that relies on it. */
typedef struct Relied Relied;
struct Relied {
    Relied      *next;
    uint32_t     to;
    const Field *field;
};
typedef struct {
    Fate        fate;
    Write       write;
    const char *wrong;
    Relied     *relied;
} Prepared;

typedef struct {
    Loader   *loader;
    size_t    first, n;
    size_t    settled; /* the first item that was not written when this was begun */
    Prepared *prepared;
    Arena    *arena, *arenas[THREADS_MAX];
    Parallel *running;
} Batch;

typedef struct {
    Loader   *loader;
    Arena    *arena, *kept; /* kept: until the group is written */
    Db       *db;
    Item     *item;
    Prepared *out;
    size_t    settled; /* what became of the items before this is known */
    int       thread;
} Second;

static bool read_text(Second *s, Str *out, Err *err)
{
    const Item *item = s->item;
    char       *text = arena_raw(s->arena, item->len + 1);
    *out = (Str){ text, item->len };
    return io_read_at(fileno(s->loader->spool), item->offset, text, item->len) == item->len ||
           fail_errno(err, "read the spool");
}

static void rely(Second *s, const Item *on, const Field *field)
{
    size_t to = (size_t)(on - s->loader->items);
    if (to < s->settled || on == s->item) return;
    Relied *r = NEW(s->kept, Relied);
    *r = (Relied){ s->out->relied, (uint32_t)to, field };
    s->out->relied = r;
}

/* What was set aside is not there. */
static const Item *find_in_load(Second *s, Str kind, Str name)
{
    const Item *item = name_find(s->loader, kind, name);
    return item && !item->wrong ? item : NULL;
}

static bool resolve_in_load(Second *s, const Kind *kind, const Field *field, Str value, Str *stored)
{
    const Item *item;
    if (id_is(value)) {
        item = find_in_load(s, S(""), value);
        if (item && find_in_load(s, kind->name, item->slug) != item) item = NULL;
    } else if (kind->key_field.len) {
        item = find_in_load(s, kind->name, str_join(s->arena, (Str[]){ S("="), value }, 2));
    } else {
        item = find_in_load(s, kind->name, value);
        if (item) *stored = (Str){ item->id, ID_LEN };
    }
    if (item) rely(s, item, field);
    return item != NULL;
}

static bool resolve_in_node(Second *s, const Kind *kind, Str value, Str *stored, bool *found, Err *err)
{
    Str       id = value, name = kind->key_field.len ? str_join(s->arena, (Str[]){ S("="), value }, 2) : value;
    RecordRow row;
    Err       why = { 0 };
    *found = (id_is(value) || rows_name(s->db, s->arena, kind->name, name, &id, &why)) &&
             rows_record(s->db, s->arena, id, &row, &why) && str_eq(row.kind, kind->name);
    if (why.code && why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
    if (*found && !kind->key_field.len) *stored = id;
    return true;
}

static bool resolve_link(void *with, Arena *a, const Field *field, Str value, Str *stored, bool *found, Err *err)
{
    Second *s = with;
    (void)a;
    for (size_t i = 0; i < field->link_kind_count && !*found; i++) {
        const Kind *kind = kind_find(s->loader->node->kinds, field->link_kinds[i]);
        if (!kind) continue;
        *found = resolve_in_load(s, kind, field, value, stored);
        if (!*found && !resolve_in_node(s, kind, value, stored, found, err)) return false;
    }
    return true;
}

/* The newest version, when there is one. */
static bool read_head(Second *s, Str id, RecordRow *row, Envelope *head, Str *body, Hash *leaf, bool *there, Err *err)
{
    Err        why = { 0 };
    VersionRow version;
    *there = false;
    if (s->item->fresh) return true;
    *there = rows_record(s->db, s->arena, id, row, &why);
    if (!*there) return why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
    return rows_version(s->db, s->arena, row->number, row->head, &version, err) &&
           node_entry(s->loader->node, s->arena, version.entry, head, body, leaf, err);
}

static Str or_else(Str given, Str otherwise)
{
    return given.len ? given : otherwise;
}

static const char *first_problem(Arena *a, const Messages *words, const Problems *problems)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < problems->count && i < 5; i++) {
        const Problem *p = &problems->at[i];
        Str            says = words ? message(words, a, S("en"), p->key, p->args) : p->key;
        buf_putf(out, "%s%.*s: %.*s", i ? "; " : "", STR_ARG(p->pointer), STR_ARG(says));
        if (p->args && !words) buf_putf(out, " %s", json_write(a, p->args).at);
    }
    return buf_str(out).at;
}

/* An owner is the slug of an organisation's record, of this load or of the node. */
static const char *check_owner(Second *s, Str owner)
{
    Loader     *l = s->loader;
    const Item *item;
    Str         id;
    Err         why = { 0 };
    if (!l->owners || str_eq_z(owner, l->owner[s->thread])) return NULL;
    if ((item = find_in_load(s, l->owners->name, owner))) {
        rely(s, item, NULL);
        return NULL;
    }
    if (rows_name(s->db, s->arena, l->owners->name, owner, &id, &why)) {
        if (owner.len < OWNER_BYTES) memcpy(l->owner[s->thread], str_z(s->arena, owner), owner.len + 1);
        return NULL;
    }
    if (why.code != ERR_NOT_FOUND) return str_z(s->arena, str_of(why.text));
    return str_format(s->arena,
                      "there is no organisation \"%.*s\" to own it: load its record first, or in "
                      "the same load",
                      STR_ARG(owner))
        .at;
}

static const char *check_rights(const Reader *who, const Envelope *e, State state)
{
    if (!e->owner.len) return "it says no owner";
    if (!may_edit(who, e->owner)) return "its owner lets nobody else write";
    if (state == STATE_PUBLISHED && !may_publish(who, e->owner)) return "only a publisher of its owner may publish it";
    return audience_check(e->audience, NULL) ? NULL : "its audience is none of public, signed-in, own, framework:SLUG";
}

static const char *second_pass(Second *s, Err *err)
{
    Arena    *a = s->arena;
    Node     *node = s->loader->node;
    Json     *json, *doc;
    Problems  problems = { 0 };
    RecordRow row;
    Envelope  head = { 0 }, e = { 0 };
    Str       text, head_body;
    Hash      leaf;
    bool      there;
    State     state;
    if (!read_text(s, &text, err) || !json_read(a, text, &json, err)) return err->text;
    const Kind *kind = kind_find(node->kinds, json_get_text(json, "kind"));
    doc = doc_canonical(a, kind, json_get(json, "doc"));
    e.id = (Str){ s->item->id, ID_LEN };
    if (!read_head(s, e.id, &row, &head, &head_body, &leaf, &there, err)) return err->text;
    if (there && !str_eq(head.kind, kind->name)) return "its id is that of a record of another kind";
    e.kind = kind->name;
    e.slug = json_get_text(json, "slug").len || !there ? s->item->slug : head.slug;
    e.owner =
        or_else(json_get_text(json, "owner"),
                or_else(head.owner, s->loader->who->membership_count == 1 ? s->loader->who->memberships[0].organisation
                                                                          : STR_NONE));
    e.audience = or_else(json_get_text(json, "audience"), or_else(head.audience, S("public")));
    e.state = or_else(json_get_text(json, "state"),
                      or_else(head.state, may_publish(s->loader->who, e.owner) ? S("published") : S("draft")));
    e.note = json_get_text(json, "note");
    e.author = or_else(s->loader->who->person, S("system"));
    e.version = there ? row.head + 1 : 1;
    if (!state_read(e.state, &state) || (state == STATE_WITHDRAWN && json_object_size(doc) > 0))
        return "its state is none of draft, review, published";
    const char *wrong = check_rights(s->loader->who, &e, state);
    if (wrong || (wrong = check_owner(s, e.owner))) return wrong;
    if (!s->loader->trusted && state != STATE_WITHDRAWN && kind_has_computed(kind)) {
        Json *known = NULL;
        if (there && !json_read(a, head_body, &known, err)) return err->text;
        doc = doc_keep_computed(a, kind, doc, known, true, &problems);
    }
    if (!doc_resolve(a, kind, doc, NULL, resolve_link, s, &problems, err)) return err->text;
    if (problems.count == 0 && state != STATE_WITHDRAWN) schema_check(kind->schema, a, doc, &problems);
    if (problems.count > 0) return first_problem(a, s->loader->words, &problems);
    if (there) {
        e.parents = NEW(a, Str);
        e.parents[0] = hex_make(a, leaf.b, HASH_BYTES);
        e.parent_count = 1;
    }
    s->out->write = (Write){ .body = json_write(s->kept, doc),
                             .head = there ? row.head : 0,
                             .slug_new = !str_eq(e.slug, head.slug) };
    if (there && str_eq(s->out->write.body, head_body) && str_eq(e.state, head.state) && str_eq(e.slug, head.slug) &&
        str_eq(e.owner, head.owner) && str_eq(e.audience, head.audience)) {
        s->out->fate = ITEM_UNCHANGED;
        return NULL;
    }
    return projection_make(s->kept, a, node->kinds, node->langs, node->lang_count, node_country_names(node), &e,
                           s->out->write.body, doc, true, &s->out->write.projection, err)
               ? NULL
               : err->text;
}

static void prepare_item(void *with, size_t i, Arena *kept, Arena *a)
{
    Batch    *b = with;
    Item     *item = &b->loader->items[b->first + i];
    Prepared *out = &b->prepared[i];
    int       thread = 0;
    Err       err = { 0 };
    while (b->arenas[thread] != kept) thread++;
    Second      s = { b->loader, a, kept, b->loader->thread_db[thread], item, out, b->settled, thread };
    const char *wrong = item->wrong ? item->wrong : second_pass(&s, &err);
    if (!wrong) return;
    out->fate = ITEM_WRONG;
    out->wrong = str_copy(kept, str_of(wrong)).at;
}

/* ---- the second pass: groups ---- */

static void batch_start(Batch *b, Loader *l, size_t first, size_t settled, int threads)
{
    *b = (Batch){ .loader = l, .first = first, .settled = settled, .arena = arena_open((size_t)1 << 40) };
    for (size_t bytes = 0; first + b->n < l->n && b->n < GROUP_ITEMS && bytes < GROUP_BYTES; b->n++)
        bytes += l->items[first + b->n].len;
    b->prepared = NEW_ARRAY(b->arena, Prepared, b->n);
    for (int t = 0; t < threads; t++)
        b->arenas[t] = arena_adopt(b->arena, arena_open((size_t)1 << 40), (void (*)(void *))arena_close);
    if (b->n) b->running = parallel_start(threads, b->n, prepare_item, b, b->arenas);
}

/* All of the batch is prepared, and nothing else is yet: the time to settle what is set aside and to note
   what relies on items whose turn has not come. */
static void batch_settle(Batch *b)
{
    Loader *l = b->loader;
    for (size_t i = 0; i < b->n; i++) {
        Prepared *p = &b->prepared[i];
        if (p->fate == ITEM_WRONG) l->items[b->first + i].wrong = "set aside";
        for (Relied *r = p->fate == ITEM_WRONG ? NULL : p->relied; r; r = r->next) {
            if (l->edge_count == l->edge_room) {
                l->edge_room = l->edge_room ? 2 * l->edge_room : 1024;
                l->edges = realloc(l->edges, l->edge_room * sizeof *l->edges);
                if (!l->edges) memory_end(l->edge_room * sizeof *l->edges);
            }
            l->edges[l->edge_count++] = (Edge){ (uint32_t)(b->first + i), r->to, r->field };
        }
    }
}

typedef void (*Rejected)(void *with, const char *source, uint64_t line, Str what);

static void reject(Loader *l, const Item *item, const char *what, Rejected rejected, void *with)
{
    l->count.rejected++;
    if (rejected) rejected(with, item->source, item->line, str_of(what));
}

static bool batch_write(Batch *b, Rejected rejected, void *with, Err *err)
{
    Loader *l = b->loader;
    Write  *writes = NEW_ARRAY(b->arena, Write, b->n);
    size_t *from = NEW_ARRAY(b->arena, size_t, b->n), n = 0;
    for (size_t i = 0; i < b->n; i++) {
        Prepared *p = &b->prepared[i];
        if (p->fate == ITEM_WRONG) reject(l, &l->items[b->first + i], p->wrong, rejected, with);
        l->count.unchanged += p->fate == ITEM_UNCHANGED;
        if (p->fate != ITEM_WRITE) continue;
        from[n] = i;
        writes[n++] = p->write;
    }
    if (n > 0 && !writer_load(l->node->writer, writes, n, l->changes, err)) return false;
    for (size_t i = 0; i < n; i++) {
        if (writes[i].stale) l->items[b->first + from[i]].late = true;
        if (writes[i].stale)
            reject(l, &l->items[b->first + from[i]], "its slug or key is another record's, or it changed meanwhile",
                   rejected, with);
        else l->count.written++;
    }
    return true;
}

/* Written in good faith, but what they rely on was set aside later, and no record of the node stands in. */
static bool tell_dangling(Loader *l, Rejected rejected, void *with, Err *err)
{
    for (size_t i = 0; i < l->edge_count; i++) {
        const Edge *e = &l->edges[i];
        const Item *from = &l->items[e->from], *to = &l->items[e->to];
        RecordRow   row;
        Err         why = { 0 };
        if ((!to->wrong && !to->late) || from->late) continue;
        arena_reset(l->item_arena);
        if (rows_record(l->db, l->item_arena, (Str){ to->id, ID_LEN }, &row, &why)) continue;
        if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
        Str what = e->field ? str_format(l->item_arena, "its link /%.*s", STR_ARG(e->field->path)) : S("its owner");
        l->count.dangling++;
        if (rejected)
            rejected(with, from->source, from->line,
                     str_format(l->item_arena,
                                "kept, but %.*s leads to %s:%u, which was set aside: put that "
                                "right and load both again",
                                STR_ARG(what), to->source, to->line));
    }
    return true;
}

bool loader_finish(Loader *l, Rejected rejected, void *with, LoadCount *count, Err *err)
{
    int   threads = l->n > 64 ? parallel_threads() : 1;
    Batch now, next;
    for (int t = 0; t < threads; t++)
        if (!l->thread_db[t] && !open_db(l->node, THREAD_CACHE_BYTES, &l->thread_db[t], err)) return false;
    db_end_read(l->db);
    if (fflush(l->spool) != 0) return fail_errno(err, "write the spool");
    bool ok = true;
    batch_start(&now, l, 0, 0, threads);
    while (now.n > 0) {
        parallel_wait(now.running);
        batch_settle(&now);
        batch_start(&next, l, ok ? now.first + now.n : l->n, now.first, threads);
        ok = ok && batch_write(&now, rejected, with, err);
        arena_close(now.arena);
        if (l->progress) l->progress(l->watcher, now.first + now.n, l->n);
        now = next;
    }
    arena_close(now.arena);
    ok = ok && tell_dangling(l, rejected, with, err);
    *count = l->count;
    return ok;
}
