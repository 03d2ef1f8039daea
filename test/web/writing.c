/* What is written over HTTP: by machines with tokens, by forms with sessions. */
#include "web/serving.h"

static int64_t version_of(Arena *a, Got got)
{
    return json_get_integer(json_of(a, got), "version", -1);
}

static void make_note(Arena *a, Serving *s, Str token, const char *slug, const char *state)
{
    Got got = put_json(
        a, s, token, "POST", "/note.json", NULL,
        str_format(a,
                   "{\"slug\":\"%s\",\"state\":\"%s\",\"doc\":{\"name\":{\"en\":\"Name\"},\"text\":{\"en\":\"Text\"}}}",
                   slug, state)
            .at);
    CHECK_EQ_INT(got.status, 201);
}

TEST("a new record is answered with its address and is there at once")
{
    Serving *s = serve_start(a);
    Got      got = put_json(a, s, s->publisher, "POST", "/note.json", NULL,
                            "{\"slug\":\"one\",\"state\":\"published\",\"doc\":{\"name\":{\"en\":\"One\"}}}");
    CHECK_EQ_INT(got.status, 201);
    CHECK_STR(header_of(got, "Location"), "/note/one.json");
    CHECK_STR(header_of(got, "ETag"), "\"v1\"");
    CHECK_STR(header_of(got, "Cache-Control"), "no-store");
    CHECK_STR(json_get_text(json_of(a, got), "owner"), "one");
    CHECK_EQ_INT(get(a, s, "/note/one.json").status, 200);
}

TEST("without a state a new record is a draft")
{
    Serving *s = serve_start(a);
    Got      got = put_json(a, s, s->publisher, "POST", "/note.json", NULL,
                            "{\"slug\":\"one\",\"doc\":{\"name\":{\"en\":\"One\"}}}");
    CHECK_STR(json_get_text(json_of(a, got), "state"), "draft");
    CHECK_EQ_INT(get(a, s, "/note/one.json").status, 404);
}

TEST("a document with mistakes is refused with a pointer and a sentence for each")
{
    Serving *s = serve_start(a);
    Got      got = put_json(a, s, s->publisher, "POST", "/note.json", NULL,
                            "{\"doc\":{\"count\":-1,\"name\":{\"en\":5}}}");
    CHECK_EQ_INT(got.status, 422);
    CHECK_STR(header_of(got, "Content-Type"), "application/problem+json");
    Json *errors = json_get(json_of(a, got), "errors");
    CHECK(json_array_size(errors) >= 2);
    Got   missing = put_json(a, s, s->publisher, "POST", "/note.json", NULL, "{\"doc\":{}}");
    Json *problem = json_of(a, missing);
    CHECK_STR(json_get_text(problem, "title"), "Look again");
    CHECK_STR(json_text(json_at(problem, S("/errors/0/detail"))), "This is needed.");
    CHECK_STR(json_text(json_at(problem, S("/errors/0/pointer"))), "/name");
}

TEST("what is no JSON, no object or of another type is refused")
{
    Serving *s = serve_start(a);
    Str      auth = str_format(a, "Authorization: Bearer %.*s\r\n", STR_ARG(s->publisher));
    CHECK_EQ_INT(put_json(a, s, s->publisher, "POST", "/note.json", NULL, "{").status, 400);
    CHECK_EQ_INT(put_json(a, s, s->publisher, "POST", "/note.json", NULL, "[]").status, 400);
    CHECK_EQ_INT(put_json(a, s, s->publisher, "POST", "/note.json", NULL, "{\"doc\":1}").status, 400);
    CHECK_EQ_INT(put_json(a, s, s->publisher, "POST", "/note.json", NULL, "{\"doc\":{},\"doc\":{}}").status, 400);
    CHECK_EQ_INT(
        ask(a, s, "POST", "/note.json", str_format(a, "%.*sContent-Type: text/plain\r\n", STR_ARG(auth)).at, S("{}"))
            .status,
        415);
    CHECK_EQ_INT(ask(a, s, "POST", "/note.json", auth.at, S("{}")).status, 415);
}

TEST("a change must say what it was made from: 428 without, 412 for a version that is not there")
{
    Serving *s = serve_start(a);
    make_note(a, s, s->publisher, "one", "published");
    Got none = put_json(a, s, s->publisher, "PATCH", "/note/one.json", NULL, "{\"topic\":\"air\"}");
    CHECK_EQ_INT(none.status, 428);
    CHECK_STR(json_get_text(json_of(a, none), "title"), "Which version?");
    CHECK_EQ_INT(put_json(a, s, s->publisher, "PATCH", "/note/one.json", "\"v9\"", "{\"topic\":\"air\"}").status, 412);
    CHECK_EQ_INT(put_json(a, s, s->publisher, "PATCH", "/note/one.json", "nonsense", "{\"topic\":\"air\"}").status,
                 400);
    Got ok = put_json(a, s, s->publisher, "PATCH", "/note/one.json", "\"v1\"", "{\"topic\":\"air\"}");
    CHECK_EQ_INT(ok.status, 200);
    CHECK_EQ_INT(version_of(a, ok), 2);
    CHECK_STR(header_of(ok, "ETag"), "\"v2\"");
    CHECK_STR(json_text(json_at(json_of(a, get(a, s, "/note/one.json")), S("/doc/topic"))), "air");
}

TEST("the ETag of a reading is what If-Match takes")
{
    Serving *s = serve_start(a);
    make_note(a, s, s->publisher, "one", "published");
    Str etag = header_of(get(a, s, "/note/one.json"), "ETag");
    CHECK_EQ_INT(put_json(a, s, s->publisher, "PATCH", "/note/one.json", str_z(a, etag), "{\"topic\":\"air\"}").status,
                 200);
}

TEST("If-Match with a tag that is none of the record's matches nothing; what is no tag cannot be read")
{
    Serving *s = serve_start(a);
    make_note(a, s, s->publisher, "one", "published");
    static const struct {
        const char *header;
        int         status;
    } wrong[] = { { "\"junk\"", 412 }, { "W/\"x\"", 412 }, { "\"v7\"", 412 }, { "junk", 400 }, { "\"v1", 400 } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Got got = put_json(a, s, s->publisher, "PATCH", "/note/one.json", wrong[i].header, "{\"topic\":\"air\"}");
        CHECK_EQ_INT(got.status, wrong[i].status);
    }
    CHECK_EQ_INT(json_get_integer(json_of(a, get(a, s, "/note/one.json")), "version", 0), 1);
}

TEST("an export is whole, however long the list; limit cuts it")
{
    Serving *s = serve_start(a);
    Buf     *text = buf_open(a);
    for (int i = 0; i < 12000; i++) buf_put_byte(text, "river "[i % 6]);
    for (int i = 0; i < 205; i++) {
        Str json = str_format(a,
                              "{\"slug\":\"n%03d\",\"state\":\"published\",\"doc\":{\"name\":{"
                              "\"en\":\"N %d\"},\"text\":{\"en\":\"%s\"}}}",
                              i, i, text->at);
        if (put_json(a, s, s->publisher, "POST", "/note.json", NULL, json.at).status != 201) CHECK(!"made");
    }
    Got    got = get(a, s, "/note.csv");
    size_t rows = 0, missing = 0;
    for (Cut rest = { .tail = got.body, .found = true }; rest.found;) {
        rest = str_cut(rest.tail, '\n');
        rows += rest.head.len > 0;
    }
    for (int i = 0; i < 205; i++) missing += !str_has(got.body, str_format(a, ",n%03d,note,/note/n%03d,", i, i));
    CHECK_EQ_INT(got.status, 200);
    CHECK_EQ_INT(rows, 206);
    CHECK_EQ_INT(missing, 0);
    CHECK(got.body.len > 205 * 12000);
    CHECK_STR(header_of(got, "Content-Length"), str_format(a, "%zu", got.body.len));
    Got few = get(a, s, "/note.csv?limit=2");
    CHECK(few.body.len < 3 * 12400);
    CHECK(str_has(few.body, S("/note/n")));
    Got again =
        ask(a, s, "GET", "/note.csv?limit=2",
            str_format(a, "If-None-Match: %.*s\r\n", STR_ARG(header_of(few, "ETag"))).at, STR_NONE);
    CHECK_EQ_INT(again.status, 304);
}

TEST("the next page of a list has a Link; the home page, which has none, says none")
{
    Serving *s = serve_start(a);
    make_note(a, s, s->publisher, "one", "published");
    make_note(a, s, s->publisher, "two", "published");
    Got list = get(a, s, "/note.json?limit=1");
    CHECK(str_starts(header_of(list, "Link"), S("</note.json?limit=1&after=")));
    CHECK_STR(header_of(get(a, s, "/"), "Link"), "");
}

TEST("changes of different fields merge; of the same field both sides are told")
{
    Serving *s = serve_start(a);
    make_note(a, s, s->publisher, "one", "published");
    CHECK_EQ_INT(
        put_json(a, s, s->publisher, "PATCH", "/note/one.json", "\"v1\"", "{\"name\":{\"en\":\"Theirs\"}}").status,
        200);
    Got merged = put_json(a, s, s->publisher, "PATCH", "/note/one.json", "\"v1\"", "{\"topic\":\"water\"}");
    CHECK_EQ_INT(merged.status, 200);
    Json *value = json_of(a, merged);
    CHECK(json_get_bool(value, "merged"));
    CHECK_STR(json_text(json_at(value, S("/doc/name/en"))), "Theirs");
    CHECK_STR(json_text(json_at(value, S("/doc/topic"))), "water");
    Got conflict = put_json(a, s, s->publisher, "PATCH", "/note/one.json", "\"v1\"", "{\"name\":{\"en\":\"Mine\"}}");
    CHECK_EQ_INT(conflict.status, 409);
    Json *problem = json_of(a, conflict);
    CHECK_STR(json_text(json_at(problem, S("/conflicts/0/pointer"))), "/name/en");
    CHECK_STR(json_text(json_at(problem, S("/conflicts/0/base"))), "Name");
    CHECK_STR(json_text(json_at(problem, S("/conflicts/0/theirs"))), "Theirs");
    CHECK_STR(json_text(json_at(problem, S("/conflicts/0/mine"))), "Mine");
    CHECK_EQ_INT(json_get_integer(problem, "version", -1), 3);
}

TEST("an editor submits what only a publisher publishes; a stranger and a reader do neither")
{
    Serving    *s = serve_start(a);
    const char *publish = "{\"slug\":\"x\",\"state\":\"published\",\"doc\":{\"name\":{\"en\":\"X\"}}}";
    CHECK_EQ_INT(put_json(a, s, s->editor, "POST", "/note.json", NULL, publish).status, 403);
    CHECK_EQ_INT(put_json(a, s, s->reader_only, "POST", "/note.json", NULL, publish).status, 403);
    CHECK_EQ_INT(put_json(a, s, S("banyan_nonsense"), "POST", "/note.json", NULL, publish).status, 401);
    CHECK_EQ_INT(ask(a, s, "POST", "/note.json", "Content-Type: application/json\r\n", str_of(publish)).status, 401);
    make_note(a, s, s->editor, "one", "review");
    CHECK_EQ_INT(
        put_json(a, s, s->editor, "POST", "/note/one/state.json", "\"v1\"", "{\"state\":\"published\"}").status, 403);
    CHECK_EQ_INT(
        put_json(a, s, s->stranger, "POST", "/note/one/state.json", "\"v1\"", "{\"state\":\"published\"}").status, 404);
    CHECK_EQ_INT(get(a, s, "/note/one.json").status, 404);
    Got ok = put_json(a, s, s->publisher, "POST", "/note/one/state.json", "\"v1\"", "{\"state\":\"published\"}");
    CHECK_EQ_INT(ok.status, 200);
    CHECK_EQ_INT(get(a, s, "/note/one.json").status, 200);
    CHECK_EQ_INT(put_json(a, s, s->stranger, "PATCH", "/note/one.json", "\"v2\"", "{\"topic\":\"air\"}").status, 403);
}

TEST("what is withdrawn leaves a stub with its reason, and can be brought back")
{
    Serving *s = serve_start(a);
    make_note(a, s, s->publisher, "one", "published");
    CHECK_EQ_INT(put_json(a, s, s->publisher, "DELETE", "/note/one.json?reason=Wrong%20numbers", NULL, "").status, 428);
    CHECK_EQ_INT(put_json(a, s, s->publisher, "DELETE", "/note/one.json?reason=Wrong%20numbers", "\"v1\"", "").status,
                 200);
    Got stub = get(a, s, "/note/one.json");
    CHECK_EQ_INT(stub.status, 410);
    Json *value = json_of(a, stub);
    CHECK_STR(json_get_text(value, "state"), "withdrawn");
    CHECK_STR(json_get_text(value, "note"), "Wrong numbers");
    CHECK_JSON(json_get(value, "doc"), "{}");
    CHECK_EQ_INT(get(a, s, "/note/one").status, 410);
    CHECK_EQ_INT(json_get_integer(json_of(a, get(a, s, "/note.json")), "total", -1), 0);
    Got back = put_json(a, s, s->publisher, "POST", "/note/one/restore.json", "\"v2\"", "{\"restore\":1}");
    CHECK_EQ_INT(back.status, 200);
    CHECK_STR(json_text(json_at(json_of(a, get(a, s, "/note/one.json")), S("/doc/name/en"))), "Name");
}

TEST("history, one version and two compared")
{
    Serving *s = serve_start(a);
    make_note(a, s, s->publisher, "one", "published");
    CHECK_EQ_INT(put_json(a, s, s->publisher, "PATCH", "/note/one.json", "\"v1\"", "{\"topic\":\"air\"}").status, 200);
    Json *history = json_of(a, get(a, s, "/note/one/history.json"));
    CHECK_EQ_INT(json_array_size(json_get(history, "items")), 2);
    CHECK_EQ_INT(json_integer_value(json_at(history, S("/items/0/version"))), 2);
    CHECK_EQ_INT(json_text(json_at(history, S("/items/0/leaf"))).len, 64);
    Json *old = json_of(a, get(a, s, "/note/one/history/1.json"));
    CHECK(!json_at(old, S("/doc/topic")));
    CHECK_EQ_INT(get(a, s, "/note/one/history/9.json").status, 404);
    Json *two = json_of(a, get(a, s, "/note/one/compare.json?from=1&to=2"));
    CHECK_STR(json_text(json_at(two, S("/differences/0/pointer"))), "/topic");
    CHECK_STR(json_text(json_at(two, S("/differences/0/after"))), "air");
    CHECK_EQ_INT(get(a, s, "/note/one/compare.json?from=x").status, 400);
}

TEST("a slug that was changed leads on")
{
    Serving *s = serve_start(a);
    make_note(a, s, s->publisher, "one", "published");
    CHECK_EQ_INT(put_json(a, s, s->publisher, "PATCH", "/note/one.json?slug=two", "\"v1\"", "{}").status, 200);
    Got old = get(a, s, "/note/one.json?lang=th"), page = get(a, s, "/note/one/history");
    CHECK_EQ_INT(old.status, 301);
    CHECK_STR(header_of(old, "Location"), "/note/two.json?lang=th");
    CHECK_STR(header_of(page, "Location"), "/note/two/history");
}

static Got form(Arena *a, Serving *s, const char *target, const char *headers, const char *fields)
{
    Str all = str_format(a, "Cookie: session=%.*s\r\nContent-Type: application/x-www-form-urlencoded\r\n%s",
                         STR_ARG(s->session), headers);
    return ask(a, s, "POST", target, all.at, str_of(fields));
}

TEST("forms write with the session's own token and from this node only")
{
    Serving *s = serve_start(a);
    Str      csrf = csrf_token(a, s->session);
    Str      good = str_format(a, "csrf=%.*s&slug=one&do=publish&%%2Fname%%2Fen=One", STR_ARG(csrf));
    CHECK_EQ_INT(form(a, s, "/note/new", "", "slug=one&do=publish&%2Fname%2Fen=One").status, 403);
    CHECK_EQ_INT(form(a, s, "/note/new", "", "csrf=0000&do=publish&%2Fname%2Fen=One").status, 403);
    CHECK_EQ_INT(form(a, s, "/note/new", "Origin: https://other.example\r\n", good.at).status, 403);
    CHECK_EQ_INT(ask(a, s, "POST", "/note/new", "Content-Type: application/x-www-form-urlencoded\r\n", good).status,
                 401);
    Got made = form(a, s, "/note/new", "Origin: http://node.example\r\n", good.at);
    CHECK_EQ_INT(made.status, 303);
    CHECK_STR(header_of(made, "Location"), "/note/one");
    CHECK_EQ_INT(get(a, s, "/note/one").status, 200);
}

TEST("a session writes JSON only with the token in a header")
{
    Serving *s = serve_start(a);
    Str      cookie = str_format(a, "Cookie: session=%.*s\r\nContent-Type: application/json\r\n", STR_ARG(s->session));
    Str      body = S("{\"doc\":{\"name\":{\"en\":\"One\"}}}");
    CHECK_EQ_INT(ask(a, s, "POST", "/note.json", cookie.at, body).status, 403);
    Str with = str_format(a, "%.*sX-CSRF-Token: %.*s\r\n", STR_ARG(cookie), STR_ARG(csrf_token(a, s->session)));
    CHECK_EQ_INT(ask(a, s, "POST", "/note.json", with.at, body).status, 201);
}

TEST("a form with mistakes is shown again with them; one that collides shows both sides")
{
    Serving *s = serve_start(a);
    Str      csrf = csrf_token(a, s->session);
    Got      bad = form(a, s, "/note/new", "", str_format(a, "csrf=%.*s&%%2Fcount=-1", STR_ARG(csrf)).at);
    CHECK_EQ_INT(bad.status, 422);
    CHECK(str_has(bad.body, S("/name: This is needed.")));
    make_note(a, s, s->publisher, "one", "published");
    Got edit =
        ask(a, s, "GET", "/note/one/edit", str_format(a, "Cookie: session=%.*s\r\n", STR_ARG(s->session)).at, STR_NONE);
    CHECK_EQ_INT(edit.status, 200);
    CHECK(str_has(edit.body, S("[1]")));
    CHECK_STR(header_of(edit, "Cache-Control"), "no-store");
    Got saved = form(
        a, s, "/note/one/edit", "",
        str_format(a, "csrf=%.*s&version=1&do=publish&%%2Fname%%2Fen=Theirs&%%2Ftext%%2Fen=Text", STR_ARG(csrf)).at);
    CHECK_EQ_INT(saved.status, 303);
    Got both =
        form(a, s, "/note/one/edit", "",
             str_format(a, "csrf=%.*s&version=1&do=publish&%%2Fname%%2Fen=Mine&%%2Ftext%%2Fen=Text", STR_ARG(csrf)).at);
    CHECK_EQ_INT(both.status, 409);
    CHECK(str_has(both.body, S("/name/en")));
    Got merged = form(
        a, s, "/note/one/edit", "",
        str_format(a, "csrf=%.*s&version=1&do=publish&%%2Fname%%2Fen=Name&%%2Ftext%%2Fen=Other", STR_ARG(csrf)).at);
    CHECK_EQ_INT(merged.status, 303);
    Json *now = json_of(a, get(a, s, "/note/one.json"));
    CHECK_STR(json_text(json_at(now, S("/doc/name/en"))), "Theirs");
    CHECK_STR(json_text(json_at(now, S("/doc/text/en"))), "Other");
    Got nobody = get(a, s, "/note/one/edit");
    CHECK_EQ_INT(nobody.status, 303);
    CHECK(str_starts(header_of(nobody, "Location"), S("/sign-in")));
    CHECK_EQ_INT(get_as(a, s, s->stranger, "/note/one/edit").status, 403);
}

TEST("plain forms of a page change the state, withdraw and restore")
{
    Serving *s = serve_start(a);
    Str      csrf = csrf_token(a, s->session);
    make_note(a, s, s->publisher, "one", "review");
    Got published =
        form(a, s, "/note/one/state", "", str_format(a, "csrf=%.*s&version=1&state=published", STR_ARG(csrf)).at);
    CHECK_EQ_INT(published.status, 303);
    CHECK_STR(header_of(published, "Location"), "/note/one");
    CHECK_EQ_INT(
        form(a, s, "/note/one/withdraw", "", str_format(a, "csrf=%.*s&version=2&note=Old", STR_ARG(csrf)).at).status,
        303);
    CHECK_EQ_INT(get(a, s, "/note/one").status, 410);
    CHECK_EQ_INT(
        form(a, s, "/note/one/restore", "", str_format(a, "csrf=%.*s&version=3&restore=2", STR_ARG(csrf)).at).status,
        303);
    CHECK_EQ_INT(get(a, s, "/note/one").status, 200);
}
