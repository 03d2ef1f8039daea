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
    case NEEDS_START: return kind && kind->start_field.len > 0;
    case NEEDS_SCHEMA_ORG: return kind && kind->schema_org_type.len > 0;
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
