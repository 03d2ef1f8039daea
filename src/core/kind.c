/* Reading the kind files: their fields, their x- keywords and what these point to. Values of
   documents are in kind_values.c, validation in schema.c. */
#include "core/kind.h"

#include <string.h>

#include "base/file.h"

#define KIND_FILE_MAX_BYTES ((size_t)1 << 20)
#define LAYERS_MAX          8 /* field, its $ref, its items, their $ref … */
#define GROUP_DEPTH_MAX     6

struct Kinds {
    Arena *arena;
    Kind  *kinds; /* sorted by x-order, then name */
    size_t count;
    Json  *defs;
};

typedef enum { ON_KIND = 1,
               ON_FIELD = 2,
               ON_BOTH = 3 } WordPlace;
typedef enum { TEXT,
               TEXTS,
               INTEGER,
               YES_NO } WordValue;
typedef struct {
    const char *name;
    WordPlace   place;
    WordValue   value;
} KindWord;
static const KindWord kind_words[] = {
#define KIND_WORD(name, place, value) { name, place, value },
#include "core/kind_words.def"
#undef KIND_WORD
};

/* What is being read, for messages and for what the kinds share. */
typedef struct {
    Kinds *kinds;
    Str    file;
    Err   *err;
} Reading;

static bool wrong(Reading *r, Str pointer, const char *what, Str detail)
{
    return fail(r->err, ERR_INVALID, "%.*s#%.*s: %s%.*s", STR_ARG(r->file), STR_ARG(pointer), what, STR_ARG(detail));
}

static bool word_fits(const Json *value, WordValue wanted)
{
    switch (wanted) {
    case TEXT: return json_is_string(value) && json_string_length(value) > 0;
    case INTEGER: return json_is_integer(value);
    case YES_NO: return json_is_boolean(value);
    case TEXTS:
        for (size_t i = 0; i < json_array_size(value); i++)
            if (!json_is_string(json_array_get(value, i))) return false;
        return json_array_size(value) > 0;
    }
    return false;
}

/* Each x- keyword of `schema` is a known one, in its place, with a fitting value. */
static bool words_check(Reading *r, const Json *schema, Str pointer, WordPlace place)
{
    const char *key;
    Json       *value;
    json_object_foreach((Json *)schema, key, value)
    {
        if (strncmp(key, "x-", 2) != 0) continue;
        const KindWord *word = NULL;
        for (size_t i = 0; i < sizeof kind_words / sizeof *kind_words; i++)
            if (strcmp(kind_words[i].name, key) == 0) word = &kind_words[i];
        Str at = json_pointer_add(r->kinds->arena, pointer, str_of(key));
        if (!word) return wrong(r, at, "unknown keyword ", str_of(key));
        if (!(word->place & place)) return wrong(r, at, "this keyword does not belong here", STR_NONE);
        if (!word_fits(value, word->value)) return wrong(r, at, "the value of this keyword does not fit", STR_NONE);
    }
    return true;
}

/* A field's schema, its items and what they refer to: a keyword counts from the first that has it. */
typedef struct {
    const Json *at[LAYERS_MAX];
    size_t      count;
    bool        list;
} Layers;

static Json *layers_get(const Layers *layers, const char *key)
{
    for (size_t i = 0; i < layers->count; i++) {
        Json *value = json_get(layers->at[i], key);
        if (value) return value;
    }
    return NULL;
}

static Str layers_text(const Layers *layers, const char *key)
{
    return json_text(layers_get(layers, key));
}

static const Json *defs_find(const Kinds *kinds, Str ref)
{
    Cut         cut = str_cut(ref, '#');
    const char *name;
    Json       *def;
    if (!cut.found || !str_eq_z(cut.head, "banyan:defs")) return NULL;
    json_object_foreach(json_get(kinds->defs, "$defs"), name, def)
    {
        if (str_eq(json_get_text(def, "$anchor"), cut.tail)) return def;
    }
    return NULL;
}

static bool layers_read(Reading *r, const Json *schema, Str pointer, Layers *layers)
{
    *layers = (Layers){ 0 };
    while (schema) {
        if (!json_is_object(schema)) return wrong(r, pointer, "a field is an object", STR_NONE);
        if (layers->count == LAYERS_MAX) return wrong(r, pointer, "too many references", STR_NONE);
        if (!words_check(r, schema, pointer, ON_FIELD)) return false;
        layers->at[layers->count++] = schema;
        Json *ref = json_get(schema, "$ref"), *items = json_get(schema, "items");
        if (ref) {
            schema = defs_find(r->kinds, json_text(ref));
            if (!schema) return wrong(r, pointer, "a field refers to banyan:defs#ANCHOR, not to ", json_text(ref));
        } else if (items) {
            if (layers->list) return wrong(r, pointer, "a list of lists is no field", STR_NONE);
            layers->list = true;
            schema = items;
        } else {
            schema = NULL;
        }
    }
    return true;
}

static bool type_of_text(const Layers *layers, FieldType *type)
{
    static const struct {
        const char *format;
        FieldType   type;
    } formats[] = {
        { "reduced-date", FIELD_DATE },
        { "date", FIELD_DATE },
        { "date-time", FIELD_TIME },
        { "web-address", FIELD_URL },
        { "language", FIELD_LANGUAGE },
    };
    *type = FIELD_STRING;
    if (layers_get(layers, "x-link")) *type = FIELD_LINK;
    else if (layers_get(layers, "enum")) *type = FIELD_CHOICE;
    else
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
            if (str_eq_z(layers_text(layers, "format"), formats[i].format)) *type = formats[i].type;
    return true;
}

static bool type_of(const Layers *layers, FieldType *type)
{
    Str own = layers_text(layers, "x-type");
    if (str_eq_z(own, "text")) return *type = FIELD_TEXT, true;
    if (str_eq_z(own, "place")) return *type = FIELD_PLACE, true;
    if (str_eq_z(own, "country")) return *type = FIELD_COUNTRY, true;
    if (own.len) return false;

    Str name = json_get_text(layers->at[layers->count - 1], "type");
    if (str_eq_z(name, "string")) return type_of_text(layers, type);
    if (str_eq_z(name, "number")) return *type = FIELD_NUMBER, true;
    if (str_eq_z(name, "integer")) return *type = FIELD_INTEGER, true;
    if (str_eq_z(name, "boolean")) return *type = FIELD_BOOL, true;
    return *type = FIELD_GROUP, str_eq_z(name, "object") && layers_get(layers, "properties") != NULL;
}

static Str *texts_of(Arena *a, const Json *list, size_t *count)
{
    *count = json_array_size(list);
    Str *texts = NEW_ARRAY(a, Str, *count);
    for (size_t i = 0; i < *count; i++) texts[i] = json_text(json_array_get(list, i));
    return texts;
}

static bool has_text(const Json *list, Str text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (str_eq(json_text(json_array_get(list, i)), text)) return true;
    return false;
}

static bool fields_read(Reading *r, const Json *properties, const Json *required, Str path, Str pointer, int depth,
                        Field **out, size_t *count);

static bool field_read(Reading *r, const Json *schema, Str pointer, int depth, Field *field)
{
    Arena *a = r->kinds->arena;
    Layers layers;
    if (!layers_read(r, schema, pointer, &layers)) return false;
    if (!type_of(&layers, &field->type)) return wrong(r, pointer, "no type of field", STR_NONE);

    field->list = layers.list;
    field->title = layers_text(&layers, "title");
    field->facet = json_is_true(layers_get(&layers, "x-facet"));
    field->multiline = json_is_true(layers_get(&layers, "x-multiline"));
    field->read_only = json_is_true(layers_get(&layers, "readOnly"));
    field->search_weight = (int)json_integer_value(layers_get(&layers, "x-search"));
    field->unit = layers_text(&layers, "x-unit");
    field->schema_org = layers_text(&layers, "x-schema-org");
    field->schema = schema;
    field->link_kinds = texts_of(a, layers_get(&layers, "x-link"), &field->link_kind_count);
    if (field->type == FIELD_CHOICE) field->choices = texts_of(a, layers_get(&layers, "enum"), &field->choice_count);

    if (field->read_only && depth > 0)
        return wrong(r, pointer, "readOnly is for fields of the document itself", STR_NONE);
    if (field->search_weight < 0 || field->search_weight > 10)
        return wrong(r, pointer, "x-search is 1 to 10", STR_NONE);
    if (field->link_kind_count && field->type != FIELD_LINK)
        return wrong(r, pointer, "x-link is for strings", STR_NONE);
    if (field->type != FIELD_GROUP) return true;
    if (depth == GROUP_DEPTH_MAX) return wrong(r, pointer, "groups too deep", STR_NONE);
    return fields_read(r, layers_get(&layers, "properties"), layers_get(&layers, "required"), field->path, pointer,
                       depth + 1, &field->fields, &field->field_count);
}

static bool fields_read(Reading *r, const Json *properties, const Json *required, Str path, Str pointer, int depth,
                        Field **out, size_t *count)
{
    Arena      *a = r->kinds->arena;
    size_t      n = 0;
    Field      *fields = NEW_ARRAY(a, Field, json_object_size(properties));
    const char *name;
    Json       *schema;
    json_object_foreach((Json *)properties, name, schema)
    {
        Field *field = &fields[n++];
        field->name = str_copy(a, str_of(name));
        field->path = path.len ? str_format(a, "%.*s.%s", STR_ARG(path), name) : field->name;
        field->required = has_text(required, field->name);
        Str at = json_pointer_add(a, json_pointer_add(a, pointer, S("properties")), field->name);
        if (str_has(field->name, S("."))) return wrong(r, at, "no point in the name of a field", STR_NONE);
        if (!field_read(r, schema, at, depth, field)) return false;
    }
    *out = fields;
    *count = n;
    return true;
}

/* The x- keywords that hold a path, where the path is kept and which types of field it may lead to. */
typedef struct {
    const char *word;
    size_t      offset;
    unsigned    types;
} PathWord;
#define TYPE(t) (1u << FIELD_##t)
static const PathWord path_words[] = {
    { "x-title", offsetof(Kind, title_field), TYPE(TEXT) | TYPE(STRING) | TYPE(COUNTRY) },
    { "x-summary", offsetof(Kind, summary_field), TYPE(TEXT) },
    { "x-key", offsetof(Kind, key_field), TYPE(STRING) | TYPE(COUNTRY) },
    { "x-parent", offsetof(Kind, parent_field), TYPE(LINK) },
    { "x-order-field", offsetof(Kind, order_field), TYPE(INTEGER) | TYPE(NUMBER) },
    { "x-start", offsetof(Kind, start_field), TYPE(DATE) | TYPE(TIME) },
    { "x-end", offsetof(Kind, end_field), TYPE(DATE) | TYPE(TIME) },
    { "x-place", offsetof(Kind, place_field), TYPE(PLACE) },
    { "x-country", offsetof(Kind, country_field), TYPE(LINK) | TYPE(COUNTRY) },
};

/* x-headline: what is said in a word or a number. */
static bool headline_read(Reading *r, Kind *kind)
{
    Arena      *a = r->kinds->arena;
    const Json *list = json_get(kind->json, "x-headline");
    kind->headline = NEW_ARRAY(a, Str, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        Str          path = json_text(json_array_get(list, i)), at = str_format(a, "/x-headline/%zu", i);
        const Field *field = kind_field(kind, path);
        if (!field) return wrong(r, at, "no such field: ", path);
        if (field->type != FIELD_CHOICE && field->type != FIELD_STRING && field->type != FIELD_INTEGER)
            return wrong(r, at, "not a field of a fitting type: ", path);
        kind->headline[kind->headline_count++] = path;
    }
    return true;
}

static bool paths_read(Reading *r, Kind *kind)
{
    for (size_t i = 0; i < sizeof path_words / sizeof *path_words; i++) {
        const PathWord *word = &path_words[i];
        Str             path = json_get_text(kind->json, word->word);
        if (!path.len) continue;
        Str          at = json_pointer_add(r->kinds->arena, STR_NONE, str_of(word->word));
        const Field *field = kind_field(kind, path);
        if (!field) return wrong(r, at, "no such field: ", path);
        if (!(word->types & 1u << field->type)) return wrong(r, at, "not a field of a fitting type: ", path);
        *(Str *)((char *)kind + word->offset) = path;
    }
    if (!kind->title_field.len) return wrong(r, STR_NONE, "x-title is missing", STR_NONE);
    if (kind->event && !kind->start_field.len) return wrong(r, S("/x-event"), "an event has x-start", STR_NONE);
    return true;
}

static const Json *lookup(void *with, Str uri)
{
    const Kinds *kinds = with;
    return str_eq_z(uri, "banyan:defs") ? kinds->defs : NULL;
}

static bool kind_read(Reading *r, const Json *json, Str name, Kind *kind)
{
    if (!json_is_object(json)) return wrong(r, STR_NONE, "a kind is an object", STR_NONE);
    if (!words_check(r, json, STR_NONE, ON_KIND)) return false;
    Err inner = { 0 };
    if (!schema_open(json, lookup, r->kinds, &kind->schema, &inner))
        return fail(r->err, inner.code, "%.*s%s", STR_ARG(r->file), inner.text);

    kind->json = json;
    kind->name = name;
    kind->title = json_get_text(json, "title");
    kind->group = json_get_text(json, "x-group");
    kind->default_sort = json_get_text(json, "x-sort");
    kind->schema_org_type = json_get_text(json, "x-schema-org");
    kind->event = json_get_bool(json, "x-event");
    return fields_read(r, json_get(json, "properties"), json_get(json, "required"), STR_NONE, STR_NONE, 0,
                       &kind->fields, &kind->field_count) &&
           paths_read(r, kind) && headline_read(r, kind);
}

static int kinds_order(const void *x, const void *y)
{
    const Kind *s = x, *t = y;
    int64_t     difference = json_get_integer(s->json, "x-order", 0) - json_get_integer(t->json, "x-order", 0);
    return difference ? (difference > 0) - (difference < 0) : str_cmp(s->name, t->name);
}

/* The array has room up to the next power of two. */
static void linked_by_add(Arena *a, Kind *kind, LinkField from)
{
    size_t n = kind->linked_by_count;
    if ((n & (n - 1)) == 0) {
        LinkField *grown = NEW_ARRAY(a, LinkField, n ? 2 * n : 1);
        if (n) memcpy(grown, kind->linked_by, n * sizeof *grown);
        kind->linked_by = grown;
    }
    kind->linked_by[kind->linked_by_count++] = from;
}

static bool links_read(Reading *r, const Kind *from, const Field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < fields[i].link_kind_count; k++) {
            Kind *to = (Kind *)kind_find(r->kinds, fields[i].link_kinds[k]);
            if (!to)
                return wrong(r, str_format(r->kinds->arena, " %.*s", STR_ARG(fields[i].path)),
                             "a link to a kind that is not there: ", fields[i].link_kinds[k]);
            linked_by_add(r->kinds->arena, to, (LinkField){ from, &fields[i] });
        }
        if (!links_read(r, from, fields[i].fields, fields[i].field_count)) return false;
    }
    return true;
}

static bool kinds_read(Kinds *kinds, const char *folder, Err *err)
{
    Arena *a = kinds->arena;
    Str   *names;
    size_t count;
    if (!folder_list(a, folder, &names, &count, err)) return false;
    kinds->kinds = NEW_ARRAY(a, Kind, count);
    if (!json_read_file(a, path_join(a, str_of(folder), S("_defs.json")).at, &kinds->defs, err)) return false;

    for (size_t i = 0; i < count; i++) {
        if (!str_ends(names[i], S(".json")) || str_eq_z(names[i], "_defs.json")) continue;
        Json   *json;
        Reading r = { kinds, names[i], err };
        if (!json_read_file(a, path_join(a, str_of(folder), names[i]).at, &json, err)) return false;
        Kind *kind = &kinds->kinds[kinds->count++];
        if (!kind_read(&r, json, str_copy(a, str_take_first(names[i], names[i].len - 5)), kind)) return false;
    }
    if (!kinds->count) return fail(err, ERR_INVALID, "%s: no kinds there", folder);
    qsort(kinds->kinds, kinds->count, sizeof(Kind), kinds_order);

    for (size_t i = 0; i < kinds->count; i++) {
        const Kind *kind = &kinds->kinds[i];
        Reading     r = { kinds, str_format(a, "%.*s.json", STR_ARG(kind->name)), err };
        if (!links_read(&r, kind, kind->fields, kind->field_count)) return false;
    }
    return true;
}

bool kinds_open(const char *folder, Kinds **out, Err *err)
{
    Arena *a = arena_open(0);
    Kinds *kinds = NEW(a, Kinds);
    kinds->arena = a;
    if (!kinds_read(kinds, folder, err)) {
        kinds_close(kinds);
        return false;
    }
    *out = kinds;
    return true;
}

void kinds_close(Kinds *kinds)
{
    if (!kinds) return;
    for (size_t i = 0; i < kinds->count; i++) schema_close(kinds->kinds[i].schema);
    arena_close(kinds->arena);
}

const Json *kinds_definitions(const Kinds *kinds)
{
    return kinds->defs;
}

const Kind *kind_find(const Kinds *kinds, Str name)
{
    for (size_t i = 0; i < kinds->count; i++)
        if (str_eq(kinds->kinds[i].name, name)) return &kinds->kinds[i];
    return NULL;
}

size_t kinds_count(const Kinds *kinds)
{
    return kinds->count;
}

const Kind *kinds_at(const Kinds *kinds, size_t i)
{
    return &kinds->kinds[i];
}
