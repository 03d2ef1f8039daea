/* What is read over HTTP: every route, every face. */
#include "web/serving.h"

static Str create(Arena *a, Serving *s, const char *slug, const char *state, const char *doc)
{
    Got got = put_json(a, s, s->publisher, "POST", "/note.json", NULL,
                       str_format(a, "{\"slug\":\"%s\",\"state\":\"%s\",\"doc\":%s}", slug, state, doc).at);
    if (got.status != 201) printf("%.*s\n%.*s\n", STR_ARG(got.head), STR_ARG(got.body));
    CHECK_EQ_INT(got.status, 201);
    return json_get_text(json_of(a, got), "id");
}

static Serving *served(Arena *a)
{
    Serving *s = serve_start(a);
    create(a, s, "river", "published",
           "{\"name\":{\"en\":\"River\",\"th\":\"แม่น้ำ\"},\"text\":{\"en\":\"Clean "
           "*water*\"},\"topic\":\"water\",\"day\":\"2018-09-13\"}");
    create(a, s, "sky", "published", "{\"name\":{\"en\":\"Sky\"},\"topic\":\"air\",\"part_of\":\"river\"}");
    create(a, s, "secret", "draft", "{\"name\":{\"en\":\"Hidden\"},\"part_of\":\"river\"}");
    return s;
}

TEST("a list has exact totals, items and facets, and shows nobody a draft of others")
{
    Serving *s = served(a);
    Got      got = get(a, s, "/note.json");
    CHECK_EQ_INT(got.status, 200);
    CHECK_STR(header_of(got, "Content-Type"), "application/json");
    Json *value = json_of(a, got);
    CHECK_EQ_INT(json_get_integer(value, "total", -1), 2);
    CHECK_STR(json_get_text(value, "kind"), "note");
    CHECK_STR(json_text(json_at(value, S("/items/0/title"))), "River");
    CHECK_STR(json_text(json_at(value, S("/items/0/url"))), "/note/river");
    CHECK_JSON(json_get(value, "next"), "null");
    CHECK(json_is_array(json_get(value, "facets")));
    CHECK(!str_has(got.body, S("Hidden")));
    CHECK_EQ_INT(json_get_integer(json_of(a, get_as(a, s, s->editor, "/note.json")), "total", -1), 3);
    CHECK_EQ_INT(json_get_integer(json_of(a, get_as(a, s, s->stranger, "/note.json")), "total", -1), 2);
    CHECK_EQ_INT(json_get_integer(json_of(a, get(a, s, "/note.json?topic=air")), "total", -1), 1);
    CHECK_EQ_INT(get(a, s, "/note.json?nosuch=air").status, 422);
    CHECK_EQ_INT(get(a, s, "/note.json?limit=0").status, 400);
    CHECK_EQ_INT(get(a, s, "/note.json?limit=1001").status, 400);
    CHECK_EQ_INT(get(a, s, "/nokind.json").status, 404);
}

TEST("the next page of a list is reached by its cursor and by its Link")
{
    Serving *s = served(a);
    Got      first = get(a, s, "/note.json?limit=1");
    Str      next = json_get_text(json_of(a, first), "next");
    CHECK(next.len > 0);
    Str link = header_of(first, "Link"), address = str_drop(str_cut(link, '>').head, 1);
    CHECK(str_ends(link, S("; rel=\"next\"")));
    Json *second = json_of(a, get(a, s, str_z(a, address)));
    CHECK_STR(json_text(json_at(second, S("/items/0/title"))), "Sky");
    CHECK_JSON(json_get(second, "next"), "null");
}

TEST("a record is told with its links and what links to it")
{
    Serving *s = served(a);
    Got      got = get(a, s, "/note/river.json");
    Json    *value = json_of(a, got);
    CHECK_EQ_INT(got.status, 200);
    static const char *const members[] = { "id", "kind", "slug", "version", "owner", "audience",
                                           "state", "created", "updated", "doc", "links", "backlinks" };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) CHECK(json_get(value, members[i]) != NULL);
    CHECK_STR(json_text(json_at(value, S("/doc/name/en"))), "River");
    CHECK_EQ_INT(json_integer_value(json_at(value, S("/backlinks/0/total"))), 1);
    CHECK_STR(json_text(json_at(value, S("/backlinks/0/items/0/title"))), "Sky");
    CHECK(str_starts(header_of(got, "ETag"), S("\"v1-")));
    Json *sky = json_of(a, get(a, s, "/note/sky.json"));
    CHECK_STR(json_text(json_at(sky, S("/links/0/slug"))), "river");
    Json *seen = json_of(a, get_as(a, s, s->editor, "/note/river.json"));
    CHECK_EQ_INT(json_integer_value(json_at(seen, S("/backlinks/0/total"))), 2);
}

TEST("a record is found by its id; what is not there and what may not be seen look the same")
{
    Serving *s = served(a);
    Str      id = json_get_text(json_of(a, get(a, s, "/note/river.json")), "id");
    CHECK_EQ_INT(get(a, s, str_format(a, "/note/%.*s.json", STR_ARG(id)).at).status, 200);
    Got hidden = get(a, s, "/note/secret.json"), absent = get(a, s, "/note/absent.json");
    CHECK_EQ_INT(hidden.status, 404);
    CHECK_EQ_INT(absent.status, 404);
    Json *x = json_of(a, hidden), *y = json_of(a, absent);
    json_object_del(x, "instance");
    json_object_del(y, "instance");
    CHECK_STR(json_write(a, x), json_write(a, y));
    CHECK_EQ_INT(get_as(a, s, s->editor, "/note/secret.json").status, 200);
    CHECK_EQ_INT(get(a, s, "/note/secret/history.json").status, 404);
    CHECK_EQ_INT(get(a, s, "/note/secret/history/1.json").status, 404);
    CHECK_EQ_INT(get(a, s, "/note/secret/compare.json").status, 404);
}

TEST("pages are the same values, in the reader's language, under a strict policy")
{
    Serving *s = served(a);
    Got      list = get(a, s, "/note"), thai = ask(a, s, "GET", "/note", "Accept-Language: th\r\n", STR_NONE);
    CHECK_EQ_INT(list.status, 200);
    CHECK_STR(header_of(list, "Content-Type"), "text/html; charset=utf-8");
    CHECK(str_has(list.body, S("<title>2 notes</title><a href=\"/note/river\">River</a>")));
    CHECK(str_has(thai.body, S(">แม่น้ำ</a>")));
    CHECK(str_has(thai.body, S("<span lang=\"en\" dir=\"ltr\">Sky</span></a>")));
    CHECK(str_has(thai.body, S("<p>Not in ไทย: in อังกฤษ</p>")));
    CHECK(!str_has(list.body, S("<p>")));
    CHECK_STR(header_of(thai, "Content-Language"), "th");
    CHECK(str_has(header_of(list, "Content-Security-Policy"), S("default-src 'none'; script-src 'self'")));
    CHECK(!str_has(header_of(list, "Content-Security-Policy"), S("unsafe")));
    CHECK_STR(header_of(list, "X-Content-Type-Options"), "nosniff");
    Got record = get(a, s, "/note/river");
    CHECK(str_has(record.body, S("<em>water</em>")));
    CHECK(str_has(record.body, S("<time datetime=\"2018-09-13\">")));
    CHECK_STR(get(a, s, "/note/river.html").body, record.body);
    CHECK_EQ_INT(get(a, s, "/note/river/history").status, 200);
    CHECK_EQ_INT(get(a, s, "/calendar").status, 200);
    CHECK_EQ_INT(get(a, s, "/node").status, 200);
}

TEST("what is not there is said as a page to people and as a problem to machines")
{
    Serving *s = serve_start(a);
    Got      page = get(a, s, "/nothing"), data = get(a, s, "/nothing.json"),
        thai = ask(a, s, "GET", "/nothing.json?x=1", "Cookie: lang=th\r\n", STR_NONE);
    CHECK_EQ_INT(page.status, 404);
    CHECK(str_has(page.body, S("<h1>There is nothing here</h1>")));
    CHECK_EQ_INT(data.status, 404);
    CHECK_STR(header_of(data, "Content-Type"), "application/problem+json");
    Json *problem = json_of(a, data);
    CHECK_STR(json_get_text(problem, "type"), "/api#not-found");
    CHECK_EQ_INT(json_get_integer(problem, "status", 0), 404);
    CHECK_STR(json_get_text(problem, "detail"), "Perhaps mistyped.");
    CHECK_STR(json_get_text(problem, "instance"), "/nothing");
    CHECK_STR(json_get_text(json_of(a, thai), "title"), "ไม่พบ");
}

TEST("search and suggestions find what the reader may see")
{
    Serving *s = served(a);
    Json    *found = json_of(a, get(a, s, "/search.json?q=river"));
    CHECK_EQ_INT(json_get_integer(found, "total", -1), 1);
    Json                    *item = json_at(found, S("/items/0"));
    static const char *const members[] = { "id", "kind", "title", "url", "lang", "score", "excerpt" };
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) CHECK(json_get(item, members[i]) != NULL);
    CHECK_EQ_INT(json_get_integer(json_of(a, get(a, s, "/search.json?q=hidden")), "total", -1), 0);
    CHECK_EQ_INT(json_get_integer(json_of(a, get_as(a, s, s->editor, "/search.json?q=hidden")), "total", -1), 1);
    CHECK_STR(json_text(json_at(json_of(a, get(a, s, "/suggest.json?q=riv")), S("/items/0/title"))), "River");
    CHECK_EQ_INT(json_array_size(json_get(json_of(a, get(a, s, "/suggest.json?q=hidd")), "items")), 0);
    CHECK_EQ_INT(get(a, s, "/search.json?q=x&kind=nokind").status, 400);
    CHECK_EQ_INT(get(a, s, "/search").status, 200);
}

TEST("the same question has the same ETag, and asking with it costs no body")
{
    Serving                 *s = served(a);
    static const char *const targets[] = { "/note.json", "/note", "/note/river.json", "/note/river",
                                           "/note.csv", "/log/checkpoint", "/openapi.json" };
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        Got first = get(a, s, targets[i]), second = get(a, s, targets[i]);
        Str etag = header_of(first, "ETag");
        CHECK_EQ_INT(first.status, 200);
        CHECK(etag.len > 2);
        CHECK_STR(header_of(second, "ETag"), etag);
        CHECK_STR(second.body, first.body);
        Got same = ask(a, s, "GET", targets[i], str_format(a, "If-None-Match: %.*s\r\n", STR_ARG(etag)).at, STR_NONE);
        CHECK_EQ_INT(same.status, 304);
        CHECK_STR(same.body, "");
        CHECK_STR(header_of(same, "ETag"), etag);
        Got head = ask(a, s, "HEAD", targets[i], "", STR_NONE);
        CHECK_EQ_INT(head.status, 200);
        CHECK_STR(head.body, "");
        CHECK_STR(header_of(head, "Content-Length"), str_format(a, "%zu", first.body.len));
    }
    Str before = header_of(get(a, s, "/note.json"), "ETag");
    create(a, s, "new", "published", "{\"name\":{\"en\":\"New\"}}");
    CHECK(!str_eq(header_of(get(a, s, "/note.json"), "ETag"), before));
    CHECK_EQ_INT(json_get_integer(json_of(a, get(a, s, "/note.json")), "total", -1), 3);
}

TEST("long answers are packed for who takes that, each with its own ETag")
{
    Serving *s = served(a);
    Got      plain = get(a, s, "/openapi.json"),
        gzip = ask(a, s, "GET", "/openapi.json", "Accept-Encoding: gzip\r\n", STR_NONE),
        brotli = ask(a, s, "GET", "/openapi.json", "Accept-Encoding: gzip, br\r\n", STR_NONE);
    CHECK_STR(header_of(plain, "Content-Encoding"), "");
    CHECK_STR(header_of(gzip, "Content-Encoding"), "gzip");
    CHECK_STR(header_of(brotli, "Content-Encoding"), "br");
    CHECK(gzip.body.len < plain.body.len / 2);
    CHECK(brotli.body.len < plain.body.len / 2);
    CHECK(!str_eq(header_of(gzip, "ETag"), header_of(plain, "ETag")));
    CHECK(str_has(header_of(gzip, "Vary"), S("Accept-Encoding")));
}

TEST("a page of one who has signed in is not kept for others")
{
    Serving *s = served(a);
    Str      cookie = str_format(a, "Cookie: session=%.*s\r\n", STR_ARG(s->session));
    Got      mine = ask(a, s, "GET", "/note", cookie.at, STR_NONE), other = get(a, s, "/note");
    CHECK(str_has(mine.body, S("I am paul ")));
    CHECK_STR(header_of(mine, "Cache-Control"), "private, no-cache");
    CHECK(!str_has(other.body, S("paul")));
    CHECK(!str_has(get_as(a, s, s->editor, "/note").body, S("paul")));
}

TEST("assets have addresses by their bytes and may be kept for ever")
{
    Serving *s = serve_start(a);
    Got      home = get(a, s, "/");
    CHECK_EQ_INT(home.status, 200);
    long at = str_find(home.body, S("/assets/style."));
    CHECK(at > 0);
    Str url = str_cut(str_drop(home.body, (size_t)at), '"').head;
    Got asset = get(a, s, str_z(a, url)), plain = get(a, s, "/assets/style.css");
    CHECK_EQ_INT(asset.status, 200);
    CHECK_STR(asset.body, "body { color: black }");
    CHECK_STR(header_of(asset, "Content-Type"), "text/css; charset=utf-8");
    CHECK_STR(header_of(asset, "Cache-Control"), "public, max-age=31536000, immutable");
    CHECK_STR(header_of(plain, "Cache-Control"), "no-cache");
    CHECK_EQ_INT(get(a, s, "/assets/other.css").status, 404);
    CHECK_EQ_INT(get(a, s, "/assets/../node/key").status, 400);
    CHECK_EQ_INT(get(a, s, "/assets/%2e%2e/%2e%2e/node/key").status, 400);
    CHECK_EQ_INT(get(a, s, "/assets/..%2f..%2fnode%2fkey").status, 400);
}

TEST("the node tells of its health, its counters and its log")
{
    Serving *s = served(a);
    CHECK_STR(json_get_text(json_of(a, get(a, s, "/healthz")), "status"), "ok");
    Got metrics = get(a, s, "/metrics");
    CHECK(str_has(metrics.body, S("banyan_log_entries 3\n")));
    CHECK(str_has(metrics.body, S("banyan_answers_total{status=\"2xx\"}")));
    Got checkpoint = get(a, s, "/log/checkpoint");
    CHECK(str_starts(checkpoint.body, S("node.example\n3\n")));
    CHECK_EQ_INT(get(a, s, "/log/tile/0/000.p/3").body.len, 96);
    CHECK_EQ_INT(get(a, s, "/log/tile/0/000").status, 404);
    CHECK_EQ_INT(get(a, s, "/log/tile/x").status, 404);
    Json *node = json_of(a, get(a, s, "/node.json"));
    CHECK_EQ_INT(json_integer_value(json_at(node, S("/log/size"))), 3);
    CHECK_STR(json_text(json_at(node, S("/log/origin"))), "node.example");
    Json *api = json_of(a, get(a, s, "/openapi.json"));
    CHECK_STR(json_get_text(api, "openapi"), "3.1.0");
    static const char *const writes[][2] = { { "/note.json", "post" },
                                             { "/note/{record}.json", "patch" },
                                             { "/note/{record}.json", "put" },
                                             { "/note/{record}.json", "delete" },
                                             { "/note/{record}/state.json", "post" },
                                             { "/note/{record}/restore.json", "post" } };
    for (size_t i = 0; i < sizeof writes / sizeof *writes; i++)
        if (!json_get(json_get(json_get(api, "paths"), writes[i][0]), writes[i][1]))
            CHECK_STR(str_of(writes[i][0]), "in the description of the API");
}

TEST("every ending that is offered answers with its type, and no other")
{
    Serving *s = served(a);
    static const struct {
        const char *target, *type;
    } good[] = {
        { "/note.csv", "text/csv" },
        { "/note.xlsx", "application/vnd.openxmlformats" },
        { "/note.jsonld", "application/ld+json" },
        { "/note.ics", "text/calendar" },
        { "/note.atom", "application/atom+xml" },
        { "/note/river.jsonld", "application/ld+json" },
        { "/index.atom", "application/atom+xml" },
        { "/index.json", "application/json" },
        { "/api.json", "application/json" },
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        Got got = get(a, s, good[i].target);
        if (got.status != 200) printf("%s: %.*s\n", good[i].target, STR_ARG(got.body));
        CHECK_EQ_INT(got.status, 200);
        CHECK(str_starts(header_of(got, "Content-Type"), str_of(good[i].type)));
        CHECK(!str_has(got.body, S("Hidden")));
    }
    static const char *const bad[] = { "/note.geojson", "/note/river.csv", "/calendar.json",
                                       "/note/river/history.csv", "/search.csv", "/healthz.json" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK_EQ_INT(get(a, s, bad[i]).status, 404);
    CHECK_EQ_INT(get(a, s, "/note/river.txt").status, 404);
}

TEST("a language is chosen by a cookie and goes back to where one was, on this node only")
{
    Serving *s = serve_start(a);
    Got      got = get(a, s, "/language/th?to=%2Fnote%3Fq%3Dx");
    CHECK_EQ_INT(got.status, 303);
    CHECK_STR(header_of(got, "Location"), "/note?q=x");
    CHECK(str_starts(header_of(got, "Set-Cookie"), S("lang=th; Path=/;")));
    CHECK_STR(header_of(get(a, s, "/language/th?to=https%3A%2F%2Fother.example%2F"), "Location"), "/");
    CHECK_STR(header_of(get(a, s, "/language/th?to=%2F%2Fother.example%2F"), "Location"), "/");
    CHECK_STR(header_of(get(a, s, "/language/th?to=%2F%5Cother.example%2F"), "Location"), "/");
    CHECK_EQ_INT(get(a, s, "/language/xx").status, 404);
}

TEST("a slash too many leads to the address without it")
{
    Serving *s = served(a);
    Got      got = get(a, s, "/note/?q=x");
    CHECK_EQ_INT(got.status, 301);
    CHECK_STR(header_of(got, "Location"), "/note?q=x");
    CHECK_EQ_INT(get(a, s, "//other.example/").status, 404);
}
