/* See frame.h. */
#include "web/frame.h"

#include "text/lang.h"
#include "web/request.h"
#include "web/site.h"

static void put_languages(Request *req, Json *page)
{
    Arena *a = req->arena;
    Json  *list = json_array_make(a);
    for (size_t i = 0; i < req->site->language_count; i++) {
        Str   tag = req->site->languages[i];
        Json *one = json_object_make(a);
        json_put_text(one, "tag", tag);
        json_put_text(one, "name", message(req->site->messages, a, tag, S("_name"), NULL));
        json_put_text(one, "url",
                      str_join(a, (Str[]){ S("/language/"), tag, S("?to="), percent_make(a, req->target) }, 4));
        json_put_bool(one, "current", str_eq(tag, req->lang));
        json_add_value(list, one);
    }
    json_put_value(page, "languages", list);
}

/* What a page says of its colours: the choices, and when the dark sheet applies. */
static void put_themes(Request *req, Json *page)
{
    static const struct {
        const char *name, *word;
        Theme       theme;
    } rows[] = {
        { "device", "theme.device", THEME_DEVICE },
        { "light", "theme.light", THEME_LIGHT },
        { "dark", "theme.dark", THEME_DARK },
    };
    Arena *a = req->arena;
    Json  *list = json_array_make(a);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        Json *one = json_object_make(a);
        json_put_text(one, "text", say(req, rows[i].word, NULL));
        json_put_text(one, "url",
                      str_format(a, "/theme/%s?to=%.*s", rows[i].name, STR_ARG(percent_make(a, req->target))));
        json_put_bool(one, "current", rows[i].theme == req->theme);
        json_add_value(list, one);
    }
    json_put_value(page, "themes", list);
    json_put_text(page, "colours",
                  req->theme == THEME_DARK    ? S("dark")
                  : req->theme == THEME_LIGHT ? S("light")
                                              : S("light dark"));
    if (req->theme != THEME_LIGHT)
        json_put_text(page, "dark_when",
                      req->theme == THEME_DARK ? S("screen") : S("screen and (prefers-color-scheme: dark)"));
}

/* Said once, where a text of the page is not there in its language. */
static void put_fallback(Request *req, Json *page)
{
    if (!req->fell_back) return;
    Json *args = json_object_make(req->arena);
    json_put_text(args, "language", lang_name(req->arena, req->lang, req->lang));
    json_put_text(args, "other", lang_name(req->arena, req->site->languages[0], req->lang));
    json_put_text(page, "fallback", say(req, "text.fallback", args));
}

static Str word_of(const Messages *messages, Arena *a, Str lang, const char *before, Str name, const char *after)
{
    return message(messages, a, lang, str_join(a, (Str[]){ str_of(before), name, str_of(after) }, 3), NULL);
}

static Json *kind_make(const Messages *messages, Arena *a, Str lang, const Kind *kind)
{
    Json *one = json_object_make(a);
    json_put_text(one, "kind", kind->name);
    json_put_text(one, "name", kind->name);
    json_put_text(one, "title", word_of(messages, a, lang, "kind.", kind->name, ""));
    json_put_text(one, "plural", word_of(messages, a, lang, "kind.", kind->name, ".plural"));
    json_put_text(one, "url", str_join(a, (Str[]){ S("/"), kind->name }, 2));
    json_put_bool(one, "current", false);
    return one;
}

/* Where a name is in an array of objects that have it as `key`; the array's size when it is not. */
static size_t place_of(const Json *array, const char *key, Str name)
{
    size_t i = 0;
    while (i < json_array_size(array) && !str_eq(json_get_text(json_array_get(array, i), key), name)) i++;
    return i;
}

Json *page_menu_make(Arena *a, const Messages *messages, const Kinds *kinds, Str lang)
{
    Json *groups = json_array_make(a);
    for (size_t i = 0; i < kinds_count(kinds); i++) {
        const Kind *kind = kinds_at(kinds, i);
        if (!kind->group.len) continue;
        Json *group = json_array_get(groups, place_of(groups, "group", kind->group));
        if (!group) {
            group = json_object_make(a);
            json_put_text(group, "group", kind->group);
            json_put_text(group, "title", word_of(messages, a, lang, "group.", kind->group, ""));
            json_put_bool(group, "current", false);
            json_put_value(group, "kinds", json_array_make(a));
            json_add_value(groups, group);
        }
        json_add_value(json_get(group, "kinds"), kind_make(messages, a, lang, kind));
    }
    return groups;
}

/* The array with another object in one place: a copy that is marked as where the reader is. */
static Json *with_current(const Json *array, size_t place, Json **marked)
{
    Json *copy = json_copy((Json *)array);
    *marked = json_copy(json_array_get(array, place));
    json_put_bool(*marked, "current", true);
    json_array_set_new(copy, place, *marked);
    return copy;
}

/* The menu of the site, with the kind of this page marked in it. */
static void put_groups(const Json *menu, const Kind *here, Json *page)
{
    size_t group = here ? place_of(menu, "group", here->group) : 0;
    if (!here || group == json_array_size(menu)) {
        json_put_value(page, "groups", (Json *)menu);
        return;
    }
    Json       *marked, *marked_kind;
    Json       *groups = with_current(menu, group, &marked);
    const Json *kinds = json_get(marked, "kinds");
    json_object_set_new(marked, "kinds", with_current(kinds, place_of(kinds, "kind", here->name), &marked_kind));
    json_object_set_new(page, "groups", groups);
}

static const Json *menu_of(Request *req)
{
    for (size_t i = 0; i < req->site->language_count; i++)
        if (str_eq(req->site->languages[i], req->lang)) return req->site->menus[i];
    return page_menu_make(req->arena, req->site->messages, node_kinds(req->node), req->lang);
}

static Str with_ending(Request *req, Str ending)
{
    Str path = str_eq(req->path, S("/")) ? S("/index") : path_encode(req->arena, req->path);
    return str_join(req->arena, (Str[]){ path, S("."), ending, req->raw_query.len ? S("?") : STR_NONE, req->raw_query },
                    5);
}

static void put_formats(Request *req, const Route *route, const Kind *kind, const Json *value, Json *page)
{
    Arena        *a = req->arena;
    Json         *list = json_array_make(a);
    const Format *offered[16];
    int           where = route->faces & (ON_LIST | ON_RECORD | ON_HOME);
    Json         *view = json_get(value, "view"), *made = json_get(view, "formats");
    if (!made) made = json_get(json_get(view, "foot"), "formats");
    if (made && (where & (ON_LIST | ON_RECORD))) { /* the view knows what fits */
        json_put_value(page, "formats", made);
        return;
    }
    size_t n = where ? format_offered(kind, where, offered, 16) : 0;
    for (size_t i = 0; i <= n; i++) {
        if (i == n && !(route->faces & DATA)) break;
        Json *one = json_object_make(a);
        Str   ending = i < n ? offered[i]->ending : S("json");
        json_put_text(one, "ending", ending);
        json_put_text(one, "url", with_ending(req, ending));
        json_put_text(one, "type", str_cut(i < n ? offered[i]->type : S("application/json"), ';').head);
        json_add_value(list, one);
    }
    json_put_value(page, "formats", list);
}

static bool edits_somewhere(const Reader *r)
{
    for (size_t i = 0; i < r->membership_count; i++)
        if (may_edit(r, r->memberships[i].organisation)) return true;
    return false;
}

static void put_person(Request *req, Json *page)
{
    json_put_bool(page, "session_ended", req->session_ended);
    if (!req->reader.person.len) return;
    Json *person = json_object_make(req->arena);
    json_put_text(person, "name", req->reader.name);
    json_put_value(page, "person", person);
    json_put_bool(page, "runs_node", req->reader.runs_node);
    json_put_bool(page, "manages_people", may_manage_some(&req->reader));
    json_put_bool(page, "editor", edits_somewhere(&req->reader));
    if (req->session.len) json_put_text(page, "csrf", csrf_token(req->arena, req->session));
}

void page_frame_put(Request *req, const Route *route, Str template, Json *value)
{
    Arena      *a = req->arena;
    const Kind *kind = request_kind(req);
    Json       *page = json_object_make(a), *is = json_object_make(a);
    json_put_text(page, "lang", req->lang);
    json_put_text(page, "dir", lang_rtl(req->lang) ? S("rtl") : S("ltr"));
    json_put_text(page, "path", req->path);
    json_put_text(page, "address", req->target);
    json_put_text(page, "template", template);
    json_put_bool(is, str_z(a, template), true);
    json_put_value(page, "is", is);
    json_put_text(page, "site", site_title(req->site, req->lang));
    json_put_text(page, "node", node_name(req->node));
    json_put_text(page, "q", query_get(req, "q"));
    json_put_integer(page, "year", date_of_ms(time_now_ms()).year);
    put_languages(req, page);
    put_themes(req, page);
    put_fallback(req, page);
    put_groups(menu_of(req), kind, page);
    put_person(req, page);
    if (route) put_formats(req, route, kind, value, page);
    if (kind) json_put_value(page, "kind", kind_make(req->site->messages, a, req->lang, kind));
    json_put_value(value, "page", page);
}
