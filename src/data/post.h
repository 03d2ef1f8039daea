/* Rows as they are posted: read by the columns of a dataset as an import reads them.

   A post is JSON (one object, an array of objects, an object a line; json_rows.h) or CSV with headings, in UTF-8. Its
   members and headings are those that the columns are read from (`from`), or a column's own name where it is read
   from one heading. A column that a row lacks has no value in it; a name that is no column's refuses the post.

   A value that is plainly of its column's type is known here, at a million a second; what is not plain (other forms of
   dates, texts that may mean "no value") is asked of the engine in the words of an import (reading.h), some
   milliseconds a post. So what is taken is what an import takes. A row that cannot be read is told with its place,
   column, value and reason, and stops no other. */
#ifndef BANYAN_DATA_POST_H
#define BANYAN_DATA_POST_H

#include "data/data.h"
#include "data/reading.h"

#define POST_BAD_SHOWN 100

/* How the rows of posts are laid out: as CSV without headings, LAID_LINE (their place, from 1) before the cells. */
typedef struct {
    Recognised file;
    Reading    reading; /* without a path */
    bool       keyed;   /* by an id, or by a time with a place or an indicator: equal rows are the same row */
} PostForm;
/* ERR_INVALID without columns. `columns` must live as long as `a`. */
bool post_form(Arena *a, const Column *columns, size_t n, PostForm *out, Err *err);

typedef struct {
    uint64_t place; /* among the rows of the post, from 1 */
    Str      text;  /* as laid out, with its line end */
} PostRow;
typedef struct {
    uint64_t place;
    Str      column, value, reason; /* column empty: the whole row */
} PostBad;
typedef struct {
    PostRow *rows;
    size_t   row_count;
    PostBad *bad; /* the first POST_BAD_SHOWN */
    size_t   bad_count;
    Str      aside; /* all of these, as lines of post_aside_heading() */
} Post;

/* `type`: of the body, lower case, without parameters; empty or another: by its first character. All lives in `a`.
   ERR_FORMAT for what is neither, or without rows; ERR_INVALID names what is no column; ERR_UNSUPPORTED. */
bool post_read(Data *data, Arena *a, const PostForm *form, Str type, Str body, Post *out, Err *err);

/* "a,b,_line,_column,_value,_reason,_row\n": the first line of a file of rows set aside (aside.h). */
void post_aside_heading(const PostForm *form, Buf *out);
/* The first line of a file of such rows: LAID_LINE and the headings. */
void post_heading(const PostForm *form, Buf *out);
/* Whether an import is known to take `value` in that column, without asking the engine. */
bool post_is_plain(const Column *column, Str value);
/* What tells rows apart: the row without its place. */
Str post_row_bytes(Str text);

#endif
