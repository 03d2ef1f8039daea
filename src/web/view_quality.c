/* "Quality at a glance" on the page of a dataset: what its imports flagged, with ways to the rows. */
#include "text/lang.h"
#include "web/quality.h"
#include "web/view_tools.h"

static Str share_words(const ViewWork *w, int64_t part, int64_t all)
{
    double share = all > 0 ? 100.0 * (double)part / (double)all : 0;
    bool   tiny = share > 0 && share < 0.01;
    Str    number = number_text(w->req->arena, tiny ? 0.01 : share, 2, w->req->lang);
    return str_join(w->req->arena, (Str[]){ tiny ? S("< ") : STR_NONE, number, S(" %") }, 3);
}

void quality_put(const ViewWork *w, const Json *doc, Json *data)
{
    Arena      *a = w->req->arena;
    Json       *quality = quality_value(a, doc), *view = json_object_make(a), *list = json_array_make(a);
    const Json *flags = json_get(quality, "flags");
    int64_t     rows = json_get_integer(quality, "rows", 0), aside = json_get_integer(quality, "aside", 0);
    if (!json_array_size(json_get(doc, "parts"))) return;
    for (size_t i = 0; i < json_array_size(flags); i++) {
        const Json *from = json_array_get(flags, i);
        Json       *one = json_object_make(a);
        Str         flag = json_get_text(from, "flag");
        int64_t     n = json_get_integer(from, "rows", 0);
        json_put_text(one, "flag", flag);
        json_put_text(one, "word", words(w, str_format(a, "flag.%.*s", STR_ARG(flag)).at));
        json_put_text(one, "severity",
                      words(w, str_eq(json_get_text(from, "severity"), S("error"))
                                   ? "severity.error"
                                   : "severity.warning"));
        json_put_text(one, "rows", number_text(a, (double)n, 0, w->req->lang));
        json_put_text(one, "share", share_words(w, n, rows));
        json_add_value(list, one);
    }
    json_put_text(
        view, "flagged",
        words_count(w, "dataset.flagged", (uint64_t)json_get_integer(quality, "flagged", 0)));
    if (aside > 0) json_put_text(view, "aside", words_count(w, "dataset.flagged-aside", (uint64_t)aside));
    json_put_value(view, "flags", list);
    json_put_value(data, "quality", view);
}
