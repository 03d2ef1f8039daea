/* The first pass of a load: each item gets its id, and by which names others may link to it is noted. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/loader/head.h"
#include "core/loader/inside.h"
#include "text/slug.h"

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

Item *loader_item(const Loader *l, Str kind, Str name)
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
        const Item *other = loader_item(l, kind, given);
        if (!slug_is(given))
            return set_aside(f, "\"%.*s\" is not a slug (small letters, digits and single hyphens)", STR_ARG(given));
        if (other) return set_aside(f, "the slug \"%.*s\" is line %u's already", STR_ARG(given), other->line);
        return NULL;
    }
    Str base = slug_make(f->arena, doc_title(f->arena, f->kind, f->doc, l->node->langs, l->node->lang_count));
    if (!base.len) return NULL; /* from the id, once there is one */
    for (int i = 1;; i++) {
        f->slug = i == 1 ? base : str_format(f->arena, "%.*s-%d", STR_ARG(base), i);
        bool is_free = !loader_item(l, kind, f->slug);
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
    if (id.len && loader_item(l, S(""), id)) return set_aside(f, "the id %.*s comes twice", STR_ARG(id));
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
    if (f->key.len && loader_item(f->loader, f->kind->name, f->key))
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
