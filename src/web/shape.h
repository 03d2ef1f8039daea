/* A value while it is made. What only goes out as JSON is written straight away as text; what a page or a
   format reads is made as a tree. The same calls make both, so they are the same value.

   An object or a list is begun, filled and ended; `key` is NULL in a list and for the whole. */
#ifndef BANYAN_WEB_SHAPE_H
#define BANYAN_WEB_SHAPE_H

#include "web/web.h"

#define SHAPE_DEPTH_MAX 16

typedef struct {
    Arena *arena;
    Buf   *text; /* NULL: a tree is made */
    Json  *at[SHAPE_DEPTH_MAX];
    char   ends[SHAPE_DEPTH_MAX]; /* of text: what ends it */
    int    depth;
    bool   first; /* of text: nothing stands before the next in its object or list */
} Shape;

Shape shape_tree(Arena *a);
Shape shape_of(const Request *req); /* text when the answer to the request is JSON */
void  shape_object(Shape *s, const char *key);
void  shape_list(Shape *s, const char *key);
void  shape_end(Shape *s);
void  shape_text(Shape *s, const char *key, Str text);
void  shape_text_if(Shape *s, const char *key, Str text); /* only when it is not empty */
void  shape_integer(Shape *s, const char *key, int64_t n);
void  shape_number(Shape *s, const char *key, double n);
void  shape_bool(Shape *s, const char *key, bool yes);
void  shape_value(Shape *s, const char *key, Json *value); /* NULL puts null */

/* After the last end: the answer. */
void  shape_reply(const Shape *s, Reply *reply);
Json *shape_json(const Shape *s); /* of a tree */

#endif
