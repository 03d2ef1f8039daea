/* Mustache templates (https://mustache.github.io/mustache.5.html) over JSON values.

   Complete as to the specification's required parts, with its optional dynamic names and inheritance
   (`{{<layout}}{{$title}}…{{/title}}{{/layout}}`; the indentation of a block is left as it is).
   `{{name}}` is escaped for HTML, `{{{name}}}` and `{{&name}}` are not.

   Beyond the specification, three small things:
     {{#items?}}…{{/items?}}   once when `items` is truthy, without entering it: for what goes around a list
     {{list.0.name}}           a number is a place in an array
     {{#t}}list.empty{{/t}}    a lambda: a name given in mustache_open. What is between the tags is
                               rendered first, without escaping, and is the lambda's argument; what the
                               lambda writes goes out as it is, so a lambda escapes for itself. A name
                               of a lambda hides a member of that name; `{{#this.t}}` reaches the member.
   `{{this.name}}` looks in the innermost context only; `{{.}}` is that context itself.

   Compiled once, then read by any number of threads. */
#ifndef BANYAN_WEB_MUSTACHE_H
#define BANYAN_WEB_MUSTACHE_H

#include "base/json.h"

#define MUSTACHE_DEPTH_MAX 100                /* sections, partials and contexts within each other */
#define MUSTACHE_OUT_MAX   ((size_t)64 << 20) /* bytes of one rendering */

typedef struct Mustache      Mustache;      /* a set of compiled templates */
typedef struct MustacheScope MustacheScope; /* where a rendering stands: the contexts around it */

typedef void (*MustacheLambda)(MustacheScope *scope, Str argument, Buf *out);
typedef struct {
    const char    *name;
    MustacheLambda run;
} MustacheRow;

/* The rows are copied. */
Mustache *mustache_open(const MustacheRow *lambdas, size_t n);
void      mustache_close(Mustache *m);

/* Compile a template under a name; the source is copied. The same name again replaces it.
   Fails ERR_FORMAT naming template, line and what is wrong. Not while others render. */
bool mustache_add(Mustache *m, Str name, Str source, Err *err);
/* Every file of a folder, named without its ending: "list.mustache" is "list". */
bool mustache_add_folder(Mustache *m, const char *folder, Err *err);
/* Every partial and parent that is named must be there: ERR_INVALID naming the template that wants it.
   (Rendering without this check shows nothing in its place, as the specification says.) */
bool mustache_check(const Mustache *m, Err *err);
bool mustache_has(const Mustache *m, Str name);

/* Append the rendering to `out`. `with` is for the lambdas. Fails ERR_NOT_FOUND, ERR_TOO_BIG. */
bool mustache_render(const Mustache *m, Arena *a, Str name, const Json *value, void *with, Buf *out, Err *err);

/* For lambdas: the value of a name or dotted path as a tag would find it; NULL when there is none. */
const Json *mustache_find(const MustacheScope *scope, Str path);
void       *mustache_with(const MustacheScope *scope);
Arena      *mustache_arena(const MustacheScope *scope);
/* A scalar as a tag would show it; empty for null, arrays, objects. In `a` or part of the value. */
Str mustache_text(Arena *a, const Json *value);

#endif
