/* See site.h. */
#include "web/site.h"

#include "base/file.h"
#include "data/fits.h"
#include "data/gather.h"
#include "text/lang.h"
#include "web/cache.h"
#include "web/desk.h"
#include "web/frame.h"
#include "web/intake.h"
#include "web/render.h"
#include "web/shapes.h"

static const int64_t CACHE_MB = 16, CACHE_MB_MAX = 4096;

static bool has_language(const Str *all, size_t n, Str tag)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(all[i], tag)) return true;
    return false;
}

/* The settings' "languages" that there are messages for, in their order; all without that setting. */
static void languages_read(Site *site)
{
    Str   *known;
    size_t n = messages_languages(site->messages, &known), i;
    Json  *wanted = json_get(node_settings(site->node), "languages"), *tag;
    site->languages = NEW_ARRAY(site->arena, Str, n + 1);
    json_array_foreach(wanted, i, tag) if (has_language(known, n, json_text(tag)) && site->language_count < n)
        site->languages[site->language_count++] = str_copy(site->arena, json_text(tag));
    for (i = 0; i < n && !json_is_array(wanted); i++) site->languages[site->language_count++] = known[i];
    if (!site->language_count) site->languages[site->language_count++] = S("en");
}

bool site_open(Node *node, Site **out, Err *err)
{
    Arena *a = arena_open(0);
    Site  *site = NEW(a, Site);
    site->arena = a;
    site->node = node;
    site->started_ms = time_now_ms();
    reader_finish(&site->anyone, a);
    site->parties = parties_open(node);
    Str share = str_of(node_share(node));
    site->templates = render_templates();
    bool ok = desk_open(node, &site->desk, err) && intake_open(node, desk_data(site->desk), &site->intake, err) &&
              inbox_open(desk_data(site->desk), &site->inbox, err) &&
              people_open(node_folder(node), &site->people, err) &&
              messages_open(path_join(a, share, S("locale")).at, &site->messages, err) &&
              mustache_add_folder(site->templates, path_join(a, share, S("pages")).at, err) &&
              mustache_check(site->templates, err) &&
              assets_open(path_join(a, share, S("assets")).at, path_join(a, str_of(node_folder(node)), S("maps")).at,
                          &site->assets, err) &&
              shapes_open(site, err);
    ok = ok && gatherer_open(site->inbox, &site->gatherer, err);
    if (ok) fits_check_changes(site->inbox);
    if (!ok) {
        site_close(site);
        return false;
    }
    const Json *settings = node_settings(node);
    int64_t     mb = json_get_integer(settings, "cache_mb", CACHE_MB);
    site->cache = cache_open((size_t)(mb < 0 ? 0 : mb > CACHE_MB_MAX ? CACHE_MB_MAX
                                                                     : mb)
                                 << 20,
                             site->inbox);
    Str url = str_copy(a, json_get_text(settings, "url"));
    while (str_ends(url, S("/"))) url.len--;
    site->base_url = url;
    site->secure = str_starts(url, S("https://"));
    languages_read(site);
    site->menus = NEW_ARRAY(a, Json *, site->language_count);
    for (size_t i = 0; i < site->language_count; i++)
        site->menus[i] = page_menu_make(a, site->messages, node_kinds(node), site->languages[i]);
    *out = site;
    return true;
}

void site_close(Site *site)
{
    if (!site) return;
    gatherer_close(site->gatherer);
    inbox_close(site->inbox);
    intake_close(site->intake);
    desk_close(site->desk);
    cache_close(site->cache);
    assets_close(site->assets);
    mustache_close(site->templates);
    messages_close(site->messages);
    people_close(site->people);
    parties_close(site->parties);
    arena_close(site->arena);
}

Str site_title(const Site *site, Str lang)
{
    Json *title = json_get(node_settings(site->node), "title");
    if (json_is_string(title)) return json_text(title);
    Json *text = json_object_getn(title, lang.at, lang.len);
    if (!text) text = json_get(title, "en");
    if (!text) text = json_object_iter_value(json_object_iter(title));
    return json_text(text).len ? json_text(text) : node_name(site->node);
}

Str site_language(const Site *site, Str wish, Str cookie, Str accept_language)
{
    if (wish.len && lang_is(wish)) return wish;
    if (cookie.len && has_language(site->languages, site->language_count, cookie)) return cookie;
    if (accept_language.len) return lang_negotiate(accept_language, site->languages, site->language_count);
    return site->languages[0];
}

Str say_key(const Request *req, Str key, const Json *args)
{
    return message(req->site->messages, req->arena, req->lang, key, args);
}

Str say(const Request *req, const char *key, const Json *args)
{
    return say_key(req, str_of(key), args);
}
