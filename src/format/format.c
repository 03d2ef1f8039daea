/* The table of formats, and what all writers ask of a value. */
#include "format/format.h"

#include "format/writers.h"

static const Format formats[] = {
#define FORMAT(ending, type, where, needs, with_doc, attachment, writer) \
    { S_INIT(ending), S_INIT(type), where, needs, with_doc, attachment, writer },
#include "format/formats.def"
#undef FORMAT
};

#define FORMAT_COUNT (sizeof formats / sizeof *formats)

static bool kind_has(const Kind *kind, FormatNeeds needs)
{
    switch (needs) {
    case NEEDS_PLACE: return kind && kind->place_field.len > 0;
    case NEEDS_EVENT: return kind && kind->event;
    case NEEDS_SCHEMA_ORG: return kind && kind->schema_org_type.len > 0;
    case NEEDS_COLUMNS: return kind && kind_field(kind, S("columns.type"));
    case NEEDS_NOTHING: break;
    }
    return true;
}

const Format *format_find(Str ending, int where, const Kind *kind)
{
    for (size_t i = 0; i < FORMAT_COUNT; i++)
        if ((formats[i].where & where) && str_eq(formats[i].ending, ending) && kind_has(kind, formats[i].needs))
            return &formats[i];
    return NULL;
}

size_t format_offered(const Kind *kind, int where, const Format **out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < FORMAT_COUNT && n < room; i++)
        if ((formats[i].where & where) && kind_has(kind, formats[i].needs)) out[n++] = &formats[i];
    return n;
}

const Json *format_place(const Kind *kind, Arena *a, const Json *doc)
{
    FieldValue *places;
    if (!kind || !kind->place_field.len || !kind_values(kind, a, doc, kind->place_field, &places)) return NULL;
    const Json *place = places[0].value;
    return json_is_number(json_get(place, "lat")) && json_is_number(json_get(place, "lon")) ? place : NULL;
}

static bool day_at(const Kind *kind, Arena *a, const Json *doc, Str path, Date *out)
{
    FieldValue *v = NULL;
    return path.len && kind_values(kind, a, doc, path, &v) &&
           date_read(str_take_first(json_text(v[0].value), 10), out) && out->parts == 3;
}

bool format_days(const Kind *kind, Arena *a, const Json *doc, Date *first, Date *last)
{
    if (!kind || !day_at(kind, a, doc, kind->start_field, first)) return false;
    if (!day_at(kind, a, doc, kind->end_field, last) || date_days(*last) < date_days(*first)) *last = *first;
    return true;
}

bool format_fits(const Format *format, const Kind *kind, Arena *a, const Json *doc)
{
    Date first, last;
    if (format->needs == NEEDS_PLACE) return format_place(kind, a, doc) != NULL;
    if (format->needs == NEEDS_COLUMNS) return json_array_size(json_get(doc, "columns")) > 0;
    return format->needs != NEEDS_EVENT || format_days(kind, a, doc, &first, &last);
}

size_t format_item_count(const Json *value)
{
    const Json *items = json_get(value, "items");
    return items ? json_array_size(items) : 1;
}

const Json *format_item(const Json *value, size_t i)
{
    const Json *items = json_get(value, "items");
    return items ? json_array_get(items, i) : value;
}

FormatWalk format_walk(const FormatWork *work, const Json *value, Buf *out)
{
    const Json *items = json_get(value, "items");
    FormatWalk  walk = { .work = *work, .items = items ? items : value, .out = out, .single = !items };
    if (!work->source) return walk;
    walk.items = NULL;
    walk.work.arena = arena_open(0);
    return walk;
}

void format_walk_end(FormatWalk *walk)
{
    if (walk->work.source) arena_close(walk->work.arena);
}

static bool walk_end(FormatWalk *walk, bool ok)
{
    format_walk_end(walk);
    return ok;
}

static bool next_items(FormatWalk *walk, Err *err)
{
    const FormatSource *source = walk->work.source;
    if (walk->out && !source->drain(source->with, walk->out, err)) return false;
    walk->from += json_array_size(walk->items);
    walk->at = 0;
    arena_reset(walk->work.arena);
    return source->some(source->with, walk->work.arena, walk->from, &walk->items, err);
}

bool format_next(FormatWalk *walk, const Json **item, Err *err)
{
    *item = NULL;
    if (arena_full(walk->work.arena)) {
        fail(err, ERR_TOO_BIG, "the list is too long for one file");
        return walk_end(walk, false);
    }
    if (walk->single) {
        *item = walk->at++ ? NULL : walk->items;
        return true;
    }
    if (walk->work.source && walk->at == json_array_size(walk->items) && !next_items(walk, err))
        return walk_end(walk, false);
    *item = json_array_get(walk->items, walk->at++);
    return *item || walk_end(walk, true);
}

Str format_item_url(const FormatWork *work, const Json *item)
{
    Str url = json_get_text(item, "url");
    if (!url.len)
        url = str_join(work->arena, (Str[]){ S("/"), json_get_text(item, "kind"), S("/"), json_get_text(item, "slug") },
                       4);
    return str_join(work->arena, (Str[]){ work->base_url, url }, 2);
}

Str format_text(const FormatWork *work, const Json *language_map)
{
    if (json_is_string(language_map)) return json_text(language_map);
    Str text = json_get_text(language_map, str_z(work->arena, work->lang));
    if (!text.len) text = json_get_text(language_map, "en");
    if (!text.len) text = json_text(json_object_iter_value(json_object_iter((Json *)language_map)));
    return text;
}
