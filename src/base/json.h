/* JSON documents: thin ground over jansson, the only place that includes it.

   A Json is a jansson value; documents made here live in the arena given first, which drops its
   reference at the end. Borrowed values (json_at, json_array_get, ...) live as long as the document
   they are part of. Objects keep the order of their keys. Other folders may use jansson's own
   reading functions (json_is_string, json_object_foreach, ...) through this header. */
#ifndef BANYAN_BASE_JSON_H
#define BANYAN_BASE_JSON_H

#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

typedef json_t Json;

#define JSON_DEPTH_MAX      64 /* deeper input is refused: ERR_FORMAT */
#define JSON_FILE_MAX_BYTES ((size_t)64 << 20)

/* Values' memory is kept by their thread for its next ones, some 150 KB at most. Once, before any value is made;
   without it values come from malloc alone. */
void json_memory_start(void);

/* Parse one whole JSON text. Fails ERR_FORMAT naming line, column and what is wrong. Refused are also
   duplicate keys, \u0000, whole numbers past 64 bits and other numbers past a double. */
bool json_read(Arena *a, Str text, Json **out, Err *err);
bool json_read_file(Arena *a, const char *path, Json **out, Err *err); /* at most JSON_FILE_MAX_BYTES */

/* Text of a value, compact, keys in their order. `json_write_pretty` indents by two. A number that is
   a double keeps a point or an exponent and reads back as the same double. */
Str  json_write(Arena *a, const Json *value);
Str  json_write_pretty(Arena *a, const Json *value);
void json_put(Buf *out, const Json *value); /* compact, appended */

/* New values that live in `a` until put into another value (which then shares them). */
Json *json_object_make(Arena *a);
Json *json_array_make(Arena *a);
Json *json_text_make(Arena *a, Str s);
Json *json_integer_make(Arena *a, int64_t n);
Json *json_copy_deep(Arena *a, const Json *value);
Json *json_adopt(Arena *a, Json *value); /* a new reference of jansson's, given to the arena; NULL: no memory */

/* Set a member, at the end when it is new. A value given is shared (reference counted), not copied.
   Bytes that are not UTF-8 become U+FFFD; a number that is not finite becomes null. */
void json_put_text(Json *object, const char *key, Str s);
void json_put_text_if(Json *object, const char *key, Str s); /* only when s is not empty */
void json_put_integer(Json *object, const char *key, int64_t n);
void json_put_number(Json *object, const char *key, double n);
void json_put_bool(Json *object, const char *key, bool yes);
void json_put_value(Json *object, const char *key, Json *value); /* NULL puts null */
void json_put_taken(Json *object, const char *key, Json *value); /* takes the reference */
void json_add_taken(Json *array, Json *value);
void json_add_text(Json *array, Str s);
void json_add_value(Json *array, Json *value);

/* Members by key; NULL, an empty Str, `otherwise` when absent or of another type. 3.0 is an integer
   as well, 3 a number as well. */
Json   *json_get(const Json *object, const char *key);
Str     json_get_text(const Json *object, const char *key);
int64_t json_get_integer(const Json *object, const char *key, int64_t otherwise);
double  json_get_number(const Json *object, const char *key, double otherwise);
bool    json_get_bool(const Json *object, const char *key);
Str     json_text(const Json *value); /* of a string value; STR_NONE otherwise */

/* JSON Pointer (RFC 6901): "/goals/0/name". NULL when there is no such place. "" is the whole. */
Json *json_at(const Json *value, Str pointer);
/* pointer + "/" + key with ~ and / escaped. */
Str json_pointer_add(Arena *a, Str pointer, Str key);
Str json_pointer_add_index(Arena *a, Str pointer, size_t index);

/* JSON Merge Patch (RFC 7396): a new document; neither argument is changed. */
Json *json_merge_patch(Arena *a, const Json *target, const Json *patch);
/* Same JSON value: numbers by value (1 equals 1.0), object keys in any order. */
bool json_same(const Json *x, const Json *y);

#endif
