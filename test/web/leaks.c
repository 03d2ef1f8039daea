/* Nobody learns of a record they may not see: every kind, every audience, every state, every reader, every
   route and ending. Each record has a word of its own in its title and its note; the word of a record
   that is hidden from a reader must not be in any answer to them. */
#include <stdio.h>

#include "core/record.h"
#include "format/format.h"
#include "web/serving.h"

enum { PUBLIC,
       SIGNED_IN,
       FRAMEWORK,
       OWN,
       AUDIENCES };
static const char *const audiences[AUDIENCES] = { "public", "signed-in", "framework:fw", "own" };
static const char *const states[] = { "draft", "review", "published", "withdrawn" };
enum { STATES = 4 };

typedef struct {
    const char *name;
    Str         token;
    bool        of_one, of_party, is_editor;
} Asker;
typedef struct {
    const Kind *kind;
    int         audience, state;
    Str         slug, id, word;
} Secret;
typedef struct {
    Arena   *arena;
    Serving *serving;
    Secret  *secrets;
    size_t   count;
    Asker    askers[5];
    size_t   leaks, asked;
} World;

/* Letters only, so that no segmentation cuts it. */
/* Words so unlike that a search, which takes a near miss for a find, finds each by itself alone. */
static Str word_of(Arena *a, size_t n)
{
    char     letters[9] = "";
    uint64_t mixed = n + 1;
    for (size_t i = 0; i < sizeof letters - 1; i++) {
        mixed = mixed * 6364136223846793005u + 1442695040888963407u;
        letters[i] = (char)('a' + (mixed >> 40) % 26);
    }
    return str_format(a, "zqx%s", letters);
}

static Json *value_for(Arena *a, const Field *f, Str word)
{
    Json *value;
    if (f->type == FIELD_TEXT) json_put_text(value = json_object_make(a), "en", word);
    else if (f->choice_count) value = json_text_make(a, f->choices[0]);
    else if (f->link_kind_count)
        value = json_text_make(a, str_eq(f->link_kinds[0], S("strategy")) ? S("plan") : S("fw"));
    else value = json_text_make(a, word);
    if (!f->list) return value;
    Json *list = json_array_make(a);
    json_add_value(list, value);
    return list;
}

static Json *doc_for(Arena *a, const Kind *kind, size_t n, Str word)
{
    static const char *const codes[] = { "TH", "LA", "KH", "VN", "MM", "MY", "SG", "ID", "PH",
                                         "BN", "TL", "CN", "JP", "KR", "MN", "IN", "LK", "NP" };
    Json                    *doc = json_object_make(a);
    for (size_t i = 0; i < kind->field_count; i++) {
        const Field *f = &kind->fields[i];
        if (str_eq(f->name, S("code")) && f->required)
            json_put_text(doc, "code", str_of(codes[n % (sizeof codes / sizeof *codes)]));
        else if (f->required) json_put_value(doc, str_z(a, f->name), value_for(a, f, word));
        else if (str_eq(f->name, S("note")) || str_eq(f->name, S("text")))
            json_put_value(doc, str_z(a, f->name), value_for(a, f, word));
    }
    if (str_eq(kind->name, S("note"))) json_put_text(doc, "part_of", S("hub"));
    return doc;
}

static void load(Loader *l, Arena *a, const char *kind, const char *slug, const char *audience, const char *state,
                 const char *doc)
{
    Err err = { 0 };
    Str item = str_format(
        a, "{\"kind\":\"%s\",\"slug\":\"%s\",\"owner\":\"one\",\"audience\":\"%s\",\"state\":\"%s\",\"doc\":%s}", kind,
        slug, audience, state, doc);
    CHECK_OK(loader_add(l, item, "test", 0, &err));
}

static void on_rejected(void *with, const char *source, uint64_t line, Str what)
{
    (void)with, (void)source, (void)line;
    printf("rejected: %.*s\n", STR_ARG(what));
}

static void secrets_make(World *w, Loader *l)
{
    Arena       *a = w->arena;
    const Kinds *kinds = node_kinds(w->serving->node);
    w->secrets = NEW_ARRAY(a, Secret, kinds_count(kinds) * AUDIENCES * STATES);
    for (size_t k = 0; k < kinds_count(kinds); k++)
        for (int audience = 0; audience < AUDIENCES; audience++)
            for (int state = 0; state < STATES; state++) {
                Secret *s = &w->secrets[w->count];
                size_t  of_kind = w->count % (AUDIENCES * STATES);
                *s = (Secret){ kinds_at(kinds, k), audience, state, str_format(a, "s%zu", w->count), STR_NONE,
                               word_of(a, w->count) };
                const char *first = state == 3 ? "published" : states[state];
                load(l, a, str_z(a, s->kind->name), s->slug.at, audiences[audience], first,
                     json_write(a, doc_for(a, s->kind, of_kind, s->word)).at);
                if (str_eq(s->kind->name, S("note")))
                    load(l, a, "note", str_format(a, "to-%.*s", STR_ARG(s->slug)).at, "public", "published",
                         str_format(a, "{\"name\":{\"en\":\"Points\"},\"part_of\":\"%.*s\"}", STR_ARG(s->slug)).at);
                w->count++;
            }
}

static void world_make(World *w)
{
    Err       err = { 0 };
    Arena    *a = w->arena;
    Loader   *l;
    LoadCount count;
    Reader    loading = { .all = true, .may_write = true };
    reader_finish(&loading, a);
    CHECK_OK(loader_open(w->serving->node, &loading, &l, &err));
    load(l, a, "framework", "fw", "public", "published",
         "{\"name\":{\"en\":\"Framework\"},\"parties\":[\"AU\"],\"secretariat\":{\"organisations\":[\"one\"]}}");
    load(l, a, "country", "australia", "public", "published", "{\"code\":\"AU\"}");
    load(l, a, "organisation", "one", "public", "published", "{\"name\":{\"en\":\"One\"},\"type\":\"secretariat\"}");
    load(l, a, "organisation", "three", "public", "published",
         "{\"name\":{\"en\":\"Three\"},\"type\":\"agency\",\"country\":\"AU\"}");
    load(l, a, "strategy", "plan", "public", "published",
         "{\"name\":{\"en\":\"Plan\"},\"type\":\"strategy\",\"framework\":\"fw\"}");
    load(l, a, "note", "hub", "public", "published", "{\"name\":{\"en\":\"Hub\"}}");
    secrets_make(w, l);
    CHECK_OK(loader_finish(l, on_rejected, NULL, &count, &err));
    loader_close(l);
    CHECK_EQ_INT(count.rejected, 0);
    for (size_t i = 0; i < w->count; i++) {
        Secret *s = &w->secrets[i];
        Got     got = get_as(a, w->serving, w->serving->publisher,
                             str_format(a, "/%.*s/%.*s.json", STR_ARG(s->kind->name), STR_ARG(s->slug)).at);
        if (got.status != 200)
            printf("not there: %.*s %s %s\n", STR_ARG(s->kind->name), audiences[s->audience], states[s->state]);
        CHECK_EQ_INT(got.status, 200);
        s->id = json_get_text(json_of(a, got), "id");
        if (s->state < 3) continue;
        got = put_json(a, w->serving, w->serving->publisher, "DELETE",
                       str_format(a, "/%.*s/%.*s.json?reason=Old", STR_ARG(s->kind->name), STR_ARG(s->slug)).at,
                       "\"v1\"", "");
        CHECK_EQ_INT(got.status, 200);
    }
}

/* The rule of audience.h, said again. A withdrawn record's words are for its owner's history only. */
static bool may_see(const Asker *asker, const Secret *s)
{
    if (asker->of_one) return true;
    if (s->state != 2) return false;
    switch (s->audience) {
    case PUBLIC: return true;
    case SIGNED_IN: return asker->token.len > 0;
    case FRAMEWORK: return asker->of_party;
    default: return false;
    }
}

static void look_for_leaks(World *w, const Asker *asker, const char *target, Got got)
{
    w->asked++;
    for (size_t i = 0; i < w->count && w->leaks < 20; i++) {
        const Secret *s = &w->secrets[i];
        if (may_see(asker, s) || !str_has(got.body, s->word)) continue;
        printf("%s learns of a %s %.*s for %s from %s\n", asker->name, states[s->state], STR_ARG(s->kind->name),
               audiences[s->audience], target);
        w->leaks++;
    }
}

static Got ask_as(World *w, const Asker *asker, const char *target)
{
    Got got = asker->token.len ? get_as(w->arena, w->serving, asker->token, target) : get(w->arena, w->serving, target);
    look_for_leaks(w, asker, target, got);
    return got;
}

static size_t seen_of(const World *w, const Asker *asker, const Kind *kind)
{
    size_t n = 0;
    for (size_t i = 0; i < w->count; i++)
        if ((!kind || w->secrets[i].kind == kind) && w->secrets[i].state != 3 && may_see(asker, &w->secrets[i])) n++;
    return n;
}

static void walk_lists(World *w, const Asker *asker, const Kind *kind)
{
    Arena        *a = w->arena;
    const Format *formats[16];
    size_t        n = format_offered(kind, ON_LIST, formats, 16);
    const char   *name = str_z(a, kind->name);
    Got           all = ask_as(w, asker, str_format(a, "/%s.json?limit=1000", name).at);
    size_t        listed = 0;
    for (size_t i = 0; i < w->count; i++)
        listed += w->secrets[i].kind == kind &&
                  str_has(all.body, str_format(a, "\"id\":\"%.*s\"", STR_ARG(w->secrets[i].id)));
    CHECK_EQ_INT(listed, seen_of(w, asker, kind));
    CHECK_EQ_INT(json_get_integer(json_of(a, all), "total", -1), json_array_size(json_get(json_of(a, all), "items")));
    for (size_t i = 0; i < n; i++) ask_as(w, asker, str_format(a, "/%s.%.*s", name, STR_ARG(formats[i]->ending)).at);
    ask_as(w, asker, str_format(a, "/%s", name).at);
    ask_as(w, asker, str_format(a, "/%s.json?q=zqx&limit=1000", name).at);
    ask_as(w, asker, str_format(a, "/suggest.json?q=zqx&limit=50&kind=%s", name).at);
}

static void walk_record(World *w, const Asker *asker, const Secret *s)
{
    static const char *const rests[] = {
        ".json", "", "/history.json", "/history", "/history/1.json", "/history/1", "/compare.json", "/compare", "/edit"
    };
    Arena        *a = w->arena;
    const char   *kind = str_z(a, s->kind->name);
    const Format *formats[16];
    size_t        n = format_offered(s->kind, ON_RECORD, formats, 16);
    for (size_t i = 0; i < sizeof rests / sizeof *rests; i++) {
        Got got = ask_as(w, asker, str_format(a, "/%s/%.*s%s", kind, STR_ARG(s->slug), rests[i]).at);
        if (s->state == 3) continue;
        if (i < 6) CHECK_EQ_INT(got.status, may_see(asker, s) ? 200 : 404);
    }
    for (size_t i = 0; i < n; i++)
        ask_as(w, asker, str_format(a, "/%s/%.*s.%.*s", kind, STR_ARG(s->slug), STR_ARG(formats[i]->ending)).at);
    Got by_id = ask_as(w, asker, str_format(a, "/%s/%.*s.json", kind, STR_ARG(s->id)).at);
    if (s->state < 3) CHECK_EQ_INT(by_id.status, may_see(asker, s) ? 200 : 404);
    Str target = str_format(a, "/search.json?q=%.*s", STR_ARG(s->word));
    Got found = asker->token.len ? get_as(a, w->serving, asker->token, target.at)
                                 : get(a, w->serving, target.at); /* it says the word back */
    if (!may_see(asker, s)) CHECK_EQ_INT(json_get_integer(json_of(a, found), "total", -1), 0);
    if (!may_see(asker, s) && asker->token.len) {
        Str address = str_format(a, "/%s/%.*s.json", kind, STR_ARG(s->slug));
        Got changed = put_json(a, w->serving, asker->token, "PATCH", address.at, "\"v1\"", "{}");
        look_for_leaks(w, asker, address.at, changed);
        CHECK(changed.status == 404 || s->state == 3);
    }
}

static void walk_rest(World *w, const Asker *asker)
{
    static const char *const targets[] = { "/",
                                           "/index.json",
                                           "/index.atom",
                                           "/calendar",
                                           "/node",
                                           "/node.json",
                                           "/api.json",
                                           "/search?q=zqx",
                                           "/search.json?q=zqx&limit=1000",
                                           "/suggest.json?q=zqx&limit=50",
                                           "/note/hub.json",
                                           "/note/hub",
                                           "/framework/fw",
                                           "/strategy/plan",
                                           "/country/australia",
                                           "/metrics",
                                           "/log/checkpoint",
                                           "/log/tile/entries/000",
                                           "/log/tile/entries/001.p/1",
                                           "/log/tile/0/000",
                                           "/openapi.json",
                                           "/note?part_of=hub" };
    Arena                   *a = w->arena;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) ask_as(w, asker, targets[i]);
    Json       *hub = json_of(a, ask_as(w, asker, "/note/hub.json"));
    const Kind *note = kind_find(node_kinds(w->serving->node), S("note"));
    CHECK_EQ_INT(json_integer_value(json_at(hub, S("/backlinks/0/total"))), seen_of(w, asker, note));
}

TEST("nobody learns of a record they may not see, by any route or ending")
{
    Serving *s = serve_start(a);
    World    w = { .arena = arena_adopt(a, arena_open((size_t)2 << 30), (void (*)(void *))arena_close),
                   .serving = s,
                   .askers = { { "nobody", STR_NONE, false, false, false },
                               { "a stranger", s->stranger, false, false, false },
                               { "a party", s->party, false, true, false },
                               { "a member", s->member, true, false, false },
                               { "an editor", s->editor, true, false, true } } };
    world_make(&w);
    for (size_t i = 0; i < sizeof w.askers / sizeof *w.askers; i++) {
        const Asker *asker = &w.askers[i];
        const Kinds *kinds = node_kinds(s->node);
        walk_rest(&w, asker);
        for (size_t k = 0; k < kinds_count(kinds); k++) walk_lists(&w, asker, kinds_at(kinds, k));
        for (size_t j = 0; j < w.count; j++)
            if (!may_see(asker, &w.secrets[j]) || j % 16 == 2) walk_record(&w, asker, &w.secrets[j]);
    }
    CHECK_EQ_INT(w.leaks, 0);
    CHECK(w.asked > 5000);
}
