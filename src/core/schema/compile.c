/* From a schema document to a tree of nodes: documents, references, nodes. Keywords are in
   schema/keywords.c. */
#include "core/schema/compile.h"

#include <math.h>
#include <string.h>

bool site_wrong(const Site *site, const char *key, const char *what)
{
    Str pointer = key ? json_pointer_add(site->c->arena, site->pointer, str_of(key)) : site->pointer;
    Str uri = site->document == site->c->documents || !site->document->uri.len ? STR_NONE : site->document->uri;
    return fail(site->c->err, ERR_INVALID, "%.*s#%.*s: %s", STR_ARG(uri), STR_ARG(pointer), what);
}

/* The place with this anchor. Searches where schemas are, not in values. */
static const Json *anchor_find(const Json *schema, Str anchor, Arena *a, Str *pointer, int nesting)
{
    static const char *values[] = { "const", "enum", "default", "examples" };
    if (nesting == SCHEMA_NESTING_MAX) return NULL;
    if (json_is_object(schema) && str_eq(json_get_text(schema, "$anchor"), anchor)) return schema;

    const char *key;
    Json       *below;
    json_object_foreach((Json *)schema, key, below)
    {
        bool is_value = false;
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) is_value |= strcmp(values[i], key) == 0;
        if (is_value) continue;
        Str         at = json_pointer_add(a, *pointer, str_of(key));
        const Json *found = anchor_find(below, anchor, a, &at, nesting + 1);
        if (found) return *pointer = at, found;
    }
    for (size_t i = 0; i < json_array_size(schema); i++) {
        Str         at = json_pointer_add_index(a, *pointer, i);
        const Json *found = anchor_find(json_array_get(schema, i), anchor, a, &at, nesting + 1);
        if (found) return *pointer = at, found;
    }
    return NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 32;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static Str percent_decode(Arena *a, Str s)
{
    char  *out = arena_raw(a, s.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        bool escaped = s.at[i] == '%' && i + 2 < s.len && hex_digit(s.at[i + 1]) >= 0 && hex_digit(s.at[i + 2]) >= 0;
        out[n++] = escaped ? (char)(hex_digit(s.at[i + 1]) * 16 + hex_digit(s.at[i + 2])) : s.at[i];
        if (escaped) i += 2;
    }
    out[n] = 0;
    return (Str){ out, n };
}

static Document *document_find(const Site *site, Str uri)
{
    Compiler *c = site->c;
    if (!uri.len) return site->document;
    for (Document *d = c->documents; d; d = d->next)
        if (d->uri.len && str_eq(d->uri, uri)) return d;
    const Json *json = c->lookup ? c->lookup(c->with, uri) : NULL;
    if (!json) return NULL;
    Document *document = NEW(c->arena, Document);
    *document = (Document){ json, str_copy(c->arena, uri), NULL };
    Document **last = &c->documents;
    while (*last) last = &(*last)->next;
    *last = document;
    /* A document is right as a whole or not at all. */
    return site_compile(c, document, json, STR_NONE) ? document : NULL;
}

bool site_refer(const Site *site, const char *key, const Json *value)
{
    Compiler *c = site->c;
    if (!json_is_string(value)) return site_wrong(site, key, "not a text");
    site->node->combine.given = true;
    c->err->text[0] = 0;
    Cut       cut = str_cut(json_text(value), '#');
    Document *document = document_find(site, cut.head);
    if (!document) return c->err->text[0] ? false : site_wrong(site, key, "refers to a document that is not there");

    Str         fragment = percent_decode(c->arena, cut.tail), pointer = STR_NONE;
    const Json *target = NULL;
    if (!fragment.len || fragment.at[0] == '/') {
        pointer = fragment;
        target = json_at(document->json, fragment);
    } else {
        target = anchor_find(document->json, fragment, c->arena, &pointer, 0);
    }
    if (!target) return site_wrong(site, key, "refers to a place that is not there");
    return (site->node->combine.ref = site_compile(c, document, target, pointer)) != NULL;
}

static Made *made_find(const Compiler *c, const Json *schema)
{
    size_t i = (uintptr_t)schema / 16 * 0x9E3779B1u;
    while (c->made[i & (c->made_room - 1)].json && c->made[i & (c->made_room - 1)].json != schema) i++;
    return &c->made[i & (c->made_room - 1)];
}

static void made_put(Compiler *c, const Json *schema, Node *node)
{
    if (2 * c->made_count >= c->made_room) {
        Made  *old = c->made;
        size_t room = c->made_room;
        c->made_room = room ? 2 * room : 256;
        c->made = NEW_ARRAY(c->arena, Made, c->made_room);
        for (size_t i = 0; i < room; i++)
            if (old[i].json) *made_find(c, old[i].json) = old[i];
    }
    *made_find(c, schema) = (Made){ schema, node };
    c->made_count++;
}

static Node *node_new(Arena *a)
{
    Node *node = NEW(a, Node);
    node->number.at_most = node->number.below = INFINITY;
    node->number.at_least = node->number.above = -INFINITY;
    node->string.length_max = node->array.count_max = node->array.contains_max = node->object.count_max = INT64_MAX;
    node->array.contains_min = 1;
    return node;
}

static bool keywords_read(const Site *site)
{
    const char *key;
    Json       *value;
    json_object_foreach((Json *)site->schema, key, value)
    {
        const Keyword *keyword = keyword_find(key);
        if (!keyword)
            return site_wrong(site, key, "this keyword is not supported (docs/kinds.md lists those that are)");
        if (!keyword->read(site, key, value)) return false;
    }
    return true;
}

Node *site_compile(Compiler *c, Document *document, const Json *schema, Str pointer)
{
    Site site = { c, document, schema, pointer, NULL };
    /* jansson shares one `true` and one `false`, so these are not remembered by place. */
    if (json_is_boolean(schema)) {
        site.node = node_new(c->arena);
        site.node->never = json_is_false(schema);
        return site.node;
    }
    if (!json_is_object(schema)) return site_wrong(&site, NULL, "a schema is an object, true or false"), NULL;
    if (c->made_room && made_find(c, schema)->node) return made_find(c, schema)->node;
    if (c->nesting == SCHEMA_NESTING_MAX) return site_wrong(&site, NULL, "nested too deep"), NULL;
    if (arena_full(c->arena)) return site_wrong(&site, NULL, "too large"), NULL;

    site.node = node_new(c->arena);
    made_put(c, schema, site.node);
    c->nesting++;
    bool ok = keywords_read(&site);
    c->nesting--;
    Node *node = site.node;
    node->only_string =
        !node->combine.given && !node->constant && !node->choices && (!node->types || node->types & IS_STRING);
    return ok ? node : NULL;
}

/* A reference that leads to itself without going into the value would never end. */
static bool leads_to_itself(Node *node)
{
    if (!node || node->mark == MARK_DONE) return false;
    if (node->mark == MARK_ON_THE_WAY) return true;
    node->mark = MARK_ON_THE_WAY;
    const CombineRules *rules = &node->combine;
    Node *const         single[] = { rules->ref, rules->not_, rules->if_, rules->then_, rules->else_ };
    bool                found = false;
    for (size_t i = 0; i < sizeof single / sizeof *single; i++) found |= leads_to_itself(single[i]);
    for (size_t i = 0; i < rules->all_count; i++) found |= leads_to_itself(rules->all_of[i]);
    for (size_t i = 0; i < rules->any_count; i++) found |= leads_to_itself(rules->any_of[i]);
    for (size_t i = 0; i < rules->one_count; i++) found |= leads_to_itself(rules->one_of[i]);
    for (size_t i = 0; i < node->object.dependence_count; i++)
        found |= leads_to_itself(node->object.dependences[i].node);
    node->mark = MARK_DONE;
    return found;
}

static bool references_end(const Compiler *c)
{
    for (size_t i = 0; i < c->made_room; i++)
        if (c->made[i].json && leads_to_itself(c->made[i].node))
            return fail(c->err, ERR_INVALID, "#: a $ref leads back to itself");
    return true;
}

static void json_release(void *json)
{
    json_decref(json);
}

bool schema_open(const Json *document, SchemaLookup lookup, void *with, Schema **out, Err *err)
{
    Arena   *a = arena_open(0);
    Schema  *s = NEW(a, Schema);
    Document own = { document, json_get_text(document, "$id"), NULL };
    Err      inner = { 0 };
    Compiler c = { .arena = a, .lookup = lookup, .with = with, .documents = &own, .err = &inner };
    s->arena = a;
    arena_adopt(a, json_incref((Json *)document), json_release);
    s->root = site_compile(&c, &own, document, STR_NONE);
    if (!s->root || !references_end(&c)) {
        arena_close(a);
        return fail(err, inner.code, "%s", inner.text);
    }
    *out = s;
    return true;
}

void schema_close(Schema *s)
{
    if (s) arena_close(s->arena);
}
