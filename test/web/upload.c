/* Files in the body of a request: bounds, bodies that are cut or cannot be taken apart, names that mean harm. */
#include "web/upload.h"

#include "base/file.h"

#include "serving.h"

#define BOUNDARY "a-part"

static Str form_end(Arena *a, Buf *form)
{
    buf_put_z(form, "--" BOUNDARY "--\r\n");
    return str_copy(a, buf_str(form));
}

static void field_put(Buf *form, const char *name, Str value)
{
    buf_putf(form, "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n", name);
    buf_put(form, value);
    buf_put_z(form, "\r\n");
}

static void file_put(Buf *form, const char *name, const char *text)
{
    buf_putf(form,
             "--" BOUNDARY
             "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\n\r\n%s\r\n",
             name, text);
}

static Got send_form(Arena *a, const Serving *s, Str token, Str body)
{
    const char *headers = str_format(a,
                                     "Authorization: Bearer %.*s\r\n"
                                     "Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\n",
                                     STR_ARG(token))
                              .at;
    return ask(a, s, "POST", "/import.json", headers, body);
}

/* What is left of what was sent. */
static size_t left_over(Arena *a, const Serving *s)
{
    Str   *names;
    size_t n = 0;
    Err    why;
    Str    folder = path_join(a, path_join(a, str_of(node_folder(s->node)), S("parts")), S("tmp"));
    return path_exists(folder.at) && folder_list(a, folder.at, &names, &n, &why) ? n : 0;
}

static bool says(Got got, int status, const char *what)
{
    if (got.status == status && str_has(got.body, str_of(what))) return true;
    printf("  %d, not %d: %.*s\n", got.status, status, STR_ARG(got.body));
    return false;
}

TEST("who may not write sends no file, and nothing of it stays")
{
    Serving *s = serve_start(a);
    Buf     *form = buf_open(a);
    file_put(form, "levels.csv", "a,b\n1,2\n");
    Str body = form_end(a, form);
    CHECK_EQ_INT(send_form(a, s, s->reader_only, body).status, 403);
    CHECK_EQ_INT(ask(a, s, "POST", "/import.json",
                     "Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\n", body)
                     .status,
                 401);
    /* A session's cookie from another site's page. */
    Got got = ask(a, s, "POST", "/import.json",
                  str_format(a,
                             "Cookie: session=%.*s\r\nSec-Fetch-Site: cross-site\r\nOrigin: http://other.example\r\n"
                             "Content-Type: multipart/form-data; boundary=" BOUNDARY "\r\n",
                             STR_ARG(s->session))
                      .at,
                  body);
    CHECK(got.status == 403 || got.status == 401);
    CHECK_EQ_INT(left_over(a, s), 0);
}

TEST("a form that is cut, has no boundary, or is not UTF-8 is refused, and leaves nothing")
{
    Serving *s = serve_start(a);
    Buf     *form = buf_open(a);
    file_put(form, "levels.csv", "a,b\n1,2\n");
    Str begun = str_copy(a, buf_str(form));
    CHECK(says(send_form(a, s, s->publisher, begun), 400, "boundary"));
    CHECK(says(send_form(a, s, s->publisher, str_take_first(begun, begun.len / 2)), 400, "boundary"));
    CHECK(says(send_form(a, s, s->publisher, S("no form at all")), 400, ""));
    CHECK(says(send_form(a, s, s->publisher, STR_NONE), 400, ""));
    Got got =
        ask(a, s, "POST", "/import.json",
            str_format(a, "Authorization: Bearer %.*s\r\nContent-Type: multipart/form-data\r\n",
                       STR_ARG(s->publisher))
                .at,
            begun);
    CHECK(says(got, 400, "boundary"));
    buf_clear(form);
    field_put(form, "title", S("\xff\xfe"));
    file_put(form, "levels.csv", "a,b\n1,2\n");
    CHECK(says(send_form(a, s, s->publisher, form_end(a, form)), 400, "UTF-8"));
    CHECK_EQ_INT(left_over(a, s), 0);
}

TEST("files, fields and the length of a field are bounded")
{
    Serving *s = serve_start(a);
    Buf     *form = buf_open(a);
    for (int i = 0; i <= UPLOAD_FILES_MAX; i++) file_put(form, "levels.csv", "a,b\n1,2\n");
    CHECK(says(send_form(a, s, s->publisher, form_end(a, form)), 413, "50 files"));
    buf_clear(form);
    for (int i = 0; i <= UPLOAD_FIELDS_MAX; i++) field_put(form, "f", S("x"));
    CHECK(says(send_form(a, s, s->publisher, form_end(a, form)), 413, "64 fields"));
    buf_clear(form);
    char *many = arena_new(a, UPLOAD_FIELD_MAX + 2);
    for (size_t i = 0; i <= UPLOAD_FIELD_MAX; i++) many[i] = 'x';
    field_put(form, "title", (Str){ many, UPLOAD_FIELD_MAX + 1 });
    file_put(form, "levels.csv", "a,b\n1,2\n");
    CHECK(says(send_form(a, s, s->publisher, form_end(a, form)), 413, "65536 bytes"));
    CHECK_EQ_INT(left_over(a, s), 0);
}

/* A file under this name, as a form has it; what it is called afterwards. */
static Str called(Arena *a, const Serving *s, const char *name)
{
    Buf *form = buf_open(a);
    field_put(form, "owner", S("one"));
    field_put(form, "title", S("Levels"));
    field_put(form, "look", S("yes"));
    file_put(form, name, "a,b\n1,2\n");
    Got got = send_form(a, s, s->publisher, form_end(a, form));
    Str where = header_of(got, "Location");
    CHECK_EQ_INT(got.status, 202);
    const Json *job = json_of(a, get_as(a, s, s->publisher, str_z(a, where)));
    Str         said = json_get_text(json_array_get(json_get(job, "files"), 0), "name");
    /* Given up, as a person may have few under way. */
    ask(a, s, "POST", str_z(a, where),
        str_format(a, "Authorization: Bearer %.*s\r\nContent-Type: application/json\r\n", STR_ARG(s->publisher)).at,
        S("{\"do\":\"drop\"}"));
    return said;
}

TEST("a name that leads elsewhere is a name, and the file lies where all do")
{
    Serving *s = serve_start(a);
    CHECK_STR(called(a, s, "levels.csv"), "levels.csv");
    CHECK_STR(called(a, s, "../../../outside.csv"), "outside.csv");
    CHECK_STR(called(a, s, "/etc/outside.csv"), "outside.csv");
    CHECK_STR(called(a, s, "C:\\\\data\\\\outside.csv"), "outside.csv");
    CHECK_STR(called(a, s, "ระดับน้ำ.csv"), "ระดับน้ำ.csv");
    CHECK_STR(called(a, s, ".."), "..");
    CHECK(!path_exists(path_join(a, str_of(node_folder(s->node)), S("outside.csv")).at));
    CHECK(!path_exists(path_join(a, str_of(node_folder(s->node)), S("parts/outside.csv")).at));
}
