/* See reply.h. The only place that makes libmicrohttpd's responses. */
#include "web/reply.h"

#include <brotli/encode.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/hash.h"
#include "base/pack.h"
#include "web/desk.h"
#include "web/ogc.h"
#include "web/problem.h"
#include "web/render.h"
#include "web/site.h"

static const size_t WORTH_PACKING_BYTES = 860; /* below, a packet is a packet */
static const int    GZIP_LEVEL = 5, BROTLI_QUALITY = 5;

static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
static const char data_policy[] = "default-src 'none'; frame-ancestors 'none'";
static const char permissions[] = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()";

typedef struct {
    Str      type, bytes;
    bool     page, packed, attachment;
    int      file; /* that holds the bytes instead, when they are many; else 0 */
    uint64_t file_bytes;
} Face;

static Str say_for_format(void *with, Arena *a, Str key)
{
    const Request *req = with;
    Str            found = message(req->site->messages, a, req->lang, key, NULL);
    return messages_has(req->site->messages, req->lang, key) || messages_has(req->site->messages, S("en"), key) ? found
                                                                                                                : key;
}

/* What an export has written goes to a file without a name once it is much. */
typedef struct {
    const FormatSource *items;
    Node               *node;
    int                 file; /* 0: none yet */
    uint64_t            bytes;
} Draining;

#define DRAIN_BYTES ((size_t)1 << 20)

static bool drain(Draining *d, Buf *out, Err *err)
{
    if (!d->file) {
        char path[4096];
        snprintf(path, sizeof path, "%s/export-XXXXXX", node_folder(d->node));
        d->file = mkostemp(path, O_CLOEXEC);
        if (d->file < 0) {
            d->file = 0;
            return fail_errno(err, "make %s", path);
        }
        unlink(path);
    }
    for (Str rest = buf_str(out); rest.len;) {
        ssize_t n = write(d->file, rest.at, rest.len);
        if (n < 0 && errno != EINTR) return fail_errno(err, "write an export");
        if (n > 0) rest = str_drop(rest, (size_t)n);
    }
    d->bytes += out->len;
    buf_clear(out);
    return true;
}

static bool drain_much(void *with, Buf *out, Err *err)
{
    return out->len < DRAIN_BYTES || drain(with, out, err);
}

static bool draining_some(void *with, Arena *a, size_t from, const Json **items, Err *err)
{
    const FormatSource *source = ((Draining *)with)->items;
    return source->some(source->with, a, from, items, err);
}

static bool format_face(Request *req, const Route *route, const Reply *reply, Face *face, Err *err)
{
    int           where = route->faces & (ON_LIST | ON_RECORD | ON_HOME);
    const Format *format = where ? format_find(req->ending, where, request_kind(req)) : NULL;
    if (!format) return fail(err, ERR_NOT_FOUND, "no .%.*s here", STR_ARG(req->ending));
    FormatWork   work = { .arena = req->arena,
                          .kinds = node_kinds(req->node),
                          .base_url = req->site->base_url,
                          .node_name = node_name(req->node),
                          .node_title = site_title(req->site, req->lang),
                          .lang = req->lang,
                          .path = req->path,
                          .query = req->raw_query,
                          .say = say_for_format,
                          .with = req };
    Draining     draining = { .items = reply->source, .node = req->node };
    FormatSource source = { draining_some, drain_much, &draining };
    Buf         *out = buf_open(req->arena);
    if (reply->source) work.source = &source;
    if (!format->write(&work, reply->value, out, err) || (draining.file && !drain(&draining, out, err))) {
        if (draining.file) close(draining.file);
        return false;
    }
    *face = (Face){ .type = format->type,
                    .bytes = buf_str(out),
                    .attachment = format->attachment,
                    .file = draining.file,
                    .file_bytes = draining.bytes };
    face->packed = str_eq(format->ending, S("xlsx"));
    return true;
}

static bool is_problem(const Reply *reply)
{
    return reply->status >= 400 && str_eq(reply->page, S("error"));
}

/* A problem goes out as JSON except where a page was asked for. */
static bool wants_page(const Request *req, const Route *route)
{
    bool reads_pages = req->method == METHOD_GET || req->method == METHOD_POST;
    bool route_has_page = !route || (route->faces & PAGE) || (route->faces & (DATA | RAW)) == 0;
    return reads_pages && route_has_page && str_eq(req->ending, S("html"));
}

static bool page_face(Request *req, const Route *route, const Reply *reply, Face *face, Err *err)
{
    Str page = reply->page.len ? reply->page : route ? str_of(route->page)
                                                     : STR_NONE;
    if (!page.len) return fail(err, ERR_NOT_FOUND, "no page here");
    Buf *out = buf_open(req->arena);
    if (!render_page(req, route, page, reply, out, err)) return false;
    *face = (Face){ .type = S("text/html; charset=utf-8"), .bytes = buf_str(out), .page = true };
    return true;
}

static bool choose_face(Request *req, const Route *route, const Reply *reply, Face *face, Err *err)
{
    if (reply->raw_type.len) {
        *face = (Face){
            .type = reply->raw_type, .bytes = reply->raw, .packed = reply->raw_packed, .attachment = reply->stream
        };
        return true;
    }
    if (!reply->value && !reply->json.len) {
        *face = (Face){ .type = S("text/plain; charset=utf-8"), .bytes = STR_NONE };
        return true;
    }
    if (is_problem(reply) && !wants_page(req, route)) {
        *face = (Face){ .type = S("application/problem+json"), .bytes = json_write(req->arena, reply->value) };
        return true;
    }
    bool data = str_eq(req->ending, S("json")) || !wants_page(req, route);
    if (data && (str_eq(req->ending, S("json")) || str_eq(req->ending, S("html")))) {
        if (route && !(route->faces & DATA)) return fail(err, ERR_NOT_FOUND, "no .json here");
        Str text = reply->json.len ? reply->json : json_write(req->arena, reply->value);
        *face = (Face){ .type = reply->json_type.len ? reply->json_type : S("application/json"), .bytes = text };
        return true;
    }
    if (str_eq(req->ending, S("html"))) return page_face(req, route, reply, face, err);
    return format_face(req, route, reply, face, err);
}

/* The last resort: templates or messages themselves are broken. */
static void plain_face(const Reply *reply, Face *face)
{
    (void)reply;
    *face = (Face){ .type = S("text/plain; charset=utf-8"),
                    .bytes = S("The answer could not be made. Nothing was lost; please try again.\n") };
}

static void brotli_put(Str bytes, Buf *out)
{
    size_t room = BrotliEncoderMaxCompressedSize(bytes.len);
    if (!room) return;
    char *to = buf_grow(out, room);
    if (!BrotliEncoderCompress(BROTLI_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.len,
                               (const uint8_t *)bytes.at, &room, (uint8_t *)to))
        room = 0;
    out->len = room;
}

/* Packed into `out` when that is smaller; else CODING_NONE. */
static Coding pack(const Face *face, Coding coding, Buf *out)
{
    if (coding == CODING_NONE || face->packed || face->bytes.len < WORTH_PACKING_BYTES ||
        face->bytes.len > UINT32_MAX / 2)
        return CODING_NONE;
    if (coding == CODING_GZIP) pack_gzip(face->bytes, GZIP_LEVEL, out);
    else brotli_put(face->bytes, out);
    return out->len && out->len < face->bytes.len ? coding : CODING_NONE;
}

static void header(struct MHD_Response *r, const char *name, const char *value)
{
    MHD_add_response_header(r, name, value);
}

static const char *cache_control(const Request *req, const Reply *reply)
{
    if (reply->immutable) return "public, max-age=31536000, immutable";
    if (reply->no_store || req->method != METHOD_GET) return "no-store";
    return req->reader.person.len ? "private, no-cache" : "no-cache";
}

static void put_safety(const Request *req, const Face *face, struct MHD_Response *r)
{
    header(r, "X-Content-Type-Options", "nosniff");
    header(r, "Content-Security-Policy", face->page ? page_policy : data_policy);
    header(r, "Referrer-Policy", "same-origin");
    if (face->page) {
        header(r, "Permissions-Policy", permissions);
        header(r, "Cross-Origin-Opener-Policy", "same-origin");
    } else if (!req->reader.person.len && req->method == METHOD_GET) {
        header(r, "Access-Control-Allow-Origin", "*"); /* what everybody may read, every page's script may */
    }
    if (req->site->secure) header(r, "Strict-Transport-Security", "max-age=31536000");
}

static void put_conditions(const Request *req, const Reply *reply, Str etag, struct MHD_Response *r)
{
    header(r, "Cache-Control", cache_control(req, reply));
    header(r, "Vary",
           reply->immutable ? "Accept-Encoding"
           : str_starts(req->path, S(OGC_ROOT))
               ? "Accept, Accept-Encoding, Accept-Language, Cookie, Authorization"
               : "Accept-Encoding, Accept-Language, Cookie, Authorization");
    if (etag.len) header(r, "ETag", etag.at);
}

static void put_name(Request *req, const Reply *reply, struct MHD_Response *r)
{
    Str  name = reply->file_name.len ? reply->file_name : str_cut_last(req->path, '/').tail;
    Buf *value = buf_open(req->arena);
    buf_put_z(value, "attachment; filename=\"");
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        buf_put_byte(value, plain ? c : '_');
    }
    buf_putf(value, ".%.*s\"", STR_ARG(req->ending));
    Str encoded = percent_make(req->arena, name);
    if (!str_eq(encoded, name)) /* RFC 6266 section 4.3 */
        buf_putf(value, "; filename*=UTF-8''%.*s.%.*s", STR_ARG(encoded), STR_ARG(req->ending));
    header(r, "Content-Disposition", value->at);
}

static Str etag_of(Request *req, const Reply *reply, const Face *face, Coding coding)
{
    if (face->file || reply->stream) return STR_NONE;
    if (req->method != METHOD_GET || reply->status != 200 || reply->no_store) {
        bool written = reply->version && reply->status < 300;
        return written ? str_format(req->arena, "\"v%lld\"", (long long)reply->version) : STR_NONE;
    }
    static const char *const codings[] = { "", "-gz", "-br" };
    unsigned long long       hash = hash_quick(face->bytes);
    if (reply->version)
        return str_format(req->arena, "\"v%lld-%016llx%s\"", (long long)reply->version, hash, codings[coding]);
    return str_format(req->arena, "\"%016llx%s\"", hash, codings[coding]);
}

static struct MHD_Response *response_of(Str bytes, bool copy)
{
    struct MHD_Response *r = MHD_create_response_from_buffer(bytes.len, (void *)(bytes.at ? bytes.at : ""),
                                                             copy ? MHD_RESPMEM_MUST_COPY : MHD_RESPMEM_MUST_FREE);
    if (!r) memory_end(bytes.len);
    return r;
}

static Parcel *parcel_of(Request *req, Reply *reply, const Face *face, Coding wanted)
{
    Buf                  packed = { 0 };
    Coding               coding = pack(face, wanted, &packed);
    Str                  etag = etag_of(req, reply, face, coding);
    struct MHD_Response *full, *unchanged = NULL;
    if (reply->stream) {
        full = stream_response(reply->stream);
    } else if (face->file) {
        full = MHD_create_response_from_fd64(face->file_bytes, face->file);
        if (!full) memory_end(face->file_bytes);
    } else if (coding == CODING_NONE) {
        buf_free(&packed);
        full = response_of(face->bytes, true);
    } else {
        full = response_of((Str){ realloc(packed.at, packed.len), packed.len }, false);
        header(full, "Content-Encoding", coding == CODING_GZIP ? "gzip" : "br");
    }
    header(full, "Content-Type", str_z(req->arena, face->type));
    if (face->page) header(full, "Content-Language", str_z(req->arena, req->lang));
    if (face->attachment) put_name(req, reply, full);
    put_safety(req, face, full);
    put_conditions(req, reply, etag, full);
    if (reply->location.len) header(full, "Location", str_z(req->arena, reply->location));
    if (reply->status == 401 && !face->page) header(full, "WWW-Authenticate", "Bearer");
    for (size_t i = 0; i < reply->header_count; i++)
        header(full, str_z(req->arena, reply->headers[i].name), str_z(req->arena, reply->headers[i].value));
    if (etag.len && reply->status == 200 && req->method == METHOD_GET) {
        unchanged = response_of(STR_NONE, true);
        put_conditions(req, reply, etag, unchanged);
    }
    size_t  bytes = (coding == CODING_NONE ? face->bytes.len : packed.len) + 3000; /* headers and the library's own */
    Parcel *parcel = parcel_make(reply->status, full, unchanged, etag, bytes);
    parcel->stream = reply->stream;
    return parcel;
}

Parcel *reply_parcel(Request *req, const Route *route, Reply *reply, Coding coding)
{
    Face face;
    Err  err = { 0 };
    if (!reply->status) reply->status = 200;
    if (!choose_face(req, route, reply, &face, &err)) {
        if (err_http_status(err.code) >= 500)
            diag(DIAG_ERROR, "answer path=%.*s what=%s: %s", STR_ARG(req->path), err_name(err.code), err.text);
        bool was_problem = is_problem(reply);
        Err  again = { 0 };
        if (was_problem) again = err;
        else problem_reply(req, reply, &err, NULL);
        if (!was_problem && !choose_face(req, route, reply, &face, &again))
            diag(DIAG_ERROR, "problem path=%.*s what=%s: %s", STR_ARG(req->path), err_name(again.code), again.text);
        if (again.code != ERR_NONE) plain_face(reply, &face);
    }
    return parcel_of(req, reply, &face, coding);
}

bool reply_may_be_kept(const Request *req, const Route *route, const Reply *reply)
{
    if (req->method != METHOD_GET || !route || (route->where != FAST && !(route->faces & KEPT))) return false;
    if ((reply->status != 200 && reply->status != 204) || reply->no_store || reply->stream) return false;
    return !req->reader.person.len || !str_eq(req->ending, S("html"));
}

void reply_header(Request *req, Reply *reply, Str name, Str value)
{
    if (reply->header_count == reply->header_room) {
        reply->header_room = reply->header_room ? 2 * reply->header_room : 4;
        Pair *more = NEW_ARRAY(req->arena, Pair, reply->header_room);
        if (reply->header_count) memcpy(more, reply->headers, reply->header_count * sizeof(Pair));
        reply->headers = more;
    }
    reply->headers[reply->header_count++] = (Pair){ name, str_copy(req->arena, value) };
}

bool reply_redirect(Reply *reply, int status, Str location)
{
    reply->status = status;
    reply->location = location;
    reply->value = NULL;
    reply->json = STR_NONE;
    reply->no_store = reply->no_store || status != 301;
    return true;
}
