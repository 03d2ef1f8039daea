/* See ogc.h. */
#include "web/ogc.h"

#include "core/list.h"
#include "data/geometry.h"
#include "web/request.h"
#include "web/site.h"
#include "web/value.h"

const char *const ogc_words[] = { "limit", "bbox", "bbox-crs", "datetime", "crs", "after", "lang", NULL };
const char *const ogc_item_words[] = { "crs", "lang", NULL };
const char *const ogc_lang[] = { "lang", NULL };

static bool is_word(const char *const *words, Str name)
{
    for (; *words; words++)
        if (str_eq_z(name, *words)) return true;
    return false;
}

static bool is_number(const Column *column)
{
    return column && (column->type == COLUMN_NUMBER || column->type == COLUMN_INTEGER);
}

static bool is_placed(const Collection *c)
{
    return c->geometry || (is_number(columns_role(c->columns, c->column_count, ROLE_OF_LATITUDE)) &&
                           is_number(columns_role(c->columns, c->column_count, ROLE_OF_LONGITUDE)));
}

/* False without an error: a dataset without a place. */
static bool of_dataset(Request *req, Snapshot *s, const Record *r, Collection *out)
{
    Card card;
    Err  why = { 0 };
    *out = (Collection){ .rows = { r->doc, r->doc, r->owner, r->id }, .slug = r->slug };
    if (!columns_read(req->arena, r->doc, &out->columns, &out->column_count, &why)) return false;
    out->geometry = geometry_column(out->columns, out->column_count);
    if (!is_placed(out)) return false;
    card_of(s, req->arena, r, &card);
    bool taken = kind_find(node_kinds(req->node), r->slug) != NULL;
    out->id = taken ? r->id : r->slug;
    out->title = card.title;
    out->description = card.summary;
    return true;
}

static Collection of_kind(Request *req, const Kind *kind)
{
    Arena *a = req->arena;
    return (Collection){ .id = kind->name,
                         .kind = kind,
                         .title = say_key(req, str_join(a, (Str[]){ S("kind."), kind->name, S(".plural") }, 3), NULL) };
}

bool ogc_collections(Request *req, Collection **out, size_t *n, Err *err)
{
    Arena       *a = req->arena;
    const Kinds *kinds = node_kinds(req->node);
    Question     question = { .kind = S("dataset"), .sort = S("title") };
    uint64_t    *entries = NULL;
    size_t       count = 0;
    Snapshot    *s = snapshot_open(req->node, &req->reader, req->lang);
    bool         ok = list_entries(s, a, &question, &entries, &count, err);
    *out = NEW_ARRAY(a, Collection, count + kinds_count(kinds) + 1);
    *n = 0;
    for (size_t i = 0; ok && i < count; i++) {
        Record *r = NEW(a, Record);
        ok = record_at(s, a, entries[i], r, err);
        if (ok && arena_full(a)) ok = fail(err, ERR_TOO_BIG, "there are more datasets than one answer holds");
        if (ok) *n += of_dataset(req, s, r, &(*out)[*n]);
    }
    snapshot_close(s);
    for (size_t i = 0; i < kinds_count(kinds); i++)
        if (kinds_at(kinds, i)->place_field.len) (*out)[(*n)++] = of_kind(req, kinds_at(kinds, i));
    return ok;
}

bool ogc_collection(Request *req, Str id, Collection *out, Err *err)
{
    const Kind *kind = kind_find(node_kinds(req->node), id);
    Record     *r = NEW(req->arena, Record);
    if (kind && kind->place_field.len) {
        *out = of_kind(req, kind);
        return true;
    }
    Snapshot *s = snapshot_open(req->node, &req->reader, req->lang);
    bool      ok = !kind && record_read(s, req->arena, S("dataset"), id, r, err) && r->state != STATE_WITHDRAWN &&
              of_dataset(req, s, r, out);
    snapshot_close(s);
    /* One address for each: not by a record's id, nor by a former slug. */
    if (ok && str_eq(out->id, id)) return true;
    return fail(err, ERR_NOT_FOUND, "no collection of features is called so");
}

static void add(Arena *a, Property *list, size_t *n, Str of, const char *type, bool is_list, bool filter)
{
    Str name = is_word(ogc_words, of) ? str_join(a, (Str[]){ of, S("_") }, 2) : of;
    while (ogc_property(list, *n, name)) name = str_join(a, (Str[]){ name, S("_") }, 2);
    list[(*n)++] = (Property){ name, of, type, is_list, filter };
}

const Property *ogc_property(const Property *list, size_t n, Str name)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].name, name)) return &list[i];
    return NULL;
}

const char *ogc_type(ColumnType type)
{
    switch (type) {
    case COLUMN_NUMBER: return "number";
    case COLUMN_INTEGER:
    case COLUMN_YEAR: return "integer";
    case COLUMN_BOOLEAN: return "boolean";
    default: return "string";
    }
}

static size_t field_count(const Field *fields, size_t n)
{
    size_t count = n;
    for (size_t i = 0; i < n; i++) count += field_count(fields[i].fields, fields[i].field_count);
    return count;
}

/* The facets of a kind; `list`: within a list. */
static void add_facets(Arena *a, const Field *fields, size_t count, bool within, Property *list, size_t *n)
{
    for (size_t i = 0; i < count; i++) {
        bool many = within || fields[i].list;
        if (fields[i].facet && fields[i].type != FIELD_GROUP) add(a, list, n, fields[i].path, "string", many, true);
        add_facets(a, fields[i].fields, fields[i].field_count, many, list, n);
    }
}

size_t ogc_properties(Arena *a, const Collection *c, Property **out)
{
    static const char *const of_records[] = { "title", "summary", "slug", "url", "start", "end" };
    size_t                   n = 0, most = c->kind ? field_count(c->kind->fields, c->kind->field_count) + 6
                                                   : c->column_count + 1;
    *out = NEW_ARRAY(a, Property, most);
    if (!c->kind) {
        for (size_t i = 0; i < c->column_count; i++)
            if (&c->columns[i] != c->geometry)
                add(a, *out, &n, c->columns[i].name, ogc_type(c->columns[i].type), false, true);
        return n;
    }
    for (size_t i = 0; i < sizeof of_records / sizeof *of_records; i++)
        add(a, *out, &n, str_of(of_records[i]), "string", false, false);
    add_facets(a, c->kind->fields, c->kind->field_count, false, *out, &n);
    return n;
}

bool ogc_parameters(Request *req, const char *const *words, const Collection *c, Err *err)
{
    Property *properties = NULL;
    size_t    n = c ? ogc_properties(req->arena, c, &properties) : 0;
    for (size_t i = 0; i < req->query_count; i++) {
        Str             name = req->query[i].name;
        const Property *property = ogc_property(properties, n, name);
        bool            word = is_word(words, name);
        if (!word && !(property && property->filter))
            return fail(err, ERR_USAGE, "no parameter is called \"%.*s\" here; /ogc/api has all there are",
                        STR_ARG(str_take_first(name, 80)));
        for (size_t k = 0; word && k < i; k++)
            if (str_eq(req->query[k].name, name)) return fail(err, ERR_USAGE, "%.*s is there twice", STR_ARG(name));
    }
    return true;
}

Str ogc_path(Arena *a, const Collection *c, const char *more)
{
    return str_join(a, (Str[]){ S(OGC_ROOT "/collections/"), percent_make(a, c->id), str_of(more) }, 3);
}

static void link_put(Request *req, Shape *s, const Str *parts, size_t n, const char *rel, const char *type, Str title)
{
    shape_object(s, NULL);
    shape_text(s, "href", str_join(req->arena, parts, n));
    shape_text(s, "rel", str_of(rel));
    shape_text(s, "type", str_of(type));
    shape_text_if(s, "title", title);
    shape_end(s);
}

void ogc_link(Request *req, Shape *s, Str path, const char *ending, const char *rel, const char *type, Str title)
{
    link_put(req, s, (Str[]){ req->site->base_url, path, str_of(ending) }, 3, rel, type, title);
}

void ogc_faces(Request *req, Shape *s, const char *data_type)
{
    bool page = str_eq(req->ending, S("html"));
    Str  path = str_cut(req->target, '?').head;
    Str  asked = req->raw_query.len ? S("?") : STR_NONE;
    /* The path as it was sent, without its ending. */
    if (str_ends(path, S(".json")) || str_ends(path, S(".html"))) path.len -= 5;
    link_put(req, s, (Str[]){ req->site->base_url, path, S(".json"), asked, req->raw_query }, 5,
             page ? "alternate" : "self", data_type, STR_NONE);
    link_put(req, s, (Str[]){ req->site->base_url, path, S(".html"), asked, req->raw_query }, 5,
             page ? "self" : "alternate", "text/html", STR_NONE);
}
