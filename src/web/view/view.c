/* Which view belongs to which page. */
#include "web/view.h"

#include "web/view/tools.h"

typedef bool (*View)(const ViewWork *w, Json *value, Json *view, Err *err);
static const struct {
    const char *page;
    View        build;
} views[] = {
    { "home", view_home },
    { "list", view_list },
    { "search", view_search },
    { "record", view_record },
    { "query", view_record },
    { "dataset", view_dataset },
    { "calendar", view_calendar },
    { "history", view_history },
    { "difference", view_difference },
    { "form", view_form },
    { "conflict", view_conflict },
    { "import", view_import },
    { "job", view_job },
    { "mend", view_mend },
    { "dataset-quality", view_quality },
    { "node", view_node },
    { "ogc", view_ogc },
    { "console", view_console },
};

bool view_build(const ViewWork *w, Str page, Json *value, Err *err)
{
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        if (!str_eq_z(page, views[i].page)) continue;
        Json *view = json_object_make(w->req->arena);
        if (!views[i].build(w, value, view, err)) return fail_in(err, "page %s", views[i].page);
        json_put_value(value, "view", view);
    }
    return true;
}
