/* Reading JSON. Jansson decides what is JSON, and its errors name line and column; but it goes through a text byte
   by byte. What is plain is therefore read with yajl, at a quarter of the cost, into the same values: an object or
   array in right UTF-8, without \u escapes, whose numbers fit. Whatever yajl does not take, or we cannot be sure that
   jansson would read as we do, goes to jansson. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/file.h"
#include "base/json.h"

typedef struct {
    Json       *open[JSON_DEPTH_MAX]; /* objects and arrays that have not ended, from the outermost */
    int         depth;
    Json       *whole;
    Buf         key; /* of the value that comes next in an object */
    yajl_handle reading;
    size_t      end; /* of the whole: yajl passes over half a token behind it */
} Quick;

/* Takes the value over. 0 ends the reading, here and below (yajl's word for it). */
static int take(Quick *q, Json *value)
{
    if (!value) memory_end(0);
    if (q->depth == 0) {
        q->whole = value;
        return 1;
    }
    Json *in = q->open[q->depth - 1];
    if (json_is_array(in)) return json_array_append_new(in, value) == 0;
    if (!json_object_getn(in, q->key.at, q->key.len))
        return json_object_setn_new_nocheck(in, q->key.at, q->key.len, value) == 0;
    json_decref(value); /* twice the same key */
    return 0;
}

static int take_open(Quick *q, Json *value)
{
    if (q->depth == JSON_DEPTH_MAX) {
        json_decref(value);
        return 0;
    }
    if (!take(q, value)) return 0;
    q->open[q->depth++] = value;
    return 1;
}

static int on_null(void *with)
{
    return take(with, json_null());
}

static int on_boolean(void *with, int value)
{
    return take(with, json_boolean(value));
}

static int on_number(void *with, const char *text, size_t n)
{
    char z[64], *end;
    if (n >= sizeof z) return 0;
    memcpy(z, text, n);
    z[n] = 0;
    errno = 0;
    if (z[strspn(z, "-0123456789")] == 0) {
        long long integer = strtoll(z, &end, 10);
        return errno == 0 && take(with, json_integer(integer));
    }
    double real = strtod(z, &end);
    return errno == 0 && take(with, json_real(real));
}

static int on_string(void *with, const unsigned char *text, size_t n)
{
    return take(with, json_stringn_nocheck((const char *)text, n));
}

static int on_key(void *with, const unsigned char *text, size_t n)
{
    Quick *q = with;
    buf_clear(&q->key);
    buf_put(&q->key, (Str){ (const char *)text, n });
    return 1;
}

static int on_object(void *with)
{
    return take_open(with, json_object());
}

static int on_array(void *with)
{
    return take_open(with, json_array());
}

static int on_end(void *with)
{
    Quick *q = with;
    if (--q->depth == 0) q->end = yajl_get_bytes_consumed(q->reading);
    return 1;
}

/* No \u, and no control characters but those that are white space (yajl knows more of these). */
static bool is_plain(Str text)
{
    bool plain = text.len > 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (c < ' ' && c != '\t' && c != '\n' && c != '\r') plain = false;
    }
    return plain && !memmem(text.at, text.len, "\\u", 2);
}

static bool read_quickly(Str text, Json **out)
{
    static const yajl_callbacks calls = {
        .yajl_null = on_null,
        .yajl_boolean = on_boolean,
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_start_map = on_object,
        .yajl_map_key = on_key,
        .yajl_end_map = on_end,
        .yajl_start_array = on_array,
        .yajl_end_array = on_end,
    };
    if (!is_plain(text) || !str_is_utf8(text)) return false;
    Quick q = { .depth = 0 };
    q.reading = yajl_alloc(&calls, NULL, &q);
    if (!q.reading) memory_end(0);
    bool ok = yajl_parse(q.reading, (const unsigned char *)text.at, text.len) == yajl_status_ok &&
              yajl_complete_parse(q.reading) == yajl_status_ok && q.end > 0 && str_trim(str_drop(text, q.end)).len == 0;
    yajl_free(q.reading);
    buf_free(&q.key);
    if (ok)
        *out = q.whole;
    else
        json_decref(q.whole);
    return ok;
}

/* Text with no more brackets than there may be levels needs no closer look. */
static bool has_many_brackets(Str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) n += (text.at[i] | 0x20) == '{'; /* { and [ */
    return n > JSON_DEPTH_MAX;
}

/* Jansson's own limit is far deeper; this one is ours. */
static bool depth_is_fine(Str text, Err *err)
{
    int  depth = 0, line = 1;
    bool in_text = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (in_text) {
            if (c == '\\') i++;
            in_text = c != '"';
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            if (++depth > JSON_DEPTH_MAX)
                return fail(err, ERR_FORMAT, "line %d: deeper than %d levels", line,
                            JSON_DEPTH_MAX);
        } else if (c == '}' || c == ']') {
            depth--;
        } else if (c == '\n') {
            line++;
        }
    }
    return true;
}

bool json_read(Arena *a, Str text, Json **out, Err *err)
{
    Json        *value;
    json_error_t where;
    if (!read_quickly(text, &value)) {
        if (has_many_brackets(text) && !depth_is_fine(text, err)) return false;
        value = json_loadb(text.at ? text.at : "", text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
        if (!value) return fail(err, ERR_FORMAT, "line %d, column %d: %s", where.line, where.column, where.text);
    }
    *out = json_adopt(a, value);
    return true;
}

bool json_read_file(Arena *a, const char *path, Json **out, Err *err)
{
    Str text;
    if (!file_read(a, path, JSON_FILE_MAX_BYTES, &text, err)) return false;
    return json_read(a, text, out, err) || fail_in(err, "%s", path);
}
