/* Rows of a dataset as they go out: written to a stream in one of the forms of rows.def. */
#ifndef BANYAN_WEB_ROWS_H
#define BANYAN_WEB_ROWS_H

#include "core/record.h"
#include "data/geometry.h"
#include "data/question.h"
#include "format/darwin_core.h"
#include "web/desk.h"
#include "web/web.h"

/* A dataset, or an old version of it: `asked` says which columns and parts, `now` (the newest that the reader sees)
   which terms hold, for old versions too. Where no version was named, `live` is the dataset's id: its rows that wait
   to be gathered (data/inbox.h) come behind those of the parts. */
typedef struct {
    const Json *now, *asked;
    Str         owner, live;
} RowsOf;

/* What this reader may ask: seen_table (data/seen.h), and behind it the rows that wait. Whom terms by column
   restrict sees these once they are gathered: a part of few rows, or the moment at which one came, would tell what
   the terms hide. Blocks. */
bool rows_table(Request *req, Arena *a, const RowsOf *of, Table *out, Err *err);
/* At the desk, for who asks. */
DeskAsk rows_ask_at(const Request *req, DeskPlace place, int64_t seconds);
bool    rows_restricted(Request *req, const Json *now, Str owner);

typedef enum {
#define ROWS(ending, type, how) ROWS_AS_##how,
#include "web/rows.def"
#undef ROWS
    ROWS_FORMS
} RowsAs;

typedef struct {
    const char *ending, *type;
    RowsAs      as;
} RowsWay;
const RowsWay *rows_way(Str ending);                           /* NULL: none of ours */
const RowsWay *rows_way_at(size_t i);                          /* NULL past the last */
bool           rows_have_place(const TableQuestion *question); /* coordinates or a geometry among its results */

typedef struct {
    Arena            *arena; /* of the work alone */
    TableQuestion     question;
    RowsAs            as;
    const char       *folder; /* for what cannot be streamed from its first byte on */
    const DarwinCore *core;   /* of an archive, with what stands beside its table */
    Str               meta, eml;
} RowsWork;
/* For a Darwin Core Archive of the question: ERR_NOT_FOUND when its columns are of no core. Blocks. */
bool rows_archive_prepare(Request *req, const RowsOf *of, const Record *data, RowsWork *w, Err *err);
bool rows_write(DuckRun *run, Stream *stream, void *rows_work, Err *err); /* a DeskWork */

/* One row as a JSON object, and a number as JSON has it (null when it is not finite). */
void row_put(Buf *out, const TableQuestion *question, const DuckValue *row);

/* One row with a place as a GeoJSON feature: its number is the id where it was asked, and then no property; a
   geometry (data/geometry.h) is no property either. */
typedef struct {
    const TableQuestion *question;
    size_t               latitude, longitude, geometry, number; /* places in a row; result_count: not there */
    Crs                  crs;                                   /* of the coordinates; 0 is what GeoJSON itself has */
    Arena               *arena;                                 /* for one row's geometry at a time */
} FeatureForm;
FeatureForm feature_form(const TableQuestion *question, Arena *for_one_row);
Json       *feature_shape(const FeatureForm *form, const DuckValue *row);               /* NULL: none; until the next */
bool        feature_point(const FeatureForm *form, const DuckValue *row, double at[2]); /* longitude, latitude */
/* With the row's `shape` (may be NULL), else its point, else no geometry. */
void feature_put(Buf *out, const FeatureForm *form, const DuckValue *row, const Json *shape);

/* The shortest text that reads back as the same double; null of what is no number. */
void rows_put_number(Buf *out, double x);

#endif
