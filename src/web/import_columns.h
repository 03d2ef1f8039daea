/* Columns as people correct them before a first import. */
#ifndef BANYAN_WEB_IMPORT_COLUMNS_H
#define BANYAN_WEB_IMPORT_COLUMNS_H

#include "core/record.h"
#include "web/web.h"

/* A list of columns as a record has them, {"columns":[…]}, or a Table Schema ({"fields":[…]}): the list. */
bool import_columns_read(Arena *a, const Json *given, const Json **out, Err *err);
/* The columns of a look, changed as the fields "column.N.name", "….type", "….role", "….unit", "….pattern",
   "….missing" (texts with commas between) and "….leave" say. NULL without such fields. */
Json *import_columns_of_form(const Request *req, const Json *looked);

/* For handle/import.c and handle/mend.c: the dataset the path names, for who may import into it; and the name under
   which its rows set aside come back. */
bool import_dataset(Request *req, Record *r, Err *err);
bool import_mended_name(Arena *a, const Json *doc, Str aside, Str *out, Err *err);

#endif
