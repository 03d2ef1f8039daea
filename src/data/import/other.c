/* The other tables of a file that has several. */
#include "data/import.h"
#include "text/slug.h"

/* "data/vernacularname.txt" is "vernacularname". */
static Str stem_of(Str table)
{
    Cut slash = str_cut_last(table, '/');
    Str name = slash.found ? slash.tail : table;
    Cut dot = str_cut_last(name, '.');
    return dot.found && dot.head.len ? dot.head : name;
}

/* The name of a record in English, or in whatever language it has. */
static Str name_of(const Record *r)
{
    const Json *names = json_get(r->doc, "name");
    const char *language;
    Json       *text;
    Str         name = json_get_text(names, "en");
    json_object_foreach((Json *)names, language, text) if (!name.len) name = json_text(text);
    return name;
}

ImportOptions import_other(Arena *a, const ImportOptions *first, const Imported *done, Str table)
{
    const Record *core = &done->record;
    Str           base = core->slug.len ? core->slug : core->id, stem = stem_of(table);
    ImportOptions o = *first;
    o.dataset = slug_make(a, str_format(a, "%.*s %.*s", STR_ARG(base), STR_ARG(stem)));
    o.sheet = table;
    o.title = str_format(a, "%.*s: %.*s", STR_ARG(name_of(core)), STR_ARG(stem));
    o.owner = core->owner;
    o.audience = core->audience;
    o.state = core->state;
    o.columns = NULL;
    o.mends = STR_NONE;
    o.key_dataset = base;
    o.key_column = done->id_column;
    return o;
}
