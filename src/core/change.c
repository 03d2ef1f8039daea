/* Changing a record: what the change may do, what it makes of the document, and the way into the log.
   All of it is prepared from a state that may be old by the time the writer comes to it; then the
   writer says so, and it is prepared again. */
#include <stdlib.h>
#include <string.h>

#include "base/id.h"
#include "core/inside.h"
#include "core/prepare.h"
#include "text/slug.h"

#define TRIES 200

typedef struct {
    Node         *node;
    Snapshot     *snapshot;
    Arena        *arena;
    const Change *change;
    const Kind   *kind;
    Outcome      *out;
    /* What is there; of a new record, nothing. */
    RecordRow row;
    Record    head;
    bool      ever_published; /* there is a published face, be it a stub */
    bool      gone;           /* the newest version is a withdrawal */
    /* What it becomes. */
    Envelope envelope;
    State    state;
    Json    *doc;
    bool     unchanged;
} Work;

static bool problem(Work *w, Str pointer, const char *key, Err *err)
{
    problems_add(&w->out->problems, w->arena, pointer, key, NULL);
    return fail(err, ERR_INVALID, "%.*s: %s", STR_ARG(pointer), key);
}

/* ---- links ---- */

/* The natural key of a record that was named by slug or key. */
static bool natural_key(Work *w, Arena *a, const Kind *kind, const RecordRow *row, const FaceRow *face, Str *out,
                        Err *err)
{
    Record      record;
    FieldValue *values;
    if (!record_load(w->snapshot, a, row, face, &record, err)) return false;
    *out = kind_values(kind, a, record.doc, kind->key_field, &values) > 0 ? json_text(values[0].value) : STR_NONE;
    return true;
}

static bool resolve_link(void *with, Arena *a, const Field *field, Str value, Str *stored, bool *found, Err *err)
{
    Work *w = with;
    for (size_t i = 0; i < field->link_kind_count && !*found; i++) {
        const Kind *kind = kind_find(w->node->kinds, field->link_kinds[i]);
        RecordRow   row;
        FaceRow     face;
        Err         why = { 0 };
        if (!kind) continue;
        if (!record_find(w->snapshot, a, kind->name, value, &row, &why) ||
            !record_face(w->snapshot, a, &row, &face, &why)) {
            if (why.code != ERR_NOT_FOUND) return fail(err, why.code, "%s", why.text);
            continue;
        }
        if (face.state == STATE_WITHDRAWN) continue;
        *stored = row.id;
        if (kind->key_field.len && !natural_key(w, a, kind, &row, &face, stored, err)) return false;
        *found = stored->len > 0;
    }
    return true;
}

/* ---- rights ---- */

static bool refuse(const Reader *who, Err *err, const char *what, Str owner)
{
    if (!who->person.len) return fail(err, ERR_SIGN_IN, "sign in to %s", what);
    return fail(err, ERR_FORBIDDEN, "this person may not %s for \"%.*s\"", what, STR_ARG(owner));
}

static bool check_rights(const Work *w, Str owner, Err *err)
{
    const Reader *who = w->change->who;
    if (!may_edit(who, owner)) return refuse(who, err, "write", owner);
    if (w->state == STATE_PUBLISHED && !may_publish(who, owner)) return refuse(who, err, "publish", owner);
    /* A draft that was never shown may be given up by who may write it. */
    if (w->state == STATE_WITHDRAWN && w->ever_published && !may_publish(who, owner))
        return refuse(who, err, "withdraw", owner);
    return true;
}

/* ---- the head ---- */

static bool read_head(Work *w, Err *err)
{
    FaceRow face;
    if (!record_find(w->snapshot, w->arena, w->kind->name, w->change->target, &w->row, err)) return false;
    Err why = { 0 };
    if (!record_face(w->snapshot, w->arena, &w->row, &face, &why))
        return why.code == ERR_NOT_FOUND ? record_not_found(err, w->kind->name, w->change->target)
                                         : fail(err, why.code, "%s", why.text);
    if (!record_load(w->snapshot, w->arena, &w->row, &face, &w->head, err)) return false;
    w->ever_published = w->row.published != 0;
    w->gone = w->head.state == STATE_WITHDRAWN;
    return true;
}

static bool read_version(Work *w, int64_t version, Record *out, Err *err)
{
    return record_version(w->snapshot, w->arena, w->kind->name, w->row.id, version, out, err);
}

/* ---- the state ---- */

static State default_state(const Work *w)
{
    bool publisher = may_publish(w->change->who, w->head.owner);
    if (w->change->what == CHANGE_RESTORE) return publisher && w->ever_published ? STATE_PUBLISHED : STATE_DRAFT;
    if (w->head.state == STATE_PUBLISHED && !publisher) return STATE_DRAFT;
    return w->head.state;
}

static bool choose_state(Work *w, Err *err)
{
    const Change *c = w->change;
    switch (c->what) {
    case CHANGE_WITHDRAW: w->state = STATE_WITHDRAWN; break;
    case CHANGE_CREATE:
    case CHANGE_STATE: w->state = c->state; break;
    default: w->state = c->state_given ? c->state : default_state(w);
    }
    if (w->gone && c->what != CHANGE_RESTORE)
        return fail(err, ERR_GONE, "it was withdrawn; an older version can be restored");
    if (w->state == STATE_WITHDRAWN && c->what != CHANGE_WITHDRAW) return problem(w, S("/state"), "problem.state", err);
    if (w->gone && w->ever_published && !may_publish(c->who, w->head.owner))
        return refuse(c->who, err, "restore what was withdrawn", w->head.owner);
    return true;
}

/* ---- the document ---- */

static bool make_doc(Work *w, const Json *from, const Json *known, Json **out, Err *err)
{
    if (!json_is_object(from)) return fail(err, ERR_FORMAT, "a document is a JSON object");
    *out = doc_canonical(w->arena, w->kind, from);
    if (!w->change->computed)
        *out = doc_keep_computed(w->arena, w->kind, *out, known, w->change->what == CHANGE_REPLACE, &w->out->problems);
    return doc_resolve(w->arena, w->kind, *out, known, resolve_link, w, &w->out->problems, err);
}

static bool merge_with_head(Work *w, const Json *base, const Json *mine, Err *err)
{
    Json *merged;
    w->out->conflict_count = doc_merge(w->arena, w->kind, base, w->head.doc, mine, &merged, &w->out->conflicts);
    if (w->out->conflict_count > 0)
        return fail(err, ERR_CONFLICT, "changed by others meanwhile: %.*s", STR_ARG(w->out->conflicts[0].pointer));
    w->out->merged = true;
    w->doc = doc_canonical(w->arena, w->kind, merged);
    return true;
}

static bool patched_doc(Work *w, Err *err)
{
    const Change *c = w->change;
    Record        base = w->head;
    Json         *mine;
    if (c->based_on != w->head.version && !read_version(w, c->based_on, &base, err)) return false;
    const Json *wished = c->what == CHANGE_PATCH ? json_merge_patch(w->arena, base.doc, c->doc) : c->doc;
    if (!make_doc(w, wished, base.doc, &mine, err)) return false;
    if (c->based_on != w->head.version) return merge_with_head(w, base.doc, mine, err);
    w->doc = mine;
    return true;
}

static bool restored_doc(Work *w, Err *err)
{
    Record old;
    if (!read_version(w, w->change->version, &old, err)) return false;
    if (old.state == STATE_WITHDRAWN)
        return fail(err, ERR_INVALID, "version %lld is a withdrawal", (long long)old.version);
    w->doc = old.doc;
    if (!w->envelope.note.len) w->envelope.note = str_format(w->arena, "restores version %lld", (long long)old.version);
    return true;
}

static bool choose_doc(Work *w, Err *err)
{
    switch (w->change->what) {
    case CHANGE_CREATE: return make_doc(w, w->change->doc, NULL, &w->doc, err);
    case CHANGE_PATCH:
    case CHANGE_REPLACE: return patched_doc(w, err);
    case CHANGE_RESTORE: return restored_doc(w, err);
    case CHANGE_STATE: w->doc = w->head.doc; return true;
    case CHANGE_WITHDRAW: w->doc = json_object_make(w->arena); return true;
    }
    return fail(err, ERR_INTERNAL, "an unknown change");
}

static bool no_problems(const Work *w, Err *err)
{
    if (w->out->problems.count == 0) return true;
    const Problem *first = &w->out->problems.at[0];
    return fail(err, ERR_INVALID, "%.*s: %.*s", STR_ARG(first->pointer), STR_ARG(first->key));
}

static bool check_doc(Work *w, Err *err)
{
    Problems found = { 0 };
    if (w->state != STATE_WITHDRAWN) kind_check(w->kind, w->arena, w->doc, &found);
    for (size_t i = 0; i < found.count; i++)
        problems_add(&w->out->problems, w->arena, found.at[i].pointer, str_z(w->arena, found.at[i].key),
                     found.at[i].args);
    return no_problems(w, err);
}

void node_check_changes(Node *node, Str kind, CheckChange check, void *with)
{
    node->checked_kind = kind;
    node->check = check;
    node->checker = with;
}

static bool check_by_others(Work *w, Err *err)
{
    const Node *node = w->node;
    if (!node->check || !str_eq(w->kind->name, node->checked_kind) || !w->head.id.len || w->change->computed ||
        w->state == STATE_WITHDRAWN)
        return true;
    return node->check(node->checker, w->arena, &w->head, w->doc, &w->out->problems, err) && no_problems(w, err);
}

/* ---- the slug ---- */

static bool slug_free(Work *w, Str slug, bool *is_free, Err *err)
{
    Db *db;
    return snapshot_db(w->snapshot, &db, err) &&
           name_is_free(db, w->arena, w->kind->name, slug, w->envelope.id, is_free, err);
}

static bool slug_wished(Work *w, Str slug, Err *err)
{
    bool is_free;
    if (!slug_is(slug)) return problem(w, S("/slug"), "problem.slug", err);
    if (!slug_free(w, slug, &is_free, err)) return false;
    w->envelope.slug = slug;
    return is_free || fail(err, ERR_CONFLICT, "the slug \"%.*s\" is taken", STR_ARG(slug));
}

static bool slug_from_title(Work *w, Err *err)
{
    Str base = slug_make(w->arena, doc_title(w->arena, w->kind, w->doc, w->node->langs, w->node->lang_count));
    if (!base.len) base = str_join(w->arena, (Str[]){ w->kind->name, S("-"), str_drop(w->envelope.id, 24) }, 3);
    for (int i = 1; i < 10000; i++) {
        bool is_free;
        Str  slug = i == 1 ? base : str_format(w->arena, "%.*s-%d", STR_ARG(base), i);
        if (!slug_free(w, slug, &is_free, err)) return false;
        if (!is_free) continue;
        w->envelope.slug = slug;
        return true;
    }
    return fail(err, ERR_CONFLICT, "no slug is left for \"%.*s\"", STR_ARG(base));
}

static bool choose_slug(Work *w, Err *err)
{
    Str wished = w->change->slug;
    if (wished.len && !str_eq(wished, w->head.slug)) return slug_wished(w, wished, err);
    w->envelope.slug = w->head.slug;
    return w->head.slug.len > 0 || slug_from_title(w, err);
}

/* ---- owner, audience, id ---- */

/* An organisation of the register: the slug of a record that the writer sees and that was not withdrawn, or of the
   one that is being written. Who has a role in an organisation need not see its record. */
static bool owner_known(Work *w, Str owner, bool *known, Err *err)
{
    RecordRow row;
    FaceRow   face;
    Err       why = { 0 };
    bool      itself = str_eq_z(w->kind->name, "organisation") &&
                  (str_eq(owner, w->change->slug) || str_eq(owner, w->head.slug));
    *known = str_eq(owner, w->head.owner) || itself || reader_role(w->change->who, owner) > ROLE_NONE ||
             !kind_find(w->node->kinds, S("organisation"));
    if (*known) return true;
    if (!record_find(w->snapshot, w->arena, S("organisation"), owner, &row, &why) ||
        !record_face(w->snapshot, w->arena, &row, &face, &why))
        return why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
    *known = face.state != STATE_WITHDRAWN && str_eq(face.slug, owner);
    return true;
}

static bool choose_owner(Work *w, Err *err)
{
    const Reader *who = w->change->who;
    Str           owner = w->change->owner.len ? w->change->owner : w->head.owner;
    size_t        offices = 0;
    for (size_t i = 0; i < who->membership_count && !w->change->owner.len && !w->head.owner.len; i++)
        if (who->memberships[i].role >= ROLE_EDITOR) {
            owner = who->memberships[i].organisation;
            offices++;
        }
    if (!owner.len && !who->person.len && !who->all) return refuse(who, err, "write", owner);
    if (offices > 1) return problem(w, S("/owner"), "problem.owner-choose", err);
    if (!owner.len) return problem(w, S("/owner"), "problem.required", err);
    w->envelope.owner = owner;
    bool known;
    if (!owner_known(w, owner, &known, err)) return false;
    if (!known) {
        Json *args = json_object_make(w->arena);
        json_put_text(args, "value", owner);
        problems_add(&w->out->problems, w->arena, S("/owner"), "problem.owner", args);
        return fail(err, ERR_INVALID, "/owner: no organisation \"%.*s\"", STR_ARG(owner));
    }
    if (!check_rights(w, owner, err)) return false;
    return !w->head.owner.len || str_eq(owner, w->head.owner) || check_rights(w, w->head.owner, err);
}

static bool among_parties(const Reader *who, Str audience)
{
    if (who->all || !str_starts(audience, S("framework:"))) return true;
    for (size_t i = 0; i < who->framework_count; i++)
        if (str_eq(who->frameworks[i], str_cut(audience, ':').tail)) return true;
    return false;
}

static bool choose_audience(Work *w, Err *err)
{
    Str audience = w->change->audience.len ? w->change->audience
                   : w->head.audience.len  ? w->head.audience
                                           : S("public");
    w->envelope.audience = audience;
    if (!audience_check(audience, NULL)) return problem(w, S("/audience"), "problem.audience", err);
    /* Who writes for a framework's parties is one of them: else the record would be lost to its own writer. */
    bool kept = w->head.audience.len && str_eq(audience, w->head.audience);
    return kept || among_parties(w->change->who, audience) || problem(w, S("/audience"), "problem.audience-party", err);
}

static bool choose_id(Work *w, Err *err)
{
    RecordRow row;
    Err       why = { 0 };
    Str       wished = w->change->id;
    w->envelope.id = w->row.id;
    if (w->row.id.len) return true;
    w->envelope.id = wished.len ? wished : id_make(w->arena);
    if (!wished.len) return true;
    if (!id_is(wished)) return problem(w, S("/id"), "problem.id", err);
    if (record_find(w->snapshot, w->arena, STR_NONE, wished, &row, &why))
        return fail(err, ERR_CONFLICT, "the id is taken");
    return why.code == ERR_NOT_FOUND || fail(err, why.code, "%s", why.text);
}

/* ---- all of it ---- */

static bool check_match(const Work *w, Err *err)
{
    const Change *c = w->change;
    bool          moved = c->based_on != 0 && c->based_on != w->head.version;
    if (c->what != CHANGE_RESTORE && c->based_on == 0)
        return fail(err, ERR_NEEDS_MATCH, "say which version the change was made from");
    if (c->based_on > w->head.version)
        return fail(err, ERR_PRECONDITION, "there is no version %lld", (long long)c->based_on);
    /* Documents can be merged; a decision about one that has changed meanwhile must be taken again. */
    if (moved && c->what != CHANGE_PATCH && c->what != CHANGE_REPLACE)
        return fail(err, ERR_PRECONDITION, "it has changed since version %lld", (long long)c->based_on);
    return true;
}

static void set_envelope(Work *w)
{
    Envelope *e = &w->envelope;
    e->kind = w->kind->name;
    e->state = str_of(state_name(w->state));
    e->author = w->change->who->person.len ? w->change->who->person : S("system");
    e->version = w->row.head + 1;
    if (w->out->merged && !e->note.len)
        e->note = str_format(w->arena, "merged with version %lld", (long long)w->head.version);
    if (w->head.leaf.len) {
        e->parents = NEW(w->arena, Str);
        e->parents[0] = w->head.leaf;
        e->parent_count = 1;
    }
}

static bool is_unchanged(const Work *w)
{
    const Envelope *e = &w->envelope;
    return w->head.id.len && w->change->what != CHANGE_WITHDRAW && w->state == w->head.state &&
           str_eq(e->slug, w->head.slug) && str_eq(e->owner, w->head.owner) && str_eq(e->audience, w->head.audience) &&
           json_same(w->doc, w->head.doc);
}

static bool check_key(Work *w, const Projection *p, Err *err)
{
    bool is_free = true;
    if (p->key_name.len && !slug_free(w, p->key_name, &is_free, err)) return false;
    return is_free || fail(err, ERR_CONFLICT, "there is a %.*s %.*s already", STR_ARG(w->kind->name),
                           STR_ARG(str_drop(p->key_name, 1)));
}

static bool prepare(Work *w, Write *write, Err *err)
{
    const Change *c = w->change;
    w->envelope.note = c->note;
    if (c->what != CHANGE_CREATE) {
        if (!read_head(w, err)) return false;
        if (!may_edit(c->who, w->head.owner)) return refuse(c->who, err, "write", w->head.owner);
        if (!check_match(w, err)) return false;
    }
    if (!choose_state(w, err) || !choose_owner(w, err) || !choose_audience(w, err) || !choose_id(w, err)) return false;
    if (c->what == CHANGE_WITHDRAW && !str_trim(c->note).len) return problem(w, S("/note"), "problem.required", err);
    if (!choose_doc(w, err) || !check_doc(w, err) || !choose_slug(w, err)) return false;
    w->unchanged = is_unchanged(w);
    if (w->unchanged) return true;
    set_envelope(w);
    *write = (Write){ .seen = snapshot_log_size(w->snapshot),
                      .head = w->row.head,
                      .slug_new = !str_eq(w->envelope.slug, w->head.slug),
                      .body = json_write(w->arena, w->doc) };
    return projection_begin(w->arena, w->arena, w->node->kinds, &w->envelope, w->doc, &write->projection, err) &&
           check_key(w, &write->projection, err);
}

typedef struct {
    Work  *work;
    Write *write;
} Finishing;

static Record written_record(const Work *w, const Write *write)
{
    const Envelope *e = &write->projection.envelope;
    return (Record){ .id = e->id,
                     .kind = e->kind,
                     .slug = e->slug,
                     .owner = e->owner,
                     .audience = e->audience,
                     .state = w->state,
                     .version = e->version,
                     .created_ms = w->row.number ? w->row.created_ms : e->time_ms,
                     .updated_ms = e->time_ms,
                     .author = e->author,
                     .note = e->note,
                     .leaf = hex_make(w->arena, write->leaf.b, HASH_BYTES),
                     .index = write->index,
                     .token = write->projection.token,
                     .working = w->state < STATE_PUBLISHED,
                     .doc = w->doc };
}

static void finish_projection(void *with)
{
    const Finishing *f = with;
    const Work      *w = f->work;
    projection_finish(w->arena, w->arena, w->node->kinds, w->node->langs, w->node->lang_count,
                      node_country_names(w->node), w->doc, true, &f->write->projection);
    if (!f->write->placed || !w->change->on_its_way) return;
    Outcome will_be = *w->out;
    will_be.record = written_record(w, f->write);
    w->change->on_its_way(w->change->with, &will_be);
}

bool record_may_create(Node *node, Arena *a, const Change *change, Outcome *out, Err *err)
{
    const Kind *kind = kind_find(node->kinds, change->kind);
    *out = (Outcome){ 0 };
    if (!kind) return fail(err, ERR_NOT_FOUND, "no kind \"%.*s\"", STR_ARG(change->kind));
    Snapshot *s = snapshot_open(node, change->who, STR_NONE);
    Work      w = { .node = node, .snapshot = s, .arena = a, .change = change, .kind = kind, .out = out };
    bool      ok = choose_state(&w, err) && choose_owner(&w, err) && choose_audience(&w, err) && choose_id(&w, err) &&
              (!change->slug.len || slug_wished(&w, change->slug, err));
    snapshot_close(s);
    return ok;
}

Str problems_text(Arena *a, const Messages *words, const Problems *problems)
{
    Buf *out = buf_open(a);
    for (size_t i = 0; i < problems->count && i < 5; i++) {
        const Problem *p = &problems->at[i];
        Str            says = words ? message(words, a, S("en"), p->key, p->args) : p->key;
        buf_putf(out, "%s%.*s: %.*s", i ? "; " : "", STR_ARG(p->pointer), STR_ARG(says));
        if (p->args && !words) buf_putf(out, " %s", json_write(a, p->args).at);
    }
    return buf_str(out);
}

bool record_change(Node *node, Arena *a, const Change *change, Outcome *out, Err *err)
{
    const Kind *kind = kind_find(node->kinds, change->kind);
    if (!kind) return fail(err, ERR_NOT_FOUND, "no kind \"%.*s\"", STR_ARG(change->kind));
    for (int i = 0; i < TRIES; i++) {
        Write write = { 0 };
        *out = (Outcome){ 0 };
        Snapshot *s = snapshot_open(node, change->who, STR_NONE);
        Work      w = { .node = node, .snapshot = s, .arena = a, .change = change, .kind = kind, .out = out };
        bool      ok = prepare(&w, &write, err);
        snapshot_close(s);
        if (!ok) return false;
        if (w.unchanged) {
            out->record = w.head;
            return true;
        }
        if (!check_by_others(&w, err)) return false;
        if (!writer_write(node->writer, &write, 1, finish_projection, &(Finishing){ &w, &write }, err)) return false;
        if (write.stale) continue;
        out->record = written_record(&w, &write);
        return true;
    }
    return fail(err, ERR_BUSY, "others keep changing this record; try again");
}
