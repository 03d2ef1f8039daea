/* OGC API Features 1.0 (OGC 17-069r4) and Tiles 1.0 (OGC 20-057) over what has a place: each dataset with columns of
   latitude and longitude or a geometry, each kind with x-place. A collection of a dataset is its rows that have a
   place, as src/data/question.h gives them; one of a kind is the records that have a place. Who does not see a
   dataset's record has no such collection.

   handle/ogc.c has what tells of the service, handle/ogc_items.c the features, handle/ogc_tiles.c the tiles, ogc/api.c
   its OpenAPI document, ogc.c what they share. */
#ifndef BANYAN_WEB_OGC_H
#define BANYAN_WEB_OGC_H

#include "data/column.h"
#include "web/shape.h"
#include "web/rows.h"

#define OGC_ROOT      "/ogc"
#define OGC_LIMIT     100
#define OGC_LIMIT_MAX 10000
#define OGC_GEOJSON   "application/geo+json"

#define OGC_TILE_SET   "WebMercatorQuad" /* of tile matrices (OGC 17-083r4, annex D) */
#define OGC_TILE_CELLS "cells"           /* layers of a tile */
#define OGC_TILE_ROWS  "rows"
#define OGC_TILESETS   "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"

typedef struct {
    Str           id; /* of a dataset its slug, or its record's id where a kind is called so; of a kind its name */
    Str           title, description;
    const Kind   *kind;    /* of records; NULL: of a dataset's rows */
    Str           slug;    /* of the dataset */
    RowsOf        rows;    /* of the dataset */
    Column       *columns; /* of the dataset */
    size_t        column_count;
    const Column *geometry; /* of them; NULL: rows are points, by latitude and longitude alone */
} Collection;

/* All that the reader may see: datasets by title, then kinds in their order. Lives in the request's arena.
   Cost: each dataset's document is read. */
bool ogc_collections(Request *req, Collection **out, size_t *n, Err *err);
/* ERR_NOT_FOUND also for a dataset without a place. */
bool ogc_collection(Request *req, Str id, Collection *out, Err *err);

/* What a feature says beside its place. Those with `filter` are parameters of a question; so that none is
   mistaken for a word of ogc_words, a column or field that is called like one has "_" behind its name. */
typedef struct {
    Str         name;
    Str         of;   /* the column, or the path of the field */
    const char *type; /* of JSON Schema: "string", "number", "integer", "boolean" */
    bool        list, filter;
} Property;
size_t          ogc_properties(Arena *a, const Collection *c, Property **out);
const Property *ogc_property(const Property *list, size_t n, Str name); /* NULL: none */
const char     *ogc_type(ColumnType type);                              /* of JSON Schema */

bool ogc_tiled(const Collection *c); /* a kind, or a dataset whose rows are points: there are tiles of it */

/* Parameters of a question to the features, beside properties; to one feature; to all else. */
extern const char *const ogc_words[], *const ogc_item_words[], *const ogc_lang[];
/* ERR_USAGE for a parameter that is neither one of `words` nor a filter of `c` (may be NULL), and for a word twice. */
bool ogc_parameters(Request *req, const char *const *words, const Collection *c, Err *err);

/* A link, an object of the list `links` that was begun: `path` is of this node, `ending` with its dot. Clients
   put more behind what they link to, so only what ends there has an ending. */
void ogc_link(Request *req, Shape *s, Str path, const char *ending, const char *rel, const char *type, Str title);
/* Links to this answer itself and to its other face. */
void ogc_faces(Request *req, Shape *s, const char *data_type);
Str  ogc_path(Arena *a, const Collection *c, const char *more); /* "/ogc/collections/air/items" */

/* The service's own description, OpenAPI 3.0. */
Json *ogc_api_make(Request *req, const Collection *collections, size_t n);

#endif
