/* See asset.h. */
#include "web/asset.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/hash.h"

struct Assets {
    Arena *arena;
    Asset *at;
    size_t count, room;
};

static const size_t ASSET_BYTES_MAX = (size_t)8 << 20;
static const size_t ASSETS_BYTES_MAX = (size_t)256 << 20;

static const struct {
    const char *ending, *type;
    bool        packed;
} types[] = {
    { "css", "text/css; charset=utf-8", false },
    { "js", "text/javascript; charset=utf-8", false },
    { "mjs", "text/javascript; charset=utf-8", false },
    { "json", "application/json", false },
    { "svg", "image/svg+xml", false },
    { "ico", "image/x-icon", false },
    { "png", "image/png", true },
    { "jpg", "image/jpeg", true },
    { "webp", "image/webp", true },
    { "woff2", "font/woff2", true },
    { "txt", "text/plain; charset=utf-8", false },
    { "webmanifest", "application/manifest+json", false },
    { "geojson", "application/geo+json", false },
    { "wasm", "application/wasm", false },
};

/* "fonts/noto.woff2" to "/assets/fonts/noto.1a2b3c4d.woff2" */
static Str url_of(Arena *a, Str name, Str bytes)
{
    Hash hash = hash_of(bytes.at, bytes.len);
    Cut  cut = str_cut_last(name, '.');
    return str_join(a, (Str[]){ S("/assets/"), cut.head, S("."), hex_make(a, hash.b, 5), S("."), cut.tail }, 6);
}

static bool add_file(Assets *s, const char *path, Str name, Err *err)
{
    Str ending = str_cut_last(name, '.').tail;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!str_eq_z(ending, types[i].ending)) continue;
        Asset asset = { .name = str_copy(s->arena, name), .type = str_of(types[i].type), .packed = types[i].packed };
        if (!file_read(s->arena, path, ASSET_BYTES_MAX, &asset.bytes, err)) return false;
        asset.url = url_of(s->arena, name, asset.bytes);
        for (size_t k = 0; k < s->count; k++)
            if (str_eq(s->at[k].name, name)) {
                s->at[k] = asset;
                return true;
            }
        if (s->count == s->room) {
            s->room = s->room ? 2 * s->room : 32;
            Asset *more = NEW_ARRAY(s->arena, Asset, s->room);
            if (s->count) memcpy(more, s->at, s->count * sizeof(Asset));
            s->at = more;
        }
        s->at[s->count++] = asset;
        return true;
    }
    return true; /* sources, notes: not served */
}

static bool add_folder(Assets *s, const char *folder, Str prefix, int depth, Err *err)
{
    Str   *names;
    size_t n;
    if (!folder_list(s->arena, folder, &names, &n, err)) return false;
    for (size_t i = 0; i < n; i++) {
        const char *path = path_join(s->arena, str_of(folder), names[i]).at;
        Str         name = str_join(s->arena, (Str[]){ prefix, names[i] }, 2);
        struct stat st;
        if (stat(path, &st) != 0) return fail_errno(err, "looking at %s", path);
        bool deeper = S_ISDIR(st.st_mode) && depth < 4;
        if (deeper && !add_folder(s, path, str_join(s->arena, (Str[]){ name, S("/") }, 2), depth + 1, err))
            return false;
        if (S_ISREG(st.st_mode) && !add_file(s, path, name, err)) return false;
    }
    return true;
}

static int by_name(const void *x, const void *y)
{
    return str_cmp(((const Asset *)x)->name, ((const Asset *)y)->name);
}

bool assets_open(const char *folder, const char *maps, Assets **out, Err *err)
{
    Arena  *arena = arena_open(ASSETS_BYTES_MAX);
    Assets *s = NEW(arena, Assets);
    s->arena = arena;
    if ((path_exists(folder) && !add_folder(s, folder, STR_NONE, 0, err)) ||
        (path_exists(maps) && !add_folder(s, maps, S("maps/"), 0, err))) {
        arena_close(arena);
        return false;
    }
    if (s->count) qsort(s->at, s->count, sizeof(Asset), by_name);
    *out = s;
    return true;
}

void assets_close(Assets *assets)
{
    if (assets) arena_close(assets->arena);
}

size_t assets_count(const Assets *assets)
{
    return assets->count;
}

const Asset *assets_at(const Assets *assets, size_t i)
{
    return &assets->at[i];
}

const Asset *asset_named(const Assets *assets, Str name)
{
    size_t low = 0, high = assets->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int    order = str_cmp(assets->at[middle].name, name);
        if (order == 0) return &assets->at[middle];
        if (order < 0) low = middle + 1;
        else high = middle;
    }
    return NULL;
}

const Asset *asset_find(const Assets *assets, Str path, bool *exact)
{
    const Asset *plain = asset_named(assets, path);
    *exact = false;
    if (plain) return plain;
    for (size_t i = 0; i < assets->count; i++)
        if (str_eq(str_drop(assets->at[i].url, sizeof "/assets/" - 1), path)) {
            *exact = true;
            return &assets->at[i];
        }
    return NULL;
}
