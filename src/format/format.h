/* Formats: every ending is one writer over the value a handler built.

   A writer turns the API's value of a list or a record into bytes. It never asks the core: what is not
   in the value is not written, so no format can show more than the page does. The rows of formats.def
   say which ending goes with which type, for which answers. */
#ifndef BANYAN_FORMAT_FORMAT_H
#define BANYAN_FORMAT_FORMAT_H

#include "core/kind.h"

typedef struct {
    Arena       *arena;
    const Kinds *kinds;
    Str          base_url;   /* "https://node.example": settings' `url`, for absolute links; no slash at the end */
    Str          node_name, node_title;
    Str          lang;       /* of titles and headings */
    Str          path;       /* "/activity/green-envoys" */
    /* The interface's words, for column headings; returns `key` when there is none. */
    Str        (*say)(void *with, Arena *a, Str key);
    void        *with;
} FormatWork;

typedef bool (*FormatWrite)(const FormatWork *work, const Json *value, Buf *out, Err *err);

typedef enum { ON_LIST = 1, ON_RECORD = 2, ON_HOME = 4 } FormatWhere;

typedef struct { Str ending, type; FormatWhere where; FormatWrite write; bool attachment; } Format;
const Format *format_find(Str ending, FormatWhere where); /* NULL when there is none */
/* Endings offered for this value: .geojson only where a record has a place or a country, .ics for kinds
   with x-start … In the table's order. */
size_t format_offered(const Kind *kind, FormatWhere where, const Format **out, size_t room);

#endif
