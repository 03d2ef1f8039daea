#include "web/serving.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/file.h"
#include "base/hash.h"

static const char note_kind[] =
    "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"$id\":\"banyan:kind/"
    "note\",\"title\":\"Note\",\"x-title\":\"name\","
    "\"x-summary\":\"text\",\"x-start\":\"day\",\"x-event\":true,\"x-parent\":\"part_of\",\"x-"
    "group\":\"policy\",\"x-sort\":\"title\","
    "\"x-schema-org\":\"CreativeWork\",\"type\":\"object\","
    "\"required\":[\"name\"],\"additionalProperties\":false,\"properties\":{"
    "\"name\":{\"title\":\"Name\",\"$ref\":\"banyan:defs#text\",\"x-search\":10},"
    "\"text\":{\"title\":\"Text\",\"$ref\":\"banyan:defs#longtext\",\"x-search\":3},"
    "\"topic\":{\"title\":\"Topic\",\"type\":\"string\",\"enum\":[\"water\",\"air\"],\"x-facet\":"
    "true},"
    "\"day\":{\"title\":\"Day\",\"$ref\":\"banyan:defs#date\"},"
    "\"count\":{\"title\":\"Count\",\"type\":\"integer\",\"minimum\":0},"
    "\"part_of\":{\"title\":\"Part "
    "of\",\"$ref\":\"banyan:defs#link\",\"x-link\":[\"note\"],\"x-facet\":true}}}";

static const char *const files[][2] = {
    { "kinds/note.json", note_kind },
    { "locale/en.json",
      "{\"_name\":\"English\",\"error.not-found\":\"There is nothing "
      "here\",\"error.not-found.detail\":\"Perhaps "
      "mistyped.\","
      "\"error.invalid\":\"Look again\",\"problem.required\":\"This is "
      "needed.\",\"error.needs-match\":\"Which "
      "version?\","
      "\"error.conflict\":\"Both "
      "changed\",\"kind.note\":\"Note\",\"kind.note.plural\":\"Notes\",\"group.policy\":\"Policy\","
      "\"text.in-language\":\"(in {language})\",\"text.fallback\":\"Not in {language}: in "
      "{other}\","
      "\"total\":\"{total, plural, one {# note} other {# notes}}\"}" },
    { "locale/th.json",
      "{\"_name\":\"ไทย\",\"error.not-found\":\"ไม่พบ\",\"kind.note.plural\":\"บันทึก\"}" },
    { "pages/list.mustache",
      "<title>{{#t}}total{{/t}}</title>{{#items}}<a "
      "href=\"{{url}}\">{{#text}}title{{/text}}</a>{{/items}}{{#page.person}}I am {{name}} "
      "{{page.csrf}}{{/page.person}}{{#page.fallback}}<p>{{page.fallback}}</p>{{/page.fallback}}" },
    { "pages/record.mustache",
      "<title>{{#plain}}title{{/plain}}</title>{{#md}}doc.text{{/md}}{{#date}}doc.day{{/date}}" },
    { "pages/dataset.mustache",
      "<title>{{#plain}}title{{/plain}}</title>{{#md}}doc.text{{/md}}{{#date}}doc.day{{/date}}" },
    { "pages/query.mustache",
      "<title>{{#plain}}title{{/plain}}</title>{{#md}}doc.text{{/md}}{{#date}}doc.day{{/date}}" },
    { "pages/home.mustache",
      "<title>{{page.site}}</title><link href=\"{{#asset}}style.css{{/asset}}\">" },
    { "pages/search.mustache", "{{#items}}{{{excerpt}}}{{/items}}" },
    { "pages/calendar.mustache", "calendar" },
    { "pages/history.mustache", "{{#items}}v{{version}} {{/items}}" },
    { "pages/difference.mustache", "{{#differences}}{{pointer}} {{/differences}}" },
    { "pages/form.mustache",
      "{{#problems}}{{pointer}}: {{detail}} {{/problems}}[{{version}}] {{page.csrf}}" },
    { "pages/conflict.mustache", "{{#conflicts}}{{pointer}} {{/conflicts}}" },
    { "pages/error.mustache", "<h1>{{title}}</h1>{{detail}}" },
    { "pages/node.mustache", "{{log.root}}" },
    { "pages/api.mustache", "{{openapi}}" },
    { "assets/style.css", "body { color: black }" },
    { "assets/maps/visionscarto.json", "{\"width\":720,\"height\":600,\"countries\":[]}" },
};

typedef struct {
    Serving         serving;
    pthread_t       thread;
    volatile int    stop;
    pthread_mutex_t lock;
    pthread_cond_t  changed;
    bool            ready, over, ok;
    Err             err;
} Server;

static void on_ready(void *with, Str address)
{
    Server *s = with;
    int64_t port;
    pthread_mutex_lock(&s->lock);
    if (str_to_i64(str_cut_last(address, ':').tail, &port)) s->serving.port = (int)port;
    s->ready = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static void *serve(void *given)
{
    Server      *s = given;
    ServeOptions options = { .listen = S("127.0.0.1:0"), .quiet = true, .threads = 2, .workers = 4 };
    bool         ok = web_serve(s->serving.node, &options, &s->stop, on_ready, s, &s->err);
    pthread_mutex_lock(&s->lock);
    s->over = true;
    s->ok = ok;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void serve_stop(void *given)
{
    Server *s = given;
    __atomic_store_n(&s->stop, 1, __ATOMIC_RELAXED);
    pthread_join(s->thread, NULL);
    CHECK(s->ok);
    node_close(s->serving.node);
    free(s);
}

static Str person_make(Arena *a, People *p, const char *name, const char *organisation, Role role, bool may_write,
                       Str *session)
{
    Err err = { 0 };
    Str id, invitation, token, email = str_format(a, "%s@example.org", name);
    CHECK_OK(people_invite(p, a, email, str_of(name), S("en"), &id, &invitation, &err));
    CHECK_OK(people_set_role(p, id, str_of(organisation), role, &err));
    CHECK_OK(people_token_make(p, a, id, S("test"), may_write, INT64_MAX / 2, &token, &err));
    if (session) CHECK_OK(people_session(p, a, id, session, &err));
    return token;
}

static void share_make(Arena *a, const char *folder)
{
    Err    err = { 0 };
    Str   *kinds, bytes;
    size_t n;
    CHECK_OK(folder_make(str_format(a, "%s/kinds", folder).at, &err));
    CHECK_OK(folder_list(a, "kinds", &kinds, &n, &err));
    for (size_t i = 0; i < n; i++) {
        CHECK_OK(file_read(a, str_format(a, "kinds/%.*s", STR_ARG(kinds[i])).at, 1 << 20, &bytes, &err));
        CHECK_OK(file_replace(str_format(a, "%s/kinds/%.*s", folder, STR_ARG(kinds[i])).at, bytes, 0644, &err));
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        CHECK_OK(folder_make(str_format(a, "%s/%.*s", folder, STR_ARG(str_cut_last(str_of(files[i][0]), '/').head)).at,
                             &err));
        CHECK_OK(file_replace(str_format(a, "%s/%s", folder, files[i][0]).at, str_of(files[i][1]), 0644, &err));
    }
}

Serving *serve_start(Arena *a)
{
    Err         err = { 0 };
    Json       *settings;
    People     *people;
    const char *root = test_folder(a), *share = str_format(a, "%s/share", root).at,
               *folder = str_format(a, "%s/node", root).at;
    diag_set_level(DIAG_ERROR);
    CHECK_OK(hash_start(&err));
    share_make(a, share);
    CHECK_OK(json_read(a, S("{\"name\":\"node.example\",\"title\":{\"en\":\"A node\"},\"languages\":[\"en\",\"th\"]}"),
                       &settings, &err));
    CHECK_OK(node_init(folder, settings, &err));
    CHECK_OK(people_open(folder, &people, &err));
    Server *s = calloc(1, sizeof *s);
    s->serving.folder = folder;
    s->serving.editor = person_make(a, people, "edith", "one", ROLE_EDITOR, true, NULL);
    s->serving.publisher = person_make(a, people, "paul", "one", ROLE_PUBLISHER, true, &s->serving.session);
    s->serving.stranger = person_make(a, people, "sam", "two", ROLE_PUBLISHER, true, NULL);
    s->serving.reader_only = person_make(a, people, "rosa", "one", ROLE_PUBLISHER, false, NULL);
    s->serving.member = person_make(a, people, "mary", "one", ROLE_READER, true, NULL);
    s->serving.party = person_make(a, people, "petra", "three", ROLE_PUBLISHER, true, NULL);
    people_close(people);
    CHECK_OK(node_open(folder, &(NodeOptions){ .share = str_of(share) }, &s->serving.node, &err));
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    pthread_create(&s->thread, NULL, serve, s);
    pthread_mutex_lock(&s->lock);
    while (!s->ready && !s->over) pthread_cond_wait(&s->changed, &s->lock);
    pthread_mutex_unlock(&s->lock);
    err = s->err;
    CHECK_OK(s->ready);
    return arena_adopt(a, s, serve_stop);
}

Got send_raw(Arena *a, const Serving *s, Str bytes)
{
    int                fd = socket(AF_INET, SOCK_STREAM, 0);
    Buf               *in = buf_open(a);
    Got                got = { 0 };
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)s->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return got;
    }
    while (bytes.len) {
        ssize_t n = send(fd, bytes.at, bytes.len, MSG_NOSIGNAL);
        if (n <= 0) break;
        bytes = str_drop(bytes, (size_t)n);
    }
    char chunk[65536];
    for (ssize_t n; (n = recv(fd, chunk, sizeof chunk, 0)) > 0;) buf_put_bytes(in, chunk, (size_t)n);
    close(fd);
    Str     all = buf_str(in);
    long    end = str_find(all, S("\r\n\r\n"));
    int64_t status = 0;
    got.head = end < 0 ? all : str_take_first(all, (size_t)end + 2);
    got.body = end < 0 ? STR_NONE : str_drop(all, (size_t)end + 4);
    str_to_i64(str_take_first(str_drop(got.head, 9), 3), &status);
    got.status = (int)status;
    return got;
}

Got ask(Arena *a, const Serving *s, const char *method, const char *target, const char *headers, Str body)
{
    Buf *out = buf_open(a);
    buf_putf(out, "%s %s HTTP/1.1\r\nHost: node.example\r\nConnection: close\r\n%s", method, target, headers);
    if (body.len || !strcmp(method, "POST")) buf_putf(out, "Content-Length: %zu\r\n", body.len);
    buf_put_z(out, "\r\n");
    buf_put(out, body);
    return send_raw(a, s, buf_str(out));
}

Got get(Arena *a, const Serving *s, const char *target)
{
    return ask(a, s, "GET", target, "", STR_NONE);
}

Got get_as(Arena *a, const Serving *s, Str token, const char *target)
{
    return ask(a, s, "GET", target, str_format(a, "Authorization: Bearer %.*s\r\n", STR_ARG(token)).at, STR_NONE);
}

Got put_json(Arena *a, const Serving *s, Str token, const char *method, const char *target, const char *if_match,
             const char *json)
{
    Str headers = str_format(a, "Authorization: Bearer %.*s\r\nContent-Type: %s\r\n%s%s%s", STR_ARG(token),
                             strcmp(method, "PATCH") ? "application/json" : "application/merge-patch+json",
                             if_match ? "If-Match: " : "", if_match ? if_match : "", if_match ? "\r\n" : "");
    return ask(a, s, method, target, headers.at, str_of(json));
}

Str header_of(Got got, const char *name)
{
    for (Cut rest = str_cut(got.head, '\n'); rest.found;) {
        rest = str_cut(rest.tail, '\n');
        Cut pair = str_cut(rest.head, ':');
        if (str_eq_nocase(pair.head, str_of(name))) return str_trim(pair.tail);
    }
    return STR_NONE;
}

Json *json_of(Arena *a, Got got)
{
    Err   err = { 0 };
    Json *value = NULL;
    check_ok(json_read(a, got.body, &value, &err), &err, __FILE__, __LINE__, "the body is JSON");
    return value;
}
