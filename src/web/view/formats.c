/* In which other forms a page's answer is to be had: those that have something to say of it. */
#include "format/format.h"
#include "web/request.h"
#include "web/view/tools.h"

#define FORMATS_MAX 16

/* Does any record of the kind that the reader sees have a place? */
static bool any_placed(const ViewWork *w, const Kind *kind)
{
    uint64_t    total = 0;
    SketchWhich which = { .kind = kind->name, .has = { str_z(w->req->arena, kind->place_field) } };
    return sketch_each(w->snapshot, w->req->arena, &which, NULL, NULL, &total, NULL) && total > 0;
}

static void put_one(const ViewWork *w, Json *list, Str ending, Str type, Str path, Str query)
{
    Arena *a = w->req->arena;
    Json  *one = json_object_make(a);
    json_put_text(one, "name", words(w, str_format(a, "format.%.*s", STR_ARG(ending)).at));
    json_put_text(one, "type", str_cut(type, ';').head);
    json_put_text(one, "url", str_join(a, (Str[]){ path, S("."), ending, query }, 4));
    json_add_value(list, one);
}

Json *formats_shown(const ViewWork *w, const Kind *kind, const Json *doc, Str path, Str query)
{
    const Format *offered[FORMATS_MAX];
    Json         *list = json_array_make(w->req->arena);
    size_t        n = format_offered(kind, doc ? ON_RECORD : ON_LIST, offered, FORMATS_MAX);
    put_one(w, list, S("json"), S("application/json"), path, query);
    for (size_t i = 0; i < n; i++) {
        const Format *f = offered[i];
        bool          fits = doc                       ? format_fits(f, kind, w->req->arena, doc)
                             : f->needs == NEEDS_PLACE ? any_placed(w, kind)
                                                       : true;
        if (fits) put_one(w, list, f->ending, f->type, path, query);
    }
    return list;
}
