/* The second pass of a load over one item: links are resolved, the document is checked and projected. */
#include <string.h>

#include "core/loader/inside.h"
#include "store/side.h"

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
    const Item *item = loader_item(s->loader, kind, name);
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

const char *loader_prepare(Second *s, Err *err)
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
    if (problems.count > 0) return problems_text(a, s->loader->words, &problems).at;
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
