/* The first page and the map: what is next, what was decided, what is late. */
#include <string.h>

#include "text/lang.h"
#include "web/site.h"
#include "web/view/tools.h"

#define HOME_ROWS 5
#define CODES_MAX 300

/* About how wide a name is drawn: Han, Kana and Hangul (from U+3000 on) fill their square. */
static int64_t name_px(Str name)
{
    int64_t px = 4;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.at[i];
        if ((c & 0xC0) != 0x80) px += c >= 0xE3 ? 11 : 6;
    }
    return px;
}

/* The middle of a name, so far from the map's edge that the whole name is on it. */
static int64_t name_place(int64_t x, Str name, int64_t width)
{
    int64_t half = name_px(name) / 2;
    return x < half ? half : x > width - half ? width - half
                                              : x;
}

/* The map: {"width","height","countries":[{path, name, url, level, x, y}],"borders","disputed"}. `level` says how
   strongly each code is drawn: 0 as land, 1 … 3 as party. */
typedef int (*MapLevel)(void *with, Str code);

static Json *view_map(const ViewWork *w, MapLevel level, void *with)
{
    Arena      *a = w->req->arena;
    const Json *shapes = w->req->site->map;
    Json       *map = json_object_make(a), *land = json_array_make(a), *parties = json_array_make(a),
         *list = json_get(shapes, "countries");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const Json *shape = json_array_get(list, i);
        Str         code = json_get_text(shape, "code");
        int         strength = code.len ? level(with, code) : 0;
        if (!strength) {
            json_add_value(land, (Json *)shape);
            continue;
        }
        Json *one = json_object_make(a);
        json_put_value(one, "path", json_get(shape, "path"));
        json_put_integer(one, "level", strength);
        json_put_text(one, "name", country_word(w, code));
        json_put_text(one, "code", code);
        json_put_text(one, "url", record_url(a, S("country"), code));
        json_put_integer(one, "x", json_get_integer(shape, "x", 0));
        json_put_integer(one, "name_x",
                         name_place(json_get_integer(shape, "x", 0), json_get_text(one, "name"),
                                    json_get_integer(shapes, "width", 0)));
        json_put_integer(one, "y", json_get_integer(shape, "y", 0));
        json_put_bool(one, "small", json_get_integer(shape, "area", 0) < 60);
        json_put_bool(one, "named", json_get_integer(shape, "area", 0) > 950);
        json_add_value(parties, one);
    }
    json_put_text_if(map, "source", words_map_source(w));
    json_put_integer(map, "width", json_get_integer(shapes, "width", 0));
    json_put_integer(map, "height", json_get_integer(shapes, "height", 0));
    json_put_value(map, "land", land);
    json_put_value(map, "parties", parties);
    json_put_value(map, "borders", json_get(shapes, "borders"));
    json_put_value(map, "disputed", json_get(shapes, "disputed"));
    return map;
}

/* How many frameworks each country takes part in. */
typedef struct {
    Str    code[CODES_MAX];
    int    count[CODES_MAX];
    size_t n;
} PartyCounts;

static void party_add(PartyCounts *p, Str code)
{
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->code[i], code)) {
            p->count[i]++;
            return;
        }
    if (p->n == CODES_MAX) return;
    p->code[p->n] = code;
    p->count[p->n++] = 1;
}

static int level_of(void *with, Str code)
{
    const PartyCounts *p = with;
    for (size_t i = 0; i < p->n; i++)
        if (str_eq(p->code[i], code)) return p->count[i] >= 4 ? 3 : p->count[i] >= 2 ? 2
                                                                                     : 1;
    return 0;
}

static bool frameworks_add(const ViewWork *w, Json *view, PartyCounts *parties, Err *err)
{
    Record *records;
    size_t  n;
    Json   *out = json_array_make(w->req->arena);
    if (!records_where(w, S("framework"), S(""), S(""), S("title"), 100, &records, &n, NULL, err)) return false;
    for (size_t i = 0; i < n; i++) {
        Json *codes = json_get(records[i].doc, "parties"), *row = row_make(w, &records[i], false);
        for (size_t k = 0; k < json_array_size(codes); k++) party_add(parties, json_text(json_array_get(codes, k)));
        json_put_text_if(row, "abbreviation", json_get_text(records[i].doc, "abbreviation"));
        if (json_array_size(codes))
            json_put_text(row, "party_count", words_count(w, "home.parties", json_array_size(codes)));
        json_add_value(out, row);
    }
    json_put_value(view, "frameworks", out);
    return true;
}

/* Meetings that are not over, the nearest first; and the latest of those over that came to something. */
typedef struct {
    Best next, decided;
    int  today;
    bool over;
} Meetings;

static void meeting_seen(void *with, const Sketch *s)
{
    Meetings *m = with;
    int       last = date_last(s->end.parts ? s->end : s->start);
    bool      held = str_eq_z(s->status, "held");
    if (str_eq_z(s->status, "cancelled")) return;
    if (m->over && (held || last < m->today)) best_offer(&m->decided, s, -date_first(s->start));
    if (!m->over && !held && last >= m->today) best_offer(&m->next, s, date_first(s->start));
}

static bool meetings_add(const ViewWork *w, Json *view, Err *err)
{
    Arena      *a = w->req->arena;
    Meetings    m = { best_make(w, HOME_ROWS), best_make(w, HOME_ROWS), date_first(w->today), false };
    SketchWhich which = { .kind = S("meeting") };
    Json       *next, *decided;
    if (!sketch_each(w->snapshot, a, &which, meeting_seen, &m, NULL, err)) return false;
    m.over = true;
    which.has[0] = "decisions";
    which.has[1] = "outcome";
    if (!sketch_each(w->snapshot, a, &which, meeting_seen, &m, NULL, err) ||
        !best_rows(w, &m.next, false, &next, err) || !best_rows(w, &m.decided, true, &decided, err))
        return false;
    json_put_value(view, "next", next);
    json_put_value(view, "decided", decided);
    return true;
}

typedef struct {
    const ViewWork *w;
    const Kind     *kind;
    Best            best;
    uint64_t        unreported; /* have a period that is over without its result */
} Late;

/* What was due last comes first: it is the likeliest to be still in somebody's hands. */
static void late_offer(void *with, const Sketch *s)
{
    Late *late = with;
    late->unreported += sketch_unreported(s, late->w->today);
    if (progress_of(standing_of_sketch(late->kind, s), late->w->today) == PROGRESS_LATE)
        best_offer(&late->best, s, -date_last(s->end.parts ? s->end : s->start));
}

static bool late_add(const ViewWork *w, Json *view, Err *err)
{
    Late  late = { w, kind_find(view_kinds(w), S("activity")), best_make(w, HOME_ROWS), 0 };
    Json *rows;
    if (!sketch_each(w->snapshot, w->req->arena, &(SketchWhich){ .kind = S("activity") }, late_offer, &late, NULL,
                     err) ||
        !best_rows(w, &late.best, false, &rows, err))
        return false;
    json_put_value(view, "late", rows);
    if (late.best.total > HOME_ROWS)
        json_put_text(view, "late_more", words_count(w, "home.late-more", late.best.total - HOME_ROWS));
    if (late.unreported) json_put_text(view, "unreported", words_count(w, "home.unreported", late.unreported));
    return true;
}

/* Every kind with its count, by group: the way into the register. */
static bool groups_add(const ViewWork *w, Json *view, Err *err)
{
    Arena           *a = w->req->arena;
    Json            *groups = json_array_make(a), *group = NULL;
    static const Str order[] = { S_INIT("policy"), S_INIT("action"), S_INIT("exchange"), S_INIT("learning"),
                                 S_INIT("about") };
    for (size_t g = 0; g < sizeof order / sizeof *order; g++) {
        Str name = order[g];
        group = json_object_make(a);
        json_put_text(group, "label", words(w, str_format(a, "group.%.*s", STR_ARG(name)).at));
        json_put_value(group, "kinds", json_array_make(a));
        for (size_t i = 0; i < kinds_count(view_kinds(w)); i++) {
            const Kind *kind = kinds_at(view_kinds(w), i);
            if (!str_eq(kind->group, name)) continue;
            uint64_t total;
            if (!sketch_each(w->snapshot, a, &(SketchWhich){ .kind = kind->name }, NULL, NULL, &total, err))
                return false;
            if (!total) continue;
            Json *one = json_object_make(a);
            json_put_text(one, "text", kind_word(w, kind->name, true));
            json_put_text(one, "url", str_format(a, "/%.*s", STR_ARG(kind->name)));
            json_put_text(one, "count", number_text(a, (double)total, 0, w->req->lang));
            json_add_value(json_get(group, "kinds"), one);
        }
        if (json_array_size(json_get(group, "kinds"))) json_add_value(groups, group);
    }
    json_put_value(view, "groups", groups);
    json_put_bool(view, "empty", json_array_size(groups) == 0);
    return true;
}

bool view_home(const ViewWork *w, Json *value, Json *view, Err *err)
{
    (void)value;
    PartyCounts *parties = NEW(w->req->arena, PartyCounts);
    if (!frameworks_add(w, view, parties, err) || !meetings_add(w, view, err) || !late_add(w, view, err) ||
        !groups_add(w, view, err))
        return false;
    if (w->req->site->map) json_put_value(view, "map", view_map(w, level_of, parties));
    json_put_text(view, "party_count", words_count(w, "home.countries", parties->n));
    return true;
}
