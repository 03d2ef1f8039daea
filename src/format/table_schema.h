/* Frictionless Table Schema (https://datapackage.org/standard/table-schema/), the way in; the way out is the
   ending .schema.json of a dataset. What our columns have beyond it (role, unit, from, pattern) are members of
   their own, which the standard allows. */
#ifndef BANYAN_FORMAT_TABLE_SCHEMA_H
#define BANYAN_FORMAT_TABLE_SCHEMA_H

#include "base/err.h"
#include "base/json.h"

/* Columns as a dataset's document has them. A type that we do not have (object, duration, geopoint …) is text;
   a field whose name begins with "_" is passed over. ERR_INVALID names the field: no name, no known type. */
bool table_schema_columns(Arena *a, const Json *schema, Json **columns, Err *err);

#endif
